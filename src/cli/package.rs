//! `plimsoll package`: charts as archives, the same bytes on every machine.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, bail};
use plimsoll_gostd::semver::Version;

use super::Exit;
use super::access::AccessArgs;
use super::config::ConfigArgs;
use super::output::{self, When};
use super::release::{self, ReleaseArgs};
use crate::chart;
use crate::config::Config;
use crate::finding::Severity;
use crate::pipeline::{self, CheckJob, WrongCall};
use crate::registry::build::{Policy, build};
use crate::registry::{self, Fetcher};
use crate::report::{self, Format, Report};
use crate::source::SourceMap;

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  plimsoll package charts/shop -d dist --version 1.2.0 --app-version 7.1
  plimsoll package charts/* -d dist -u && plimsoll repo index dist

Exit codes: 0 packaged, 1 a chart has errors or dependencies that cannot be had (nothing of it is written), 2 the
call is wrong")]
pub(super) struct Args {
    /// Chart folders
    #[arg(value_name = "CHART", required = true)]
    charts: Vec<PathBuf>,

    /// Folder to write the archives to
    #[arg(short, long, default_value = ".", value_name = "FOLDER")]
    destination: PathBuf,

    /// Version of the chart, instead of that of Chart.yaml
    #[arg(long, value_name = "VERSION")]
    version: Option<String>,

    /// Version of the application in it, instead of that of Chart.yaml
    #[arg(long, value_name = "VERSION")]
    app_version: Option<String>,

    /// Fetch dependencies that are not in charts/ first
    #[arg(short = 'u', long)]
    dependency_update: bool,

    /// Package charts with errors as well
    #[arg(long)]
    no_lint: bool,

    #[command(flatten)]
    release: ReleaseArgs,

    #[command(flatten)]
    access: AccessArgs,
}

pub(super) fn run(args: &Args, color: When) -> anyhow::Result<Exit> {
    release::require(&args.charts)?;
    if let Some(version) = &args.version
        && let Err(error) = Version::new(version.as_bytes())
    {
        bail!("`{version}` is no version: {error}; write it as 1.2.3");
    }
    let fetcher = args.access.fetcher(args.release.cache.cache())?;
    let mut exit = Exit::Clean;
    for path in &args.charts {
        if !path.is_dir() {
            bail!("`{}` is not the folder of a chart", path.display());
        }
        if !package(path, args, &fetcher, color)? {
            exit = Exit::Findings;
        }
    }
    Ok(exit)
}

/// Whether the chart was packaged.
fn package(path: &Path, args: &Args, fetcher: &Fetcher, color: When) -> anyhow::Result<bool> {
    let compat = args.release.helm_compat;
    let sources = SourceMap::default();
    let (chart, findings) = chart::load(path, compat, &sources);
    let Some(mut chart) = chart else {
        return tell(&pipeline::report(findings, &sources), color);
    };
    if args.dependency_update
        && chart.missing_dependencies().next().is_some()
        && let Err(errors) = build(&chart, fetcher, Policy::Update, true)
    {
        super::dep::complain(&errors);
        return Ok(false);
    }
    let mut findings = registry::supply(&mut chart, fetcher.cache(), compat, &sources);
    let is_library = chart.metadata.is_library();
    // A library is packaged, not rendered; only its dependencies must be there.
    findings.extend(
        chart
            .refusals()
            .into_iter()
            .filter(|finding| finding.rule.name == "missing-dependency"),
    );
    if findings.iter().any(|finding| finding.severity == Severity::Error) {
        return tell(&pipeline::report(findings, &sources), color);
    }
    if !args.no_lint && !is_library {
        let project = match ConfigArgs::default().project(&sources)? {
            Ok(project) => project.unwrap_or_default(),
            Err(problems) => return tell(&pipeline::report(problems, &sources), color),
        };
        let release = args.release.or(&project);
        let job = CheckJob {
            paths: vec![path.to_path_buf()],
            units: Arc::default(),
            is_whole_project: false,
            release: release.release()?,
            kubernetes: release.kubernetes(),
            schemas: super::schema::store(release.schema_dir.as_deref())?,
            unknown_kinds: project.unknown_kinds.unwrap_or_default(),
            pod_security: project.pod_security.unwrap_or_default(),
            base: project.base.clone(),
            config: Config::new(project, None),
            has_chart_configs: true,
            is_complete: false,
            today: Some(jiff::Zoned::now().date()),
            wants_relations: false,
        };
        let mut report = match pipeline::check(&job) {
            Err(WrongCall::Configuration(report)) => return tell(&report, color),
            checked => checked?,
        };
        report
            .findings
            .retain(|finding| finding.severity == Severity::Error);
        if !report.findings.is_empty() {
            tell(&report, color)?;
            output::complain(&anyhow::anyhow!(
                "`{}` is not packaged, because it has errors; repair them, give the values it needs with -f, or \
                 package it as it is with --no-lint",
                path.display()
            ));
            return Ok(false);
        }
    }
    if let Some(version) = &args.version {
        chart.metadata.version.clone_from(version);
    }
    if let Some(version) = &args.app_version {
        chart.metadata.app_version.clone_from(version);
    }
    let archive = registry::pack(&chart, &sources)?;
    let name = format!("{}-{}.tgz", chart.metadata.name, chart.metadata.version);
    // As Helm says it: the whole path for the folder one stands in, the given one otherwise.
    let folder = if args.destination == Path::new(".") {
        std::env::current_dir()?
    } else {
        args.destination.clone()
    };
    let file = folder.join(name);
    registry::write_whole(&file, &archive).with_context(|| format!("cannot write `{}`", file.display()))?;
    let mut out = output::stdout();
    writeln!(
        out,
        "Successfully packaged chart and saved it to: {}",
        file.display()
    )?;
    out.flush()?;
    Ok(true)
}

fn tell(report: &Report, color: When) -> anyhow::Result<bool> {
    report::write(
        report,
        Format::Human,
        color.on_stderr(),
        &mut std::io::stderr().lock(),
    )?;
    Ok(false)
}
