//! `plimsoll dep`: the dependencies of charts.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use anyhow::{Context as _, bail};

use super::Exit;
use super::access::{AccessArgs, CacheArgs};
use super::output::{self, When};
use crate::chart::{self, Chart, HelmCompat, is_compatible_range};
use crate::finding::Severity;
use crate::pipeline;
use crate::registry::build::{Built, From, Policy, build};
use crate::registry::{Error, Fetcher, vendor};
use crate::report::{self, Format};
use crate::source::SourceMap;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Fetch the dependencies of charts into the cache, in the versions of Chart.lock
    Build(BuildArgs),
    /// Resolve the dependencies of charts anew, fetch them, and write Chart.lock
    #[command(visible_alias = "up")]
    Update(BuildArgs),
    /// List the dependencies of a chart and whether charts/ has them
    #[command(visible_alias = "ls")]
    List(ListArgs),
}

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  plimsoll dep build charts/shop                 into the cache; the checkout stays as it is
  plimsoll dep build charts/* --vendor           into charts/*.tgz, as helm does
  plimsoll dep update charts/shop                newest versions in range, written to Chart.lock

What was fetched is found by `check`, `render`, `diff`, `template` and `package` without a network.
Exit codes: 0 all dependencies are ready, 1 some are not, 2 the call is wrong")]
struct BuildArgs {
    /// Chart folders
    #[arg(value_name = "CHART", default_value = ".")]
    charts: Vec<PathBuf>,

    /// Write them into the charts/ folder of each chart, and its lock if there is none
    #[arg(long)]
    vendor: bool,

    #[command(flatten)]
    cache: CacheArgs,

    #[command(flatten)]
    access: AccessArgs,
}

#[derive(Debug, clap::Args)]
struct ListArgs {
    /// A chart folder or archive
    #[arg(value_name = "CHART", default_value = ".")]
    chart: PathBuf,
}

pub(super) fn run(args: &Args, color: When) -> anyhow::Result<Exit> {
    match &args.command {
        Command::Build(args) => all(args, Policy::Follow, color),
        Command::Update(args) => all(args, Policy::Update, color),
        Command::List(args) => list(args, color),
    }
}

fn all(args: &BuildArgs, policy: Policy, color: When) -> anyhow::Result<Exit> {
    super::release::require(&args.charts)?;
    let fetcher = args.access.fetcher(args.cache.cache())?;
    let mut exit = Exit::Clean;
    for path in &args.charts {
        if !path.is_dir() {
            bail!(
                "`{}` is not the folder of a chart; an archive has its dependencies in it",
                path.display()
            );
        }
        let Some(chart) = load(path, color)? else {
            exit = Exit::Findings;
            continue;
        };
        match build(&chart, &fetcher, policy, !args.vendor) {
            Ok(built) => {
                let lock = finish(path, &chart, &built, &fetcher, args.vendor, policy)
                    .with_context(|| format!("the dependencies of `{}`", path.display()))?;
                print(path, &built, lock, args.vendor)?;
            }
            Err(errors) => {
                complain(&errors);
                exit = Exit::Findings;
            }
        }
    }
    Ok(exit)
}

/// Says what went wrong, all of it.
pub(super) fn complain(errors: &[Error]) {
    for error in errors {
        output::complain(&anyhow::Error::new(error.clone()));
    }
}

/// Loads a chart; what is wrong with it is told. None when it cannot be used.
fn load(path: &Path, color: When) -> anyhow::Result<Option<Chart>> {
    let sources = SourceMap::default();
    let (chart, findings) = chart::load(path, HelmCompat::default(), &sources);
    if findings.iter().any(|finding| finding.severity == Severity::Error) {
        let report = pipeline::report(findings, &sources);
        report::write(
            &report,
            Format::Human,
            color.on_stderr(),
            &mut std::io::stderr().lock(),
        )?;
    }
    Ok(chart)
}

/// Whether the lock was written.
fn finish(
    path: &Path,
    chart: &Chart,
    built: &Built,
    fetcher: &Fetcher,
    vendor: bool,
    policy: Policy,
) -> anyhow::Result<bool> {
    if let Some(cache) = fetcher.cache().filter(|_| vendor) {
        vendor::vendor(path, built, cache)?;
    }
    let writes_lock = policy == Policy::Update || vendor && built.old_lock.is_none();
    if !writes_lock || built.ready.is_empty() {
        return Ok(false);
    }
    let written = vendor::write_lock(path, &chart.metadata.api_version, built, now()?)?;
    Ok(written.is_some())
}

/// Seconds since 1970; `SOURCE_DATE_EPOCH` says them otherwise.
fn now() -> anyhow::Result<i64> {
    match source_date_epoch()? {
        Some(epoch) => Ok(epoch),
        None => Ok(i64::try_from(
            SystemTime::now()
                .duration_since(SystemTime::UNIX_EPOCH)?
                .as_secs(),
        )?),
    }
}

/// The time that reproducible builds pretend it is. See <https://reproducible-builds.org/specs/source-date-epoch/>.
pub(super) fn source_date_epoch() -> anyhow::Result<Option<i64>> {
    match std::env::var("SOURCE_DATE_EPOCH") {
        Ok(text) if !text.is_empty() => {
            let seconds = text.parse().ok().filter(|seconds| *seconds >= 0);
            let seconds = seconds
                .with_context(|| format!("SOURCE_DATE_EPOCH is `{text}`, which is no number of seconds"))?;
            Ok(Some(seconds))
        }
        _ => Ok(None),
    }
}

fn print(path: &Path, built: &Built, lock_written: bool, vendor: bool) -> anyhow::Result<()> {
    let mut out = output::stdout();
    let shown = path.display();
    for ready in &built.ready {
        let how = match ready.from {
            From::Charts => "in charts/",
            From::Folder => "a folder of this machine",
            From::Cache => "in the cache",
            From::Network => "fetched",
        };
        let place = if ready.repository.is_empty() {
            String::new()
        } else {
            format!(" from {}", ready.repository)
        };
        writeln!(out, "{shown}: {} {}{place}: {how}", ready.name, ready.version)?;
    }
    let name = if path.join("requirements.yaml").is_file() {
        "requirements.lock"
    } else {
        "Chart.lock"
    };
    match built.ready.len() {
        0 => writeln!(out, "{shown}: no dependencies")?,
        _ if lock_written => writeln!(out, "{shown}: wrote {name}")?,
        _ if built.old_lock.is_none() && !vendor => writeln!(
            out,
            "{shown}: there is no {name}, so these are the newest versions in range today; `plimsoll dep update` locks them"
        )?,
        _ => {}
    }
    Ok(out.flush()?)
}

/// Upstream: `List` of `pkg/action/dependency.go`.
fn list(args: &ListArgs, color: When) -> anyhow::Result<Exit> {
    super::release::require([&args.chart])?;
    let Some(chart) = load(&args.chart, color)? else {
        return Ok(Exit::Findings);
    };
    let mut out = output::stdout();
    let Some(dependencies) = &chart.metadata.dependencies else {
        writeln!(
            out,
            "WARNING: no dependencies at {}",
            args.chart.join("charts").display()
        )?;
        out.flush()?;
        return Ok(Exit::Clean);
    };
    let mut rows = vec![[
        "NAME".to_owned(),
        "VERSION".to_owned(),
        "REPOSITORY".to_owned(),
        "STATUS".to_owned(),
    ]];
    for dependency in dependencies {
        let found = chart
            .dependencies
            .iter()
            .rev()
            .find(|chart| chart.metadata.name == dependency.name);
        let status = match found {
            None => "missing",
            Some(found)
                if found.metadata.version != dependency.version
                    && !is_compatible_range(&dependency.version, &found.metadata.version) =>
            {
                "wrong version"
            }
            Some(found) if found.path.ends_with(".tgz") => "ok",
            Some(_) => "unpacked",
        };
        rows.push([
            dependency.name.clone(),
            dependency.version.clone(),
            dependency.repository.clone(),
            status.to_owned(),
        ]);
    }
    let widths: Vec<usize> = (0..4)
        .map(|column| {
            rows.iter()
                .map(|row| row[column].chars().count())
                .max()
                .unwrap_or_default()
        })
        .collect();
    for row in &rows {
        let cells: Vec<String> = row
            .iter()
            .zip(&widths)
            .map(|(cell, width)| format!("{cell:width$}"))
            .collect();
        writeln!(out, "{}", cells.join("\t"))?;
    }
    writeln!(out)?;
    for found in &chart.dependencies {
        if !dependencies
            .iter()
            .any(|dependency| dependency.name == found.metadata.name)
        {
            writeln!(out, "WARNING: {:?} is not in Chart.yaml.", found.path)?;
        }
    }
    out.flush()?;
    Ok(Exit::Clean)
}
