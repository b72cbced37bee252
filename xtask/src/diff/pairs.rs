//! Version pairs of real charts: two tags of one repository, the same chart in both.
//!
//! Charts stay in a scratch folder. What is counted: calls that crash, charts that cannot be read whole, and figures that
//! show whether pairing is sane, for an upgrade seldom replaces most of its objects.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use anyhow::{Context as _, ensure};
use serde_json::Value;

#[derive(clap::Args)]
pub(crate) struct Args {
    /// Git directories, with or without a work tree
    #[arg(required = true)]
    repositories: Vec<PathBuf>,

    /// Our binary
    #[arg(long, default_value = "target/release/plimsoll")]
    binary: PathBuf,

    /// Pairs of one repository at most
    #[arg(long, default_value_t = 3)]
    each: usize,

    /// Pairs in all
    #[arg(long, default_value_t = 100)]
    count: usize,

    /// A folder that keeps both sides of every pair and what was said of them
    #[arg(long)]
    keep: Option<PathBuf>,
}

/// Tags that are looked at for an older version that differs.
const LOOK_BACK: usize = 12;

pub(crate) fn run(args: &Args) -> anyhow::Result<()> {
    let binary = fs::canonicalize(&args.binary).context("build it: cargo build --release")?;
    let scratch = match &args.keep {
        Some(folder) => folder.clone(),
        None => std::env::temp_dir().join(format!("plimsoll-pairs-{}", std::process::id())),
    };
    fs::create_dir_all(&scratch)?;
    let result = compare(args, &binary, &scratch);
    if args.keep.is_none() {
        fs::remove_dir_all(&scratch)?;
    }
    result
}

fn compare(args: &Args, binary: &Path, scratch: &Path) -> anyhow::Result<()> {
    println!(
        "| repository | chart | old | new | objects | unchanged | changed | added | removed | moved | impacts | seconds | end |"
    );
    println!("|---|---|---|---|---|---|---|---|---|---|---|---|---|");
    let mut totals = Totals::default();
    for repository in &args.repositories {
        if totals.pairs >= args.count {
            break;
        }
        let name = repository_name(repository);
        for pair in pairs(repository, args.each.min(args.count - totals.pairs))? {
            let folder = scratch.join(format!("{name}+{}", pair.path.replace('/', "+")));
            for (side, tag) in [("old", &pair.old), ("new", &pair.new)] {
                extract(repository, tag, &pair.path, &folder.join(side))?;
            }
            let outcome = Outcome::of(binary, &folder, &pair.path)?;
            println!(
                "| {name} | {} | {} | {} | {outcome} |",
                pair.path, pair.old, pair.new
            );
            totals.add(&outcome);
        }
    }
    println!("\n{totals}");
    ensure!(totals.crashes == 0, "{} calls crashed", totals.crashes);
    Ok(())
}

fn repository_name(repository: &Path) -> String {
    let parts = repository.iter().rev().map(|part| part.to_string_lossy());
    let mut named = parts.filter(|part| !matches!(&**part, "repo" | ".git"));
    named.next().map(|name| name.into_owned()).unwrap_or_default()
}

/// One chart at two tags.
struct Pair {
    path: String,
    old: String,
    new: String,
}

/// The newest tag that has each chart, and the next older one at which it was different.
fn pairs(repository: &Path, most: usize) -> anyhow::Result<Vec<Pair>> {
    let tags = git(repository, &["tag", "--sort=-v:refname"])?;
    let tags: Vec<&str> = tags.lines().filter(|tag| is_release(tag)).collect();
    let mut found = Vec::new();
    for path in charts(repository)? {
        if found.len() >= most {
            break;
        }
        let chart = path.rsplit('/').next().unwrap_or(&path);
        let own: Vec<&str> = tags
            .iter()
            .filter(|tag| {
                tag.strip_prefix(chart)
                    .is_some_and(|rest| rest.starts_with(['-', '@', '/']))
            })
            .copied()
            .collect();
        let of_chart = if own.len() > 1 { &own } else { &tags };
        let tree = |tag: &str| {
            git(
                repository,
                &["rev-parse", "--verify", "-q", &format!("{tag}:{path}/templates")],
            )
            .ok()
        };
        let mut versions = of_chart.iter().filter_map(|tag| Some((*tag, tree(tag)?)));
        let Some((new, newest)) = versions.next() else {
            continue;
        };
        let old = versions.take(LOOK_BACK).find(|(_, tree)| *tree != newest);
        if let Some((old, _)) = old {
            found.push(Pair {
                path: path.clone(),
                old: old.to_owned(),
                new: new.to_owned(),
            });
        }
    }
    Ok(found)
}

/// Whether a tag names a version, and no release candidate.
fn is_release(tag: &str) -> bool {
    let lower = tag.to_lowercase();
    tag.bytes().any(|byte| byte.is_ascii_digit())
        && !["rc", "alpha", "beta"].iter().any(|word| lower.contains(word))
}

/// Folders of charts, without those inside others.
fn charts(repository: &Path) -> anyhow::Result<Vec<String>> {
    let files = git(repository, &["ls-tree", "-r", "--name-only", "HEAD"])?;
    let mut folders: Vec<String> = files
        .lines()
        .filter_map(|file| file.strip_suffix("/Chart.yaml"))
        .filter(|folder| !folder.contains("/charts/") && !folder.contains("test"))
        .map(str::to_owned)
        .collect();
    folders.sort();
    Ok(folders)
}

fn extract(repository: &Path, tag: &str, path: &str, into: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(into)?;
    let archive = into.join("side.tar");
    let output = archive.to_str().context("a plain path")?;
    git(repository, &["archive", "--output", output, tag, path])?;
    let status = Command::new("tar")
        .arg("xf")
        .arg(&archive)
        .arg("-C")
        .arg(into)
        .status()?;
    ensure!(status.success(), "tar failed for {tag}");
    fs::remove_file(archive)?;
    Ok(())
}

fn git(repository: &Path, words: &[&str]) -> anyhow::Result<String> {
    let output = Command::new("git")
        .arg("-C")
        .arg(repository)
        .args(words)
        .output()?;
    ensure!(
        output.status.success(),
        "git {words:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(String::from_utf8_lossy(&output.stdout).trim_end().to_owned())
}

/// What one call said.
struct Outcome {
    summary: Value,
    moved: usize,
    seconds: f64,
    end: String,
}

impl Outcome {
    fn of(binary: &Path, folder: &Path, path: &str) -> anyhow::Result<Self> {
        let call = |format: &str| {
            Command::new(binary)
                .args(["diff", "--format", format])
                .args([folder.join("old").join(path), folder.join("new").join(path)])
                .output()
        };
        let start = Instant::now();
        let output = call("json")?;
        let seconds = start.elapsed().as_secs_f64();
        let end = match output.status.code() {
            Some(0) => "read",
            Some(1) => "not read whole",
            _ => "crash",
        };
        let report: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
        let changes = report["changes"].as_array().map_or(&[][..], Vec::as_slice);
        fs::write(folder.join("diff.txt"), call("human")?.stdout)?;
        fs::write(folder.join("findings.txt"), output.stderr)?;
        Ok(Self {
            moved: changes
                .iter()
                .filter(|change| !change["moved_from"].is_null())
                .count(),
            summary: report["summary"].clone(),
            seconds,
            end: end.to_owned(),
        })
    }

    fn count(&self, what: &str) -> u64 {
        self.summary[what].as_u64().unwrap_or(0)
    }

    fn objects(&self) -> u64 {
        ["added", "removed", "changed", "unchanged"]
            .iter()
            .map(|what| self.count(what))
            .sum()
    }
}

impl std::fmt::Display for Outcome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let counts = ["unchanged", "changed", "added", "removed"].map(|what| self.count(what).to_string());
        let impacts = self.summary["impacts"].as_object();
        let impacts: Vec<String> = impacts
            .into_iter()
            .flatten()
            .map(|(impact, count)| format!("{count} {impact}"))
            .collect();
        write!(
            f,
            "{} | {} | {} | {} | {:.2} | {}",
            self.objects(),
            counts.join(" | "),
            self.moved,
            impacts.join(", "),
            self.seconds,
            self.end
        )
    }
}

/// All pairs together.
#[derive(Default)]
struct Totals {
    pairs: usize,
    crashes: usize,
    moved: usize,
    ends: BTreeMap<String, usize>,
    objects: u64,
    replaced: u64,
    /// Pairs of which more than half of the objects came or went.
    mostly_replaced: usize,
}

impl Totals {
    fn add(&mut self, outcome: &Outcome) {
        let replaced = outcome.count("added") + outcome.count("removed");
        self.pairs += 1;
        self.crashes += usize::from(outcome.end == "crash");
        self.moved += outcome.moved;
        *self.ends.entry(outcome.end.clone()).or_default() += 1;
        self.objects += outcome.objects();
        self.replaced += replaced;
        self.mostly_replaced += usize::from(replaced * 2 > outcome.objects());
    }
}

impl std::fmt::Display for Totals {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "{} pairs: {:?}", self.pairs, self.ends)?;
        write!(
            f,
            "{} objects, {} added or removed, {} moved; {} pairs of which most was added or removed",
            self.objects, self.replaced, self.moved, self.mostly_replaced
        )
    }
}
