//! Whether a finding points at the line that is wrong: faults are put into real charts, one at a time, and the first place of
//! the finding that comes of it must be the line that was changed.

mod fault;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, bail};
use rayon::prelude::*;
use serde::Deserialize;
use walkdir::WalkDir;

use super::apiserver::random::Random;
use super::chart::{self, Chart, Shelf};
use super::helm::build_ours;
use fault::{Class, Fault};

/// How many faults that change no finding are drawn for one that does, before a chart has no more of a class.
const DRAWS: usize = 40;

#[derive(clap::Args)]
pub(super) struct Args {
    /// Folders with charts, at any depth
    #[arg(required = true, value_name = "DIR")]
    folders: Vec<PathBuf>,
    /// Ours; built in release mode when not given
    #[arg(long, value_name = "PATH")]
    plimsoll: Option<PathBuf>,
    /// How many charts, chosen by the seed
    #[arg(long, default_value_t = 60)]
    charts: usize,
    /// How many faults that give a finding
    #[arg(long, default_value_t = 1_000)]
    faults: usize,
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Charts at a time
    #[arg(long, default_value_t = 2)]
    jobs: usize,
    /// Where filled-in charts are kept
    #[arg(long, default_value = "/tmp/plimsoll-conformance", value_name = "DIR")]
    cache: PathBuf,
    /// Fail below this rate, in percent
    #[arg(long, default_value_t = 95.0)]
    least: f64,
}

#[derive(Deserialize)]
struct Report {
    findings: Vec<Finding>,
    objects: Vec<serde::de::IgnoredAny>,
}

#[derive(Deserialize, Clone)]
struct Finding {
    rule: String,
    severity: String,
    stage: String,
    message: String,
    fingerprint: String,
    location: Location,
}

#[derive(Deserialize, Clone)]
struct Location {
    file: String,
    line: Option<u32>,
    #[serde(default)]
    rendered: bool,
}

/// What came of the faults of one class.
#[derive(Default, Clone)]
struct Tally {
    hits: usize,
    misses: Vec<String>,
    /// Faults that changed no finding.
    unseen: usize,
    /// Of the misses, those in the rendered text.
    rendered: usize,
}

pub(super) fn run(args: &Args) -> anyhow::Result<()> {
    let ours = match &args.plimsoll {
        Some(path) => fs::canonicalize(path)?,
        None => build_ours()?,
    };
    let all = chart::find(&args.folders);
    let shelf = Shelf::new(&all, true);
    let mut random = Random::of(args.seed, 0);
    let mut order: Vec<&Chart> = all.iter().collect();
    for end in (1..order.len()).rev() {
        order.swap(end, random.below(end + 1));
    }
    let per_class = args.faults.div_ceil(args.charts * Class::ALL.len());
    let pool = rayon::ThreadPoolBuilder::new().num_threads(args.jobs).build()?;
    let mut total: BTreeMap<Class, Tally> = BTreeMap::new();
    let (mut used, mut next) = (0, 0);
    // Charts that do not render, and those in which no fault is seen, make room for others.
    while used < args.charts && next < order.len() {
        let batch: Vec<(usize, &Chart)> = (next..order.len())
            .zip(&order[next..])
            .map(|(number, chart)| (number, *chart))
            .take((args.charts - used).max(args.jobs))
            .collect();
        next += batch.len();
        let tallies: Vec<Option<BTreeMap<Class, Tally>>> = pool.install(|| {
            batch
                .par_iter()
                .map(|(number, chart)| {
                    let random = Random::of(args.seed, *number as u64 + 1);
                    inject(chart, &shelf, args, &ours, per_class, random)
                })
                .collect()
        });
        for tallies in tallies.into_iter().flatten().take(args.charts - used) {
            used += 1;
            for (class, tally) in tallies {
                let sum = total.entry(class).or_default();
                sum.hits += tally.hits;
                sum.unseen += tally.unseen;
                sum.rendered += tally.rendered;
                sum.misses.extend(tally.misses);
            }
        }
    }
    summarize(used, &total, args.least)
}

fn summarize(charts: usize, total: &BTreeMap<Class, Tally>, least: f64) -> anyhow::Result<()> {
    let percent = |hits: usize, of: usize| 100.0 * hits as f64 / of.max(1) as f64;
    for tally in total.values() {
        for miss in &tally.misses {
            println!("{miss}");
        }
    }
    println!("| fault | seen | first place right | rate | misses in rendered text | not seen |");
    println!("|---|---|---|---|---|---|");
    let (mut hits, mut seen) = (0, 0);
    for (class, tally) in total {
        let count = tally.hits + tally.misses.len();
        hits += tally.hits;
        seen += count;
        println!(
            "| {} | {count} | {} | {:.1} % | {} | {} |",
            class.name(),
            tally.hits,
            percent(tally.hits, count),
            tally.rendered,
            tally.unseen
        );
    }
    let rate = percent(hits, seen);
    println!("{charts} charts, {seen} faults seen, {hits} first places right: {rate:.1} %");
    if rate < least {
        bail!("below {least} %");
    }
    Ok(())
}

/// Puts faults into a copy of a chart. None for a chart that cannot be rendered as it is.
fn inject(
    chart: &Chart,
    shelf: &Shelf<'_>,
    args: &Args,
    ours: &Path,
    per_class: usize,
    mut random: Random,
) -> Option<BTreeMap<Class, Tally>> {
    let folder = shelf.complete(chart, &args.cache.join("filled")).ok()?;
    let scratch = tempfile::tempdir().ok()?;
    let copy = scratch.path().join("chart");
    copy_folder(&folder, &copy).ok()?;
    let before = check(ours, scratch.path()).ok()?;
    let is_broken = before.findings.iter().any(|finding| {
        finding.severity == "error" && matches!(&*finding.stage, "yaml" | "values" | "render")
    });
    if is_broken || before.objects.is_empty() {
        return None;
    }
    let mut tallies = BTreeMap::new();
    for class in Class::ALL {
        let mut tally = Tally::default();
        let mut faults = class.faults(&copy);
        let mut draws = 0;
        while tally.hits + tally.misses.len() < per_class && !faults.is_empty() && draws < DRAWS * per_class {
            draws += 1;
            let fault = faults.swap_remove(random.below(faults.len()));
            let fault = fault.choose(&mut random);
            let Some(after) = with_fault(&fault, ours, scratch.path()) else {
                continue;
            };
            match first_new(&before, &after, &fault, scratch.path()) {
                None => tally.unseen += 1,
                Some(finding) if is_there(&fault, finding, scratch.path()) => tally.hits += 1,
                Some(finding) => {
                    tally.rendered += usize::from(finding.location.rendered);
                    tally
                        .misses
                        .push(miss(class, chart, &fault, finding, scratch.path()));
                }
            }
        }
        tallies.insert(class, tally);
    }
    let seen: usize = tallies
        .values()
        .map(|tally| tally.hits + tally.misses.len())
        .sum();
    (seen > 0).then_some(tallies)
}

fn is_there(fault: &Fault, finding: &Finding, scratch: &Path) -> bool {
    let at = finding.location.line.unwrap_or(0) as usize;
    let file = scratch.join(&finding.location.file);
    if finding.location.rendered {
        return false;
    }
    let is_parent = |defined: &str| {
        let text = fs::read_to_string(&file);
        text.is_ok_and(|text| fault::is_parent_of(&text, at, defined))
    };
    file == fault.file && fault.expected.contains(&at) || fault.defined.as_deref().is_some_and(is_parent)
}

fn miss(class: Class, chart: &Chart, fault: &Fault, finding: &Finding, scratch: &Path) -> String {
    format!(
        "{} {}: {}: expected {}:{:?}, got {}:{}{} ({}: {})",
        class.name(),
        chart.path.display(),
        fault.what,
        fault.file.strip_prefix(scratch).unwrap_or(&fault.file).display(),
        fault.expected,
        finding.location.file,
        finding.location.line.unwrap_or(0),
        if finding.location.rendered {
            " (rendered)"
        } else {
            ""
        },
        finding.rule,
        finding.message
    )
}

fn with_fault(fault: &Fault, ours: &Path, scratch: &Path) -> Option<Report> {
    let right = fs::read(&fault.file).ok()?;
    fs::write(&fault.file, &fault.text).ok()?;
    let report = check(ours, scratch);
    fs::write(&fault.file, right).ok()?;
    report.ok()
}

/// The new finding that a reader would turn to first: the worst, then the one of the earliest stage, as shown.
///
/// One of the same rule at the same line is not new: an object that lost its name took its findings along.
fn first_new<'r>(before: &Report, after: &'r Report, fault: &Fault, scratch: &Path) -> Option<&'r Finding> {
    let of = |finding: &Finding| (finding.rule.clone(), finding.fingerprint.clone());
    let at = |finding: &Finding, line: u32| (finding.rule.clone(), finding.location.file.clone(), line);
    let mut known: BTreeMap<_, usize> = BTreeMap::new();
    let mut places = BTreeSet::new();
    for finding in &before.findings {
        *known.entry(of(finding)).or_default() += 1;
        places.insert(at(finding, finding.location.line.unwrap_or(0)));
    }
    let mut is_new = |finding: &Finding| match known.get_mut(&of(finding)) {
        Some(left) if *left > 0 => {
            *left -= 1;
            false
        }
        _ => {
            let line = finding.location.line.unwrap_or(0);
            let has_moved = fault.removed.is_some_and(|removed| line as usize >= removed)
                && scratch.join(&finding.location.file) == fault.file;
            !places.contains(&at(finding, line + u32::from(has_moved)))
        }
    };
    let rank = |words: &[&str], word: &str| words.iter().position(|known| *known == word);
    after
        .findings
        .iter()
        .filter(|finding| is_new(finding))
        .min_by_key(|finding| {
            (
                rank(&["error", "warning", "info"], &finding.severity),
                rank(
                    &["yaml", "values", "render", "schema", "admission", "lint"],
                    &finding.stage,
                ),
            )
        })
}

fn check(ours: &Path, scratch: &Path) -> anyhow::Result<Report> {
    let output = Command::new(ours)
        .args(["check", "chart", "--format", "json", "--fail-on", "never"])
        .current_dir(scratch)
        .output()?;
    serde_json::from_slice(&output.stdout).context("plimsoll gave no report")
}

fn copy_folder(from: &Path, to: &Path) -> anyhow::Result<()> {
    for entry in WalkDir::new(from) {
        let entry = entry?;
        let target = to.join(entry.path().strip_prefix(from)?);
        if entry.file_type().is_dir() {
            fs::create_dir_all(&target)?;
        } else if entry.file_type().is_file() {
            fs::copy(entry.path(), &target)?;
        }
    }
    Ok(())
}
