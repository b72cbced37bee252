//! Differences, ours beside dyff's, on the same two streams of objects.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, ensure};

use super::check::deployments;
use super::measured::alternate;

/// The peer, as `go install` takes it.
const DYFF: &str = "github.com/homeport/dyff/cmd/dyff@v1.12.0";

#[derive(clap::Args)]
pub(crate) struct Args {
    /// Our binary, built in the release profile
    #[arg(long, default_value = "target/release/plimsoll")]
    binary: PathBuf,

    /// The peer's binary; it is built when not given
    #[arg(long)]
    dyff: Option<PathBuf>,

    /// Measured runs of each command
    #[arg(long, default_value_t = 5)]
    runs: usize,

    /// Objects of each side; the peer gets the first size only, for it is not linear
    #[arg(long, value_delimiter = ',', default_value = "250,2500,5000,10000")]
    objects: Vec<usize>,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<()> {
    let scratch = tempfile::tempdir()?;
    measure(args, scratch.path())
}

fn measure(args: &Args, scratch: &Path) -> anyhow::Result<()> {
    let ours = fs::canonicalize(&args.binary).context("build it: cargo build --release")?;
    let ours = ours.to_str().context("a plain path")?;
    let dyff = match &args.dyff {
        Some(binary) => fs::canonicalize(binary)?,
        None => build(scratch)?,
    };
    let dyff = dyff.to_str().context("a plain path")?;
    println!(
        "medians of {} runs after a warm-up; one object of a hundred differs",
        args.runs
    );
    println!("| objects | command | wall | CPU | peak memory |");
    println!("|---|---|---|---|---|");
    for (place, objects) in args.objects.iter().enumerate() {
        let [old, new] = ["old.yaml", "new.yaml"].map(|name| scratch.join(name));
        let text = deployments(*objects);
        fs::write(&old, &text)?;
        fs::write(&new, changed(&text))?;
        let (old, new) = (
            old.to_str().context("a plain path")?,
            new.to_str().context("a plain path")?,
        );
        let mut commands = vec![vec![ours, "diff", old, new]];
        if place == 0 {
            commands.push(vec![dyff, "between", old, new]);
        }
        for (command, measured) in commands.iter().zip(alternate(&commands, args.runs)?) {
            let name = command[0].rsplit('/').next().unwrap_or_default();
            println!("| {objects} | {name} {} | {measured} |", command[1]);
        }
    }
    Ok(())
}

/// The same stream with another image in every hundredth object.
fn changed(text: &str) -> String {
    text.split_inclusive("---\n")
        .enumerate()
        .map(|(number, document)| match number % 100 {
            1 => document.replace("/web:1.", "/web:2."),
            _ => document.to_owned(),
        })
        .collect()
}

fn build(scratch: &Path) -> anyhow::Result<PathBuf> {
    let status = Command::new("go")
        .args(["install", DYFF])
        .env("GOBIN", scratch)
        .status()
        .context("needs Go")?;
    ensure!(status.success(), "go install {DYFF} failed");
    Ok(scratch.join("dyff"))
}
