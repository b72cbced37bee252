//! The test cases of other validators: their verdict, the server's, and ours.
//!
//! kubeconform says in its acceptance tests which files pass; kubectl-validate in the names of its manifests. Where a
//! peer and we differ, the server's own code tells who is right.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use plimsoll::manifest::parse::parse_alone;
use plimsoll::schema::SchemaStore;
use plimsoll_yaml::Limits;

use super::corpus;
use super::ours;
use super::server::{self, Request};

#[derive(clap::Args)]
pub(crate) struct Args {
    /// Checkouts of yannh/kubeconform and kubernetes-sigs/kubectl-validate
    #[arg(required = true)]
    checkouts: Vec<PathBuf>,
    /// The program built from oracle/apiserver
    #[arg(long, default_value = "/work/oracle/bin/apiserver-oracle")]
    oracle: PathBuf,
}

/// What a peer expects of a file.
struct Expected {
    file: PathBuf,
    passes: bool,
    /// How it was called, for kubeconform's looser verdicts.
    how: String,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<()> {
    for checkout in &args.checkouts {
        let (name, cases, crds) = cases_of(checkout)?;
        let mut store = SchemaStore::default();
        store.add_crds(&parse_alone(crds.iter().map(String::as_str)).0);
        let (mut same, mut served) = (0, 0);
        let mut lines = Vec::new();
        for case in &cases {
            let text =
                std::fs::read_to_string(&case.file).with_context(|| case.file.display().to_string())?;
            let (documents, is_readable) = documents(&text);
            let refusals = ours::refusals(&text, None, &store);
            // A file without objects is nobody's mistake.
            let ours = is_readable && documents.is_empty() || refusals.is_empty();
            let (server, said) = asked(&args.oracle, &crds, &documents)?;
            same += usize::from(ours == case.passes);
            served += usize::from(ours == server);
            if ours != case.passes || ours != server {
                let word = |passes: bool| if passes { "passes" } else { "fails" };
                let file = case.file.strip_prefix(checkout).unwrap_or(&case.file);
                lines.push(format!(
                    "{}{}: {name} {}, the server {}, ours {}\n    server: {said}\n    ours:   {}",
                    file.display(),
                    case.how,
                    word(case.passes),
                    word(server),
                    word(ours),
                    refusals.first().map_or("-", |refusal| &refusal.message)
                ));
            }
        }
        println!(
            "{name}: {} cases, {same} as {name} says, {served} as the server says\n{}",
            cases.len(),
            lines.join("\n")
        );
    }
    Ok(())
}

/// The peer's name, its cases, and the definitions that belong to them.
fn cases_of(checkout: &Path) -> anyhow::Result<(&'static str, Vec<Expected>, Vec<String>)> {
    let acceptance = checkout.join("acceptance.bats");
    if acceptance.is_file() {
        let text = std::fs::read_to_string(acceptance)?;
        return Ok(("kubeconform", of_acceptance(&text, checkout), Vec::new()));
    }
    let manifests = checkout.join("testcases/manifests");
    if !manifests.is_dir() {
        bail!(
            "{}: no acceptance.bats and no testcases/manifests",
            checkout.display()
        );
    }
    let mut cases: Vec<Expected> = std::fs::read_dir(manifests)?
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|ext| ext == "yaml"))
        .map(|file| Expected {
            passes: !file
                .file_name()
                .is_some_and(|name| name.to_string_lossy().starts_with("error_")),
            file,
            how: String::new(),
        })
        .collect();
    cases.sort_by(|a, b| a.file.cmp(&b.file));
    let crds = corpus::read(&[
        checkout.join("testcases/crds"),
        checkout.join("testcases/more-crds"),
    ])?;
    let crds = crds
        .iter()
        .filter(|manifest| manifest.kind == "CustomResourceDefinition")
        .map(|manifest| manifest.tree.write())
        .collect();
    Ok(("kubectl-validate", cases, crds))
}

/// `run bin/kubeconform FLAGS FILE…` and the status behind it; calls whose flags change what is looked at are left out.
fn of_acceptance(text: &str, checkout: &Path) -> Vec<Expected> {
    let (mut cases, mut seen) = (Vec::new(), BTreeSet::new());
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    for (at, line) in lines.iter().enumerate() {
        let Some(call) = line.strip_prefix("run bin/kubeconform ") else {
            continue;
        };
        let words: Vec<&str> = call.split_whitespace().collect();
        let (flags, files): (Vec<&str>, Vec<&str>) =
            words.iter().partition(|word| !word.starts_with("fixtures/"));
        let is_plain = flags
            .iter()
            .all(|flag| matches!(*flag, "-summary" | "-verbose" | "-strict"));
        let status = lines
            .get(at + 1)
            .and_then(|line| line.strip_prefix("[ \"$status\" -eq "));
        let ([file], Some(status), true) = (&files[..], status, is_plain) else {
            continue;
        };
        let is_strict = flags.contains(&"-strict");
        if checkout.join(file).is_file() && seen.insert((*file, is_strict)) {
            cases.push(Expected {
                file: checkout.join(file),
                passes: status.starts_with('0'),
                how: if is_strict { " (-strict)" } else { "" }.to_owned(),
            });
        }
    }
    cases
}

/// The documents of a text, lists taken apart, and whether it could be read; what could not is one document.
fn documents(text: &str) -> (Vec<String>, bool) {
    let stream = plimsoll_yaml::parse(text, &Limits::default());
    if !stream.errors.is_empty() {
        return (vec![text.to_owned()], false);
    }
    let mut documents = Vec::new();
    for doc in stream.docs.iter().filter(|doc| !doc.is_empty()) {
        let node = doc.root();
        match node.get("items").filter(|items| items.is_sequence()) {
            Some(items) if node.get("kind").is_some_and(|kind| kind.str() == "List") => {
                documents.extend(
                    items
                        .items()
                        .map(|item| plimsoll::manifest::json::of(item).to_string()),
                );
            }
            _ => {
                let span = doc.span();
                let part = text.get(span.start as usize..span.end as usize);
                documents.push(part.unwrap_or(text).to_owned());
            }
        }
    }
    (documents, true)
}

/// Whether the server takes all documents, and what it says of the first that it does not.
fn asked(oracle: &Path, crds: &[String], documents: &[String]) -> anyhow::Result<(bool, String)> {
    let request = |op, object| Request {
        id: 0,
        op,
        object,
        old: None,
    };
    let mut requests: Vec<Request<'_>> = crds.iter().map(|crd| request("crd", crd)).collect();
    requests.extend(documents.iter().map(|document| request("create", document)));
    let verdicts = server::judge(oracle, &[], &requests)?;
    let first = verdicts.iter().skip(crds.len()).find(|verdict| !verdict.accepted);
    Ok(match first {
        Some(verdict) => (false, verdict.text.lines().next().unwrap_or_default().to_owned()),
        None => (true, "-".to_owned()),
    })
}
