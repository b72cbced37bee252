//! A project of many releases in many environments, generated from the charts of this repository.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use super::measured::alternate;

#[derive(clap::Args)]
pub(crate) struct Args {
    /// Our binary, built in the release profile
    #[arg(long, default_value = "target/release/plimsoll")]
    binary: PathBuf,

    /// Charts that releases are made of, in turn
    #[arg(
        long,
        value_delimiter = ',',
        default_value = "charts/storefront,charts/rolling-update,charts/canary,charts/blue-green,charts/echo"
    )]
    charts: Vec<PathBuf>,

    /// Environments
    #[arg(long, default_value_t = 16)]
    environments: usize,

    /// Releases
    #[arg(long, default_value_t = 60)]
    releases: usize,

    /// Measured runs of each command
    #[arg(long, default_value_t = 5)]
    runs: usize,

    /// Keep the project in this folder
    #[arg(long)]
    keep: Option<PathBuf>,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<()> {
    let scratch = tempfile::tempdir()?;
    let folder = args.keep.as_deref().unwrap_or(scratch.path());
    generate(args, folder)?;
    let ours = fs::canonicalize(&args.binary).context("build it: cargo build --release")?;
    let ours = ours.to_str().context("a plain path")?;
    let config = folder.join("plimsoll.yaml");
    let config = config.to_str().context("a plain path")?;
    let rendered = scratch.path().join("rendered");
    let rendered = rendered.to_str().context("a plain path")?;
    let check = [ours, "check", "--config", config];
    let render = [ours, "render", "--config", config];
    let commands = [
        ("check", check.to_vec()),
        ("check -e env-1", [&check[..], &["-e", "env-1"]].concat()),
        ("check --rules none", [&check[..], &["--rules", "none"]].concat()),
        ("render", render.to_vec()),
        ("render -o, unchanged", [&render[..], &["-o", rendered]].concat()),
    ];
    println!(
        "{} environments, {} releases, {} cores, medians of {} runs after a warm-up",
        args.environments,
        args.releases,
        std::thread::available_parallelism()?,
        args.runs
    );
    println!("| command | wall | CPU | peak memory |");
    println!("|---|---|---|---|");
    let (names, commands): (Vec<_>, Vec<_>) = commands.into_iter().unzip();
    for (name, measured) in names.iter().zip(alternate(&commands, args.runs)?) {
        println!("| {name} | {measured} |");
    }
    Ok(())
}

/// Writes the project: a `plimsoll.yaml`, and values files of each environment and each release.
fn generate(args: &Args, folder: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(folder.join("values"))?;
    let mut config = String::from("environments:\n");
    for number in 1..=args.environments {
        writeln!(
            config,
            "  env-{number}: {{kubernetes: \"1.{}\"}}",
            34 + number % 3
        )?;
        fs::write(
            folder.join(format!("values/env-{number}.yaml")),
            format!("global: {{region: r{number}}}\n"),
        )?;
    }
    config.push_str("defaults:\n  namespace: team-{{ env }}\n  values: [\"values/{{ env }}.yaml\", \"values/{{ release }}.yaml\"]\n");
    config.push_str("releases:\n");
    for (number, chart) in args.charts.iter().cycle().take(args.releases).enumerate() {
        let chart = fs::canonicalize(chart).with_context(|| format!("no chart at {}", chart.display()))?;
        writeln!(config, "  - {{name: app-{number}, chart: {}}}", chart.display())?;
        fs::write(
            folder.join(format!("values/app-{number}.yaml")),
            format!("global: {{number: {number}}}\n"),
        )?;
    }
    fs::write(folder.join("plimsoll.yaml"), config)?;
    Ok(())
}
