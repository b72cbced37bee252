//! `plimsoll template` beside `helm template`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Context as _, bail};
use rayon::prelude::*;
use serde::Serialize;

use super::chart::{self, Case, Chart, Shelf};
use super::compare::{Verdict, compare};
use super::oracle::{self, Oracle};

/// How often the real tool runs before a difference is believed: maps are printed in random order by some functions.
const RUNS_BEFORE_DIFFERENT: u32 = 6;
/// How often where its runs differ among themselves: a certificate has one of few lengths, and six may all have the same.
const RUNS_BEFORE_DIFFERENT_WHEN_RANDOM: u32 = 30;

#[derive(clap::Args)]
pub(super) struct Args {
    /// Folders with charts, at any depth
    #[arg(required = true, value_name = "DIR")]
    folders: Vec<PathBuf>,
    /// The real helm; built from its pinned version when not given
    #[arg(long, value_name = "PATH")]
    helm: Option<PathBuf>,
    /// Ours; built in release mode when not given
    #[arg(long, value_name = "PATH")]
    plimsoll: Option<PathBuf>,
    /// The profile: 3 or 4
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u8).range(3..=4))]
    compat: u8,
    /// Charts at a time
    #[arg(long, default_value_t = 2)]
    jobs: usize,
    /// Write every case to a JSON file
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Where answers of helm and filled-in charts are kept
    #[arg(long, default_value = "/tmp/plimsoll-conformance", value_name = "DIR")]
    cache: PathBuf,
    /// Fill in dependencies of another version when the wanted one is not there
    #[arg(long)]
    any_version: bool,
    /// Only charts whose path contains this text
    #[arg(long, value_name = "TEXT")]
    only: Option<String>,
}

#[derive(Debug, Clone, Serialize)]
struct CaseResult {
    chart: String,
    case: String,
    outcome: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
    helm_millis: f64,
    plimsoll_millis: f64,
}

pub(super) fn run(args: &Args) -> anyhow::Result<()> {
    let home = args.cache.join("home");
    fs::create_dir_all(&home)?;
    let helm = match &args.helm {
        Some(path) => path.clone(),
        None => oracle::build(args.compat, &args.cache.join("bin"))?,
    };
    let ours = match &args.plimsoll {
        Some(path) => path.clone(),
        None => build_ours()?,
    };
    let oracle = Oracle::new(helm, args.cache.join("answers"), home.clone())?;
    let charts = chart::find(&args.folders);
    let shelf = Shelf::new(&charts, args.any_version);
    let wanted: Vec<&Chart> = charts
        .iter()
        .filter(|chart| {
            args.only
                .as_ref()
                .is_none_or(|only| chart.path.to_string_lossy().contains(only.as_str()))
        })
        .collect();
    println!(
        "{} charts, {}, profile {}",
        wanted.len(),
        oracle.version(),
        args.compat
    );

    let pool = rayon::ThreadPoolBuilder::new().num_threads(args.jobs).build()?;
    let done = AtomicUsize::new(0);
    let results: Vec<Vec<CaseResult>> = pool.install(|| {
        wanted
            .par_iter()
            .map(|chart| {
                let results = check(chart, &shelf, args, &oracle, &ours, &home);
                let number = done.fetch_add(1, Ordering::Relaxed) + 1;
                print(number, wanted.len(), &results);
                results
            })
            .collect()
    });
    let results: Vec<CaseResult> = results.into_iter().flatten().collect();
    summarize(&results);
    if let Some(file) = &args.json {
        fs::write(file, serde_json::to_vec_pretty(&results)?)?;
    }
    let different = results
        .iter()
        .filter(|result| matches!(result.outcome, "different" | "exit-code"))
        .count();
    if different > 0 {
        bail!("{different} cases differ");
    }
    Ok(())
}

pub(super) fn build_ours() -> anyhow::Result<PathBuf> {
    let status = Command::new("cargo")
        .args(["build", "--release", "--bin", "plimsoll"])
        .status()?;
    if !status.success() {
        bail!("cargo build failed");
    }
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| PathBuf::from("target"), PathBuf::from);
    fs::canonicalize(target.join("release/plimsoll")).context("the built binary is not where it should be")
}

fn check(
    chart: &Chart,
    shelf: &Shelf<'_>,
    args: &Args,
    oracle: &Oracle,
    ours: &Path,
    home: &Path,
) -> Vec<CaseResult> {
    let shown = chart.path.display().to_string();
    let problem = |case: &str, outcome, detail: String| CaseResult {
        chart: shown.clone(),
        case: case.to_owned(),
        outcome,
        detail: Some(detail),
        helm_millis: 0.0,
        plimsoll_millis: 0.0,
    };
    let folder = match shelf.complete(chart, &args.cache.join("filled")) {
        Ok(folder) => folder,
        Err(missing) => return vec![problem("default", "no-dependency", missing)],
    };
    let fingerprint = match chart::fingerprint(&folder) {
        Ok(fingerprint) => fingerprint,
        Err(error) => return vec![problem("default", "unreadable", error.to_string())],
    };
    chart
        .cases()
        .iter()
        .map(|case| {
            one(&shown, &folder, case, &fingerprint, args, oracle, ours, home)
                .unwrap_or_else(|error| problem(&case.name, "not-run", format!("{error:#}")))
        })
        .collect()
}

#[expect(
    clippy::too_many_arguments,
    reason = "one call site, and every argument is a different thing"
)]
fn one(
    shown: &str,
    folder: &Path,
    case: &Case,
    fingerprint: &str,
    args: &Args,
    oracle: &Oracle,
    ours: &Path,
    home: &Path,
) -> anyhow::Result<CaseResult> {
    let mut words = vec![
        "template".to_owned(),
        "rel".to_owned(),
        folder.display().to_string(),
    ];
    if let Some(values) = &case.values {
        words.extend(["-f".to_owned(), values.display().to_string()]);
    }
    let first = oracle.ask(fingerprint, &words, 0)?;
    let mut our_words = words.clone();
    our_words.extend(["--helm-compat".to_owned(), args.compat.to_string()]);
    let mine = oracle::answer(ours, &our_words, home)?;
    let result = |outcome, detail| CaseResult {
        chart: shown.to_owned(),
        case: case.name.clone(),
        outcome,
        detail,
        helm_millis: first.millis,
        plimsoll_millis: mine.millis,
    };
    let short = |text: &str| {
        text.lines()
            .filter(|line| !line.trim().is_empty())
            .take(4)
            .collect::<Vec<_>>()
            .join(" | ")
    };
    // A schema that helm fetches: without a network it refuses the chart, and says nothing about ours.
    if first.code != 0 && first.stderr.contains("failing loading \"http") {
        return Ok(result("needs-network", None));
    }
    if first.code != mine.code {
        let detail = format!(
            "helm {} [{}], ours {} [{}]",
            first.code,
            short(&first.stderr),
            mine.code,
            short(&mine.stderr)
        );
        return Ok(result("exit-code", Some(detail)));
    }
    if first.code != 0 {
        return Ok(if mine.stdout == first.stdout {
            result("refused-by-both", None)
        } else {
            result(
                "different",
                Some("both refuse the chart, and standard output differs".to_owned()),
            )
        });
    }
    // Equal at once: what differs from run to run in helm would differ here too.
    if mine.stdout == first.stdout {
        return Ok(result("identical", None));
    }
    let mut runs = vec![first.stdout.clone()];
    for run in 1..RUNS_BEFORE_DIFFERENT {
        runs.push(oracle.ask(fingerprint, &words, run)?.stdout);
    }
    let is_deterministic = runs.iter().all(|run| *run == runs[0]);
    let mut verdict = compare(&runs, &mine.stdout);
    for run in RUNS_BEFORE_DIFFERENT..RUNS_BEFORE_DIFFERENT_WHEN_RANDOM {
        if is_deterministic || !matches!(verdict, Verdict::Different(_)) {
            break;
        }
        runs.push(oracle.ask(fingerprint, &words, run)?.stdout);
        verdict = compare(&runs, &mine.stdout);
    }
    Ok(match verdict {
        Verdict::Identical if is_deterministic => result("identical", None),
        Verdict::Identical | Verdict::StableLinesIdentical => result("identical-but-random", None),
        Verdict::Unstable => result("random", None),
        Verdict::Different(found) => {
            let detail = format!(
                "line {}: helm {:?}, ours {:?}",
                found.line, found.expected, found.found
            );
            result("different", Some(detail))
        }
    })
}

fn print(number: usize, of: usize, results: &[CaseResult]) {
    for result in results {
        match &result.detail {
            Some(detail) => {
                println!(
                    "[{number}/{of}] {} {} {}: {detail}",
                    result.outcome, result.chart, result.case
                );
            }
            None => println!(
                "[{number}/{of}] {} {} {}",
                result.outcome, result.chart, result.case
            ),
        }
    }
}

fn summarize(results: &[CaseResult]) {
    let count = |outcome: &str| results.iter().filter(|result| result.outcome == outcome).count();
    println!();
    for outcome in [
        "identical",
        "identical-but-random",
        "random",
        "refused-by-both",
        "needs-network",
        "different",
        "exit-code",
        "no-dependency",
        "unreadable",
        "not-run",
    ] {
        println!("{:>6} {outcome}", count(outcome));
    }
    let compared =
        count("identical") + count("identical-but-random") + count("different") + count("exit-code");
    let same = count("identical") + count("identical-but-random");
    if compared > 0 {
        #[expect(clippy::cast_precision_loss, reason = "a percentage for people")]
        let share = same as f64 * 100.0 / compared as f64;
        println!("{share:.2} % of {compared} cases that helm renders are the same");
    }
    let rendered: Vec<&CaseResult> = results
        .iter()
        .filter(|result| result.outcome.starts_with("identical"))
        .collect();
    let median = |mut times: Vec<f64>| {
        times.sort_by(f64::total_cmp);
        times.get(times.len() / 2).copied().unwrap_or_default()
    };
    println!(
        "median of a call: helm {:.1} ms, ours {:.1} ms",
        median(rendered.iter().map(|result| result.helm_millis).collect()),
        median(rendered.iter().map(|result| result.plimsoll_millis).collect())
    );
}
