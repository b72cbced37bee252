//! `plimsoll forecast`.

use std::io::Write as _;
use std::path::PathBuf;

use super::Exit;
use super::output::{self, When};
use super::release::{self, ReleaseArgs};
use crate::forecast::Circumstances;
use crate::pipeline;
use crate::report::{self, Format, forecast_human, forecast_json};

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  plimsoll forecast charts/shop -f charts/shop/values-prod.yaml
  plimsoll forecast charts/shop --set replicaCount=12
  plimsoll forecast deploy/ --nodes 40 --format json

`plimsoll diff` says the same of what a change restarts.

Exit codes: 0 forecast, 1 an input cannot be read whole, 2 the call is wrong")]
pub(super) struct Args {
    /// Charts, archives, manifest files, folders of them, or `-`
    #[arg(value_name = "PATH", default_value = ".")]
    paths: Vec<PathBuf>,

    #[command(flatten)]
    release: ReleaseArgs,

    /// How many nodes DaemonSets run on
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(i64).range(0..=100_000))]
    nodes: Option<i64>,

    /// How to report
    #[arg(long, value_enum, default_value_t)]
    format: ForecastFormat,
}

/// The format of forecasts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
enum ForecastFormat {
    /// For people: a runbook
    #[default]
    Human,
    /// For machines: a stable contract, `schemas/forecast.schema.json`
    Json,
}

pub(super) fn run(args: &Args, color: When) -> anyhow::Result<Exit> {
    release::require(&args.paths)?;
    let circumstances = Circumstances { nodes: args.nodes };
    let (forecasts, report) = pipeline::forecast(&args.paths, &args.release.release()?, circumstances);
    if !report.findings.is_empty() {
        let mut err = std::io::stderr().lock();
        report::write(&report, Format::Human, color.on_stderr(), &mut err)?;
    }
    let mut out = output::stdout();
    match args.format {
        ForecastFormat::Human => forecast_human::write(&forecasts, color.on_stdout(), &mut out)?,
        ForecastFormat::Json => forecast_json::write(&forecasts, &mut out)?,
    }
    out.flush()?;
    Ok(if report.counts().errors > 0 {
        Exit::Findings
    } else {
        Exit::Clean
    })
}
