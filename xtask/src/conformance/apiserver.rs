//! Our verdicts beside the API server's, on manifests as they are and on seeded mutations of them.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::bail;
use plimsoll::manifest::parse::parse_alone;
use plimsoll::schema::{KubernetesVersion, SchemaStore};
use rayon::prelude::*;

mod agreement;
mod corpus;
mod every;
mod mutate;
mod ours;
pub(crate) mod peers;
pub(crate) mod random;
mod report;
mod server;
mod tree;
mod verdict;

use corpus::Manifest;
use mutate::Fields;
use random::Random;
use report::Outcome;
use server::Request;
use tree::Tree;
use verdict::Verdict;

#[derive(clap::Args)]
pub(crate) struct Args {
    /// Folders or files with manifests; every *.yaml below is read
    #[arg(required_unless_present = "charts")]
    paths: Vec<PathBuf>,
    /// Folders of repositories with charts: what these render to joins the manifests
    #[arg(long)]
    charts: Vec<PathBuf>,
    /// How many charts of each repository are rendered
    #[arg(long, default_value_t = 1)]
    each: usize,
    /// Judge changes: each manifest against a mutation of itself
    #[arg(long)]
    updates: bool,
    /// Judge changes of every field, one at a time, and list what may not change
    #[arg(long, conflicts_with_all = ["real", "oracles", "goldens"])]
    every_field: bool,
    /// How many mutations to make
    #[arg(long, default_value_t = 5000)]
    count: usize,
    /// What the mutations are chosen by
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The program built from oracle/apiserver
    #[arg(long, default_value = "/work/oracle/bin/apiserver-oracle")]
    oracle: PathBuf,
    /// Ask the server started by `cargo xtask apiserver up`
    #[arg(long)]
    real: bool,
    /// The version whose rules ours follows; give it with --real, for the oracle is of one version
    #[arg(long)]
    kubernetes: Option<String>,
    /// Only objects of these kinds
    #[arg(long)]
    kind: Vec<String>,
    /// Write all disagreements here, as JSON lines with their manifests
    #[arg(long)]
    json: Option<PathBuf>,
    /// Write all cases with the server's verdicts here (fixtures/apiserver/*.jsonl.gz), for `cargo test`
    #[arg(long)]
    goldens: Option<PathBuf>,
    /// How many classes of disagreement to print
    #[arg(long, default_value_t = 60)]
    show: usize,
    /// Hold the oracle, not ours, to the real server
    #[arg(long)]
    oracles: bool,
    /// Where `cargo xtask apiserver up` keeps its server
    #[arg(long, default_value = "target/apiserver")]
    server_dir: PathBuf,
}

/// One request and where it comes from.
pub(crate) struct Case {
    number: usize,
    file: String,
    kind: String,
    how: Vec<String>,
    old: Option<String>,
    text: String,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<()> {
    let mut corpus = corpus::read(&args.paths)?;
    if !args.charts.is_empty() {
        corpus.extend(corpus::render(&args.charts, args.each)?);
        corpus::drop_namesakes(&mut corpus);
    }
    let (cases, crds) = cases(args, &corpus)?;
    let started = Instant::now();
    let fast = if args.oracles || !args.real {
        verdicts(&args.oracle, &[], &cases, &crds)?
    } else {
        Vec::new()
    };
    let server = if args.oracles || args.real {
        real_verdicts(args, &cases, &crds)?
    } else {
        fast.clone()
    };
    let asked = started.elapsed();
    let version = args.kubernetes.as_deref().map(KubernetesVersion::parse);
    if version == Some(None) {
        bail!("a version is MAJOR.MINOR");
    }
    let mut store = SchemaStore::new(&version.flatten().into_iter().collect::<Vec<_>>())?;
    store.add_crds(&parse_alone(crds.iter().map(String::as_str)).0);
    let started = Instant::now();
    let outcomes: Vec<Outcome<'_>> = cases
        .par_iter()
        .zip(&server)
        .enumerate()
        .map(|(at, (case, server))| {
            let ours = if args.oracles {
                fast.get(at).map(of_oracle).unwrap_or_default()
            } else {
                ours::refusals(&case.text, case.old.as_deref(), &store)
            };
            let agreement = agreement::compare(server, &ours);
            Outcome {
                case,
                server,
                ours,
                agreement,
            }
        })
        .collect();
    print!("{}", report::print(&outcomes, args.show));
    println!(
        "\n{} manifests, {} cases, seed {}; server {:.1} s, ours {:.1} s",
        corpus.len(),
        cases.len(),
        args.seed,
        asked.as_secs_f64(),
        started.elapsed().as_secs_f64()
    );
    if args.every_field {
        print!(
            "{}",
            every::print(&outcomes, &new_accepted(args, &outcomes, &crds)?)
        );
    }
    if let Some(path) = &args.goldens {
        report::write_goldens(&outcomes, &crds, path)?;
    }
    if let Some(path) = &args.json {
        report::write(&outcomes, path)?;
    }
    Ok(())
}

/// The corpus as it is, then mutations; beside it the CRDs of the corpus.
fn cases(args: &Args, corpus: &[Manifest]) -> anyhow::Result<(Vec<Case>, Vec<String>)> {
    let crds: Vec<String> = corpus
        .iter()
        .filter(|manifest| manifest.kind == "CustomResourceDefinition")
        .map(|manifest| manifest.tree.write())
        .collect();
    let chosen: Vec<&Manifest> = corpus
        .iter()
        .filter(|manifest| args.kind.is_empty() || args.kind.contains(&manifest.kind))
        .collect();
    if chosen.is_empty() {
        bail!("no manifest of kind {:?}", args.kind);
    }
    let mut cases: Vec<Case> = chosen
        .iter()
        .enumerate()
        .map(|(number, manifest)| Case {
            number,
            file: manifest.file.clone(),
            kind: manifest.kind.clone(),
            how: vec!["as it is".to_owned()],
            old: (args.updates || args.every_field).then(|| manifest.tree.write()),
            text: manifest.tree.write(),
        })
        .collect();
    // What the server refuses as it is would only repeat itself in its mutations.
    let as_they_are = match &args.kubernetes {
        Some(_) => real_verdicts(args, &cases, &crds)?,
        None => verdicts(&args.oracle, &[], &cases, &crds)?,
    };
    let mut good: Vec<&Manifest> = Vec::new();
    for (manifest, verdict) in chosen.iter().zip(&as_they_are) {
        if verdict.accepted {
            good.push(manifest);
        } else {
            eprintln!(
                "refused as it is: {} {}: {}",
                manifest.file, manifest.kind, verdict.text
            );
        }
    }
    let fields = Fields::of(corpus.iter().map(|manifest| &manifest.tree));
    if args.every_field {
        let of_good = cases.len()..;
        let changes = good.iter().flat_map(|manifest| {
            let changes = every::changes(&manifest.tree, &fields).into_iter();
            changes
                .filter(|(tree, _)| identity(tree) == identity(&manifest.tree))
                .map(|(tree, how)| (*manifest, tree, how))
        });
        let made = of_good.zip(changes).map(|(number, (manifest, tree, how))| Case {
            number,
            file: manifest.file.clone(),
            kind: manifest.kind.clone(),
            how: vec![how],
            old: Some(manifest.tree.write()),
            text: tree.write(),
        });
        let made: Vec<Case> = made.collect();
        cases.extend(made);
        return Ok((cases, crds));
    }
    let mut kinds: Vec<&str> = good.iter().map(|manifest| &manifest.kind[..]).collect();
    kinds.sort_unstable();
    kinds.dedup();
    let first = cases.len();
    let made = (0..args.count).filter_map(|number| {
        let mut random = Random::of(args.seed, number as u64);
        let kind = *random.pick(&kinds)?;
        let same: Vec<&&Manifest> = good.iter().filter(|manifest| manifest.kind == kind).collect();
        let manifest = **random.pick(&same)?;
        let mut tree = manifest.tree.clone();
        let mut how = mutate::mutate(&mut tree, &fields, &mut random);
        for _ in 0..20 {
            if !args.updates || identity(&tree) == identity(&manifest.tree) {
                break;
            }
            // Under another name it is another object, and no change of this one.
            tree = manifest.tree.clone();
            how = mutate::mutate(&mut tree, &fields, &mut random);
        }
        Some(Case {
            number: first + number,
            file: manifest.file.clone(),
            kind: manifest.kind.clone(),
            how,
            old: args.updates.then(|| manifest.tree.write()),
            text: tree.write(),
        })
    });
    cases.extend(made.collect::<Vec<_>>());
    Ok((cases, crds))
}

/// The numbers of refused changes whose new side the server would accept as a new object.
fn new_accepted(args: &Args, outcomes: &[Outcome<'_>], crds: &[String]) -> anyhow::Result<BTreeSet<usize>> {
    let refused = outcomes.iter().filter(|outcome| !outcome.server.accepted);
    let creates: Vec<Case> = refused
        .map(|outcome| Case {
            number: outcome.case.number,
            file: String::new(),
            kind: outcome.case.kind.clone(),
            how: Vec::new(),
            old: None,
            text: outcome.case.text.clone(),
        })
        .collect();
    let verdicts = verdicts(&args.oracle, &[], &creates, crds)?;
    let accepted = creates
        .iter()
        .zip(&verdicts)
        .filter(|(_, verdict)| verdict.accepted);
    Ok(accepted.map(|(case, _)| case.number).collect())
}

/// What must stay for a change to be one of the same object.
fn identity(tree: &Tree) -> [Option<&Tree>; 4] {
    let metadata = tree.get("metadata");
    [
        tree.get("apiVersion"),
        tree.get("kind"),
        metadata.and_then(|metadata| metadata.get("name")),
        metadata.and_then(|metadata| metadata.get("namespace")),
    ]
}

/// The verdicts of the server that is up.
fn real_verdicts(args: &Args, cases: &[Case], crds: &[String]) -> anyhow::Result<Vec<Verdict>> {
    let (address, tokens) = crate::apiserver::running(&args.server_dir)?;
    let tokens = tokens.display().to_string();
    let arguments = ["-server", &address, "-token-file", &tokens, "-workers", "16"];
    verdicts(&args.oracle, &arguments, cases, crds)
}

fn verdicts(
    oracle: &Path,
    arguments: &[&str],
    cases: &[Case],
    crds: &[String],
) -> anyhow::Result<Vec<Verdict>> {
    let mut requests: Vec<Request<'_>> = crds
        .iter()
        .map(|crd| Request {
            id: 0,
            op: "crd",
            object: crd,
            old: None,
        })
        .collect();
    requests.extend(cases.iter().map(|case| Request {
        id: case.number,
        op: if case.old.is_some() { "update" } else { "create" },
        object: &case.text,
        old: case.old.as_deref(),
    }));
    Ok(server::judge(oracle, arguments, &requests)?.split_off(crds.len()))
}

/// The fast oracle's verdict in the place of ours, to hold it to the real server.
fn of_oracle(verdict: &Verdict) -> Vec<ours::Refusal> {
    if verdict.accepted {
        return Vec::new();
    }
    let refusal = |field: &str, message: &str| ours::Refusal {
        rule: format!("{}/oracle", verdict.stage),
        field: field.to_owned(),
        is_missing: false,
        message: message.to_owned(),
    };
    if verdict.errors.is_empty() {
        return vec![refusal("", &verdict.text)];
    }
    verdict
        .errors
        .iter()
        .map(|error| refusal(&error.field, &error.detail))
        .collect()
}
