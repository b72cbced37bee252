//! What linting adds to validation, and whether it grows with the number of objects and no faster; kube-linter beside it.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use super::check::deployments;
use super::measured::alternate;

#[derive(clap::Args)]
pub(crate) struct Args {
    /// Our binary, built in the release profile
    #[arg(long, default_value = "target/release/plimsoll")]
    binary: PathBuf,

    /// kube-linter, to be measured too
    #[arg(long)]
    kube_linter: Option<PathBuf>,

    /// Numbers of Deployments
    #[arg(long, value_delimiter = ',', default_values_t = [100, 1_000, 2_000, 10_000, 50_000])]
    objects: Vec<usize>,

    /// Measured runs of each command
    #[arg(long, default_value_t = 7)]
    runs: usize,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let ours = fs::canonicalize(&args.binary).context("build it: cargo build --release")?;
    let ours = ours.to_str().context("a plain path")?;
    let kube_linter = args.kube_linter.as_deref().map(Path::to_str);
    println!(
        "{} cores, medians of {} runs after a warm-up",
        std::thread::available_parallelism()?,
        args.runs
    );
    println!("| objects | command | wall | CPU | peak memory |");
    println!("|---|---|---|---|---|");
    for &count in &args.objects {
        let file = folder.path().join(format!("{count}.yaml"));
        fs::write(&file, deployments(count))?;
        let file = file.to_str().context("a plain path")?;
        let mut commands = vec![
            ("validation", vec![ours, "check", "--rules", "none", file]),
            ("and the default rules", vec![ours, "check", file]),
            ("and all rules", vec![ours, "check", "--rules", "all", file]),
        ];
        if let Some(kube_linter) = kube_linter.flatten() {
            commands.push(("kube-linter", vec![kube_linter, "lint", file]));
        }
        let (names, commands): (Vec<_>, Vec<_>) = commands.into_iter().unzip();
        for (name, measured) in names.iter().zip(alternate(&commands, args.runs)?) {
            println!("| {count} | {name} | {measured} |");
        }
    }
    Ok(())
}
