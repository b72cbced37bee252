//! Go templates against the real text/template: goldens and differential fuzzing.
//!
//! The oracle is `oracle/template`, run as one process that answers a line for a line.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, bail};
use plimsoll_gostd::fmt::ADDRESS;
use serde_json::{Value as Json, json};

use crate::oracle::{self, Oracle};

mod cases;
mod generate;
#[path = "../../crates/gotpl/tests/oracle_case/mod.rs"]
mod oracle_case;

#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(clap::Subcommand)]
enum Action {
    /// Write fixtures/template: the cases of `cases.rs` and a sample of generated ones, with Go's answers
    Goldens,
    /// Compare generated cases with Go
    Fuzz {
        /// How many cases
        #[arg(long, default_value_t = 100_000)]
        cases: u64,
        /// Of the first case; the following ones count up
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// Stop after so many differences
        #[arg(long, default_value_t = 20)]
        stop: usize,
        /// Only templates, or only fmt and strconv
        #[arg(long)]
        only: Option<generate::Area>,
    },
}

/// Builds the oracle.
///
/// Its `fmt` is Go's but for one line: every address that is printed is `fmt::ADDRESS`, as ours is. Go's differ from run
/// to run, and what comes of one (its length, its digits in hex) does too.
fn build() -> anyhow::Result<PathBuf> {
    let folder = std::env::temp_dir().join("plimsoll-template");
    std::fs::create_dir_all(&folder)?;
    let sources = oracle::root().join("oracle/template");
    let goroot = Command::new("go")
        .args(["env", "GOROOT"])
        .current_dir(&sources)
        .output()
        .context("go env")?;
    let original = Path::new(String::from_utf8(goroot.stdout)?.trim()).join("src/fmt/print.go");
    let print = std::fs::read_to_string(&original)?;
    let reads = "u = uintptr(value.UnsafePointer())\n";
    if print.matches(reads).count() != 1 {
        bail!("{} does not read addresses where it did", original.display());
    }
    let fixed = format!("{reads}\t\tif u != 0 {{\n\t\t\tu = {ADDRESS:#x}\n\t\t}}\n");
    let changed = folder.join("print.go");
    std::fs::write(&changed, print.replace(reads, &fixed))?;
    let overlay = folder.join("overlay.json");
    let replaced = json!({ "Replace": { original.display().to_string(): changed.display().to_string() } });
    std::fs::write(&overlay, replaced.to_string())?;
    oracle::build("template", &[OsStr::new("-overlay"), overlay.as_os_str()])
}

fn start(binary: &Path) -> anyhow::Result<Oracle> {
    Oracle::start(Command::new(binary).stderr(Stdio::null()))
}

/// Whether our answer is Go's.
fn agrees(go: &Json, ours: &Result<String, String>) -> bool {
    let (key, ours) = match ours {
        Ok(output) => ("out", output.clone()),
        Err(error) => ("err", oracle_case::normal(error)),
    };
    let Some(go) = go.get(key).and_then(Json::as_str) else {
        return false;
    };
    let go = if key == "err" {
        oracle_case::normal(go)
    } else {
        go.to_string()
    };
    go == ours
}

pub(crate) fn run(args: &Args) -> anyhow::Result<()> {
    match &args.action {
        Action::Goldens => goldens(),
        Action::Fuzz {
            cases,
            seed,
            stop,
            only,
        } => fuzz(*cases, *seed, *stop, *only),
    }
}

fn goldens() -> anyhow::Result<()> {
    let mut oracle = start(&build()?)?;
    let folder = oracle::root().join("fixtures/template");
    std::fs::create_dir_all(&folder)?;
    let generated = (0..900).map(|i| generate::case(i, None)).collect();
    for (name, cases) in [
        ("templates", cases::templates()),
        ("fmt", cases::fmt()),
        ("strconv", cases::strconv()),
        ("generated", generated),
    ] {
        let answers: Vec<Json> = oracle.ask(&cases)?;
        let mut text = String::new();
        for (case, answer) in cases.iter().zip(&answers) {
            let line = json!({ "case": case, "answer": answer }).to_string();
            // Generated cases are a sample: long ones tell no more than others.
            if name == "generated" && line.len() > 1_500 {
                continue;
            }
            text.push_str(&line);
            text.push('\n');
        }
        let file = folder.join(format!("{name}.jsonl"));
        std::fs::write(&file, &text)?;
        println!("{}: {} cases, {} bytes", file.display(), cases.len(), text.len());
    }
    Ok(())
}

fn fuzz(count: u64, seed: u64, stop: usize, only: Option<generate::Area>) -> anyhow::Result<()> {
    let mut oracle = start(&build()?)?;
    let (mut done, mut failed, mut errors) = (0, 0, 0);
    let started = std::time::Instant::now();
    while done < count && failed < stop {
        let batch: Vec<(u64, Json)> = (done..count.min(done + 20_000))
            .map(|i| (seed + i, generate::case(seed + i, only)))
            .collect();
        let cases: Vec<Json> = batch.iter().map(|(_, case)| case.clone()).collect();
        let answers: Vec<Json> = oracle.ask(&cases)?;
        for ((seed, case), go) in batch.iter().zip(&answers) {
            let ours = oracle_case::run(case);
            errors += u64::from(ours.is_err());
            if agrees(go, &ours) {
                continue;
            }
            failed += 1;
            if failed <= stop {
                println!("seed {seed}\n  case {case}\n  Go   {go}\n  ours {ours:?}\n");
            }
        }
        done += batch.len() as u64;
    }
    println!(
        "{done} cases from seed {seed}: {failed} differences; {errors} of our answers were errors; {:.0} s",
        started.elapsed().as_secs_f64()
    );
    if failed > 0 {
        bail!("{failed} differences");
    }
    Ok(())
}
