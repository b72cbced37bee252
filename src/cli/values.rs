//! `plimsoll values CHART`.

use std::io::Write as _;
use std::path::PathBuf;

use super::Exit;
use super::output::{self, When};
use super::release::{self, ReleaseArgs};
use crate::diff::Secrets;
use crate::manifest::Route;
use crate::pipeline;
use crate::report::{self, Format, values};
use crate::suggest;

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  plimsoll values charts/shop -f values-prod.yaml --set image.tag=2.1   each value with the line that set it
  plimsoll values charts/shop -f values-prod.yaml --explain image.tag   every layer that has a word in it
  plimsoll values charts/shop -f values-prod.yaml --unused              typos, leftovers, and what changes nothing
  plimsoll values charts/shop --format json

Exit codes: 0 printed, 1 the values cannot be merged, or --unused found some, 2 the call is wrong")]
pub(super) struct Args {
    /// A chart: folder or archive
    #[arg(value_name = "CHART", default_value = ".")]
    chart: PathBuf,

    /// Say what every layer sets a value to, the strongest last: `image.tag`, `hosts[0].name`
    #[arg(long, value_name = "PATH", value_parser = route)]
    explain: Option<Route>,

    /// Say which values of the call no template reads, and which are what they are by default; without values in the
    /// call, which of the chart's own values no template reads
    #[arg(long, conflicts_with = "explain")]
    unused: bool,

    #[command(flatten)]
    release: ReleaseArgs,

    /// Show values that Secrets of the chart hold, which are masked else
    #[arg(long)]
    show_secrets: bool,

    /// How to print
    #[arg(long, value_enum, default_value_t)]
    format: ValuesFormat,
}

/// The format of values.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
enum ValuesFormat {
    /// For people: YAML with the origin of each value in a comment
    #[default]
    Yaml,
    /// For machines: a stable contract, `schemas/merged-values.schema.json`
    Json,
}

fn route(text: &str) -> Result<Route, String> {
    let route = Route::parse(text).map_err(|at| format!("it cannot be read from `{}` on", &text[at..]))?;
    if route.steps().is_empty() {
        return Err("name a value, such as `image.tag`".to_owned());
    }
    Ok(route)
}

pub(super) fn run(args: &Args, color: When) -> anyhow::Result<Exit> {
    release::require([&args.chart])?;
    let secrets = if args.show_secrets {
        Secrets::Shown
    } else {
        Secrets::Masked
    };
    let job = args.release.release()?;
    if args.unused {
        let report = pipeline::unused_values(&args.chart, &job)?;
        let format = match args.format {
            ValuesFormat::Yaml => Format::Human,
            ValuesFormat::Json => Format::Json,
        };
        let mut out = output::stdout();
        report::write(&report, format, color.on_stdout(), &mut out)?;
        out.flush()?;
        let is_clean = report.findings.is_empty();
        return Ok(if is_clean { Exit::Clean } else { Exit::Findings });
    }
    let (merged, report) = pipeline::values(&args.chart, &job, secrets)?;
    if !report.findings.is_empty() {
        let mut err = std::io::stderr().lock();
        report::write(&report, Format::Human, color.on_stderr(), &mut err)?;
    }
    let Some(merged) = merged else {
        return Ok(Exit::Findings);
    };
    let explained = match &args.explain {
        Some(route) => Some(explain(route, &merged, &job)?),
        None => None,
    };
    let mut out = output::stdout();
    match (args.format, &explained) {
        (ValuesFormat::Json, explained) => values::write_json(&merged, explained.as_ref(), &mut out)?,
        (ValuesFormat::Yaml, Some(explained)) => values::write_explained(&merged, explained, &mut out)?,
        (ValuesFormat::Yaml, None) => values::write_yaml(&merged, &mut out)?,
    }
    out.flush()?;
    Ok(Exit::Clean)
}

fn explain(
    route: &Route,
    merged: &values::Merged,
    job: &pipeline::ReleaseJob,
) -> anyhow::Result<values::Explained> {
    let words = pipeline::explain_value(route, merged, job);
    if words.is_empty() {
        let known: Vec<String> = merged.values.paths().iter().map(Route::to_string).collect();
        let meant = suggest::nearest(&route.to_string(), known.iter().map(String::as_str));
        let meant = meant
            .map(|meant| format!("; did you mean `{meant}`?"))
            .unwrap_or_default();
        anyhow::bail!("no layer says anything of `{route}`{meant}");
    }
    Ok(values::Explained {
        route: route.clone(),
        words,
    })
}
