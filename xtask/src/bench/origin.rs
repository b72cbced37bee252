//! What it costs to lead findings back: a watched render beside a plain one, in one process; and, where a build from before
//! is given, what a plain render costs in ours and in that.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};
use plimsoll::chart::{self, HelmCompat};
use plimsoll::render::helm::{self, Asked};
use plimsoll::render::question::{Meant, Question};
use plimsoll::render::{Capabilities, Options, Parses, Release};
use plimsoll::source::SourceMap;
use plimsoll::values::{self, Layers};

use super::measured::alternate;

#[derive(clap::Args)]
pub(crate) struct Args {
    /// Charts
    #[arg(required = true, value_name = "CHART")]
    charts: Vec<PathBuf>,

    /// Our binary, built in the release profile
    #[arg(long, default_value = "target/release/plimsoll")]
    binary: PathBuf,

    /// A build without tracing to compare the plain path with
    #[arg(long)]
    before: Option<PathBuf>,

    /// Measured runs
    #[arg(long, default_value_t = 15)]
    runs: usize,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<()> {
    println!("| chart | plain | watched and answered | ratio |");
    println!("|---|---|---|---|");
    let mut sums = (Duration::ZERO, Duration::ZERO);
    for path in &args.charts {
        let (plain, watched) = measure(args, path)?;
        sums = (sums.0 + plain, sums.1 + watched);
        print_row(&path.display().to_string(), plain, watched);
    }
    print_row("all", sums.0, sums.1);
    let Some(before) = &args.before else { return Ok(()) };
    println!("| chart | before: wall | CPU | memory | ours: wall | CPU | memory |");
    println!("|---|---|---|---|---|---|---|");
    for path in &args.charts {
        let path = path.to_str().context("a plain path")?;
        let binaries = [before, &args.binary].map(|binary| binary.to_str());
        let [Some(old), Some(new)] = binaries else {
            bail!("a binary's path is not plain")
        };
        let commands = [old, new].map(|binary| vec![binary, "template", "shop", path]);
        let measured: Vec<String> = alternate(&commands, args.runs)?
            .iter()
            .map(ToString::to_string)
            .collect();
        println!("| {path} | {} |", measured.join(" | "));
    }
    Ok(())
}

fn print_row(what: &str, plain: Duration, watched: Duration) {
    let milliseconds = |time: Duration| time.as_secs_f64() * 1e3;
    println!(
        "| {what} | {:.2} ms | {:.2} ms | {:.2} |",
        milliseconds(plain),
        milliseconds(watched),
        watched.as_secs_f64() / plain.as_secs_f64()
    );
}

/// Medians of a render, and of a watched one that is asked about a place in every template.
fn measure(args: &Args, path: &std::path::Path) -> anyhow::Result<(Duration, Duration)> {
    let sources = SourceMap::default();
    let (chart, _) = chart::load(path, HelmCompat::default(), &sources);
    let chart = std::sync::Arc::new(chart.with_context(|| format!("{} is no chart", path.display()))?);
    let read = |_: &str| Err("no file is named".to_owned());
    let (values, _) = values::resolve(&chart, &Layers::default(), HelmCompat::default(), &sources, &read);
    let values = values.context("the values cannot be merged")?;
    let (release, capabilities) = (Release::default(), Capabilities::default());
    let options = Options {
        deterministic: true,
        ..Options::default()
    };
    let parses = Parses::default();
    let plain = || helm::render(&values, &release, &capabilities, &options, &parses, &sources).0;
    let printed = plain();
    ensure!(!printed.files.is_empty(), "{} prints nothing", path.display());
    let place = |at: usize| Question {
        at,
        length: 1,
        meant: Meant::Value,
        text: None,
        path: Vec::new(),
        inner: Vec::new(),
        lacks: None,
    };
    let asked = Asked {
        places: printed
            .files
            .iter()
            .map(|file| (&*file.name, (&*file.bytes, vec![place(file.bytes.len() / 2)])))
            .collect(),
        failed: std::collections::BTreeSet::new(),
    };
    let mut times = (Vec::new(), Vec::new());
    for round in 0..=args.runs {
        let start = Instant::now();
        let rendered = plain();
        let of_plain = start.elapsed();
        ensure!(rendered.files.len() == printed.files.len(), "two renders differ");
        let start = Instant::now();
        let answered = helm::trails(
            &values,
            &release,
            &capabilities,
            &options,
            &parses,
            &sources,
            &asked,
        );
        let of_watched = start.elapsed();
        ensure!(
            answered.places.len() == printed.files.len(),
            "a watched render differs"
        );
        if round > 0 {
            times.0.push(of_plain);
            times.1.push(of_watched);
        }
    }
    let median = |mut times: Vec<Duration>| {
        times.sort_unstable();
        times[times.len() / 2]
    };
    Ok((median(times.0), median(times.1)))
}
