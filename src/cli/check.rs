//! `plimsoll check`.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;

use super::Exit;
use super::config::ConfigArgs;
use super::output::When;
use super::project::{self, Said, SelectArgs};
use super::release::{self, ReleaseArgs};
use super::report_to::{self, ReportArgs};
use crate::admission::pod_security::Standard;
use crate::catalog::Catalog;
use crate::config::{Config, Project};
use crate::finding::{Severity, judge};
use crate::known::baseline::{self, Baseline};
use crate::pipeline::{self, CheckJob, WrongCall};
use crate::registry::write_whole;
use crate::report::{self, Report};
use crate::schema::UnknownKinds;
use crate::source::SourceMap;

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  plimsoll check charts/shop -f charts/shop/values-prod.yaml
  plimsoll check deploy/ README.md --fail-on warning
  helm template shop | plimsoll check - --rules none --format json
  plimsoll check deploy/ --pss restricted             pods that a hardened namespace would refuse
  plimsoll check deploy/ --kubernetes 1.31..1.36      before an upgrade: what holds in which version
  plimsoll check -e prod -l team=web                  of a project, see `plimsoll.yaml`: what runs where
  plimsoll check --new-since origin/main              a pull request: only what it brings
  plimsoll check --format human --format sarif=FILE   for people here, for code scanning in a file

Exit codes: 0 nothing at or above --fail-on, 1 findings, 2 the call is wrong")]
pub(super) struct Args {
    #[command(flatten)]
    judged: JudgedArgs,

    #[command(flatten)]
    select: SelectArgs,

    /// The least severity that fails the run; `error` when neither this nor the configuration says
    #[arg(long, value_enum, value_name = "SEVERITY")]
    fail_on: Option<FailOn>,

    /// Report only what was not there where this branch left REF (`git merge-base REF HEAD`), whatever the lines
    #[arg(long, value_name = "REF", conflicts_with_all = ["baseline", "write_baseline"])]
    new_since: Option<String>,

    /// Report only what this file does not know, and what of it is not there any more
    #[arg(long, value_name = "FILE", conflicts_with = "write_baseline")]
    baseline: Option<PathBuf>,

    /// Write all findings to a file for --baseline, and report nothing
    #[arg(long, value_name = "FILE")]
    write_baseline: Option<PathBuf>,

    #[command(flatten)]
    reports: ReportArgs,
}

/// What is judged, and by what: also of `fix`.
#[derive(Debug, clap::Args)]
pub(super) struct JudgedArgs {
    /// Charts, archives, manifest files (.yaml, .yml, .json), Markdown files, folders of them, or `-`
    ///
    /// Without any, the releases of the `plimsoll.yaml` of this folder, or else the folder.
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,

    #[command(flatten)]
    release: ReleaseArgs,

    #[command(flatten)]
    config: ConfigArgs,

    /// Lint rules to run: names, groups, presets (`default`, `recommended`, `strict`, `security`, `availability`), `all` or
    /// `none`; those of the configuration, or else `default`, when not given
    #[arg(long, value_delimiter = ',', value_name = "NAME,…")]
    pub(super) rules: Option<Vec<String>>,

    /// The paths hold everything their objects refer to: report references to what is nowhere among them
    #[arg(long)]
    complete: bool,

    /// What a custom kind is whose schema is nowhere, not in the input, not in the project's store; `warn` when nothing
    /// says
    #[arg(long, value_enum, value_name = "SEVERITY")]
    unknown_kinds: Option<UnknownKind>,

    /// The Pod Security Standard of namespaces whose labels do not say: privileged, baseline or restricted; `privileged`
    /// when nothing says
    #[arg(long, value_name = "LEVEL[:VERSION]", value_parser = pod_security)]
    pss: Option<Standard>,
}

/// Reads a standard, in the words of the namespace's labels.
fn pod_security(text: &str) -> Result<Standard, String> {
    text.parse().map_err(|problem: &str| {
        format!("{problem}; say `restricted`, or `restricted:v1.31` for the standard of one version")
    })
}

/// What a custom kind is whose schema is nowhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum UnknownKind {
    Error,
    Warn,
    Ignore,
}

impl From<UnknownKind> for UnknownKinds {
    fn from(kind: UnknownKind) -> Self {
        match kind {
            UnknownKind::Error => Self::Error,
            UnknownKind::Warn => Self::Warn,
            UnknownKind::Ignore => Self::Ignore,
        }
    }
}

/// The least severity that fails a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum FailOn {
    Error,
    Warning,
    Info,
    /// Report, and never fail
    Never,
}

impl FailOn {
    /// The severity, if any fails.
    fn least(self) -> Option<Severity> {
        match self {
            Self::Error => Some(Severity::Error),
            Self::Warning => Some(Severity::Warning),
            Self::Info => Some(Severity::Info),
            Self::Never => None,
        }
    }
}

impl JudgedArgs {
    /// The paths that are meant when those of a call are.
    pub(super) fn paths(&self) -> Vec<PathBuf> {
        if self.paths.is_empty() {
            return vec![PathBuf::from(".")];
        }
        self.paths.clone()
    }

    /// What is to be checked; the report of a configuration that cannot be used.
    pub(super) fn job(&self) -> anyhow::Result<Result<Called, Report>> {
        let sources = SourceMap::default();
        let mut project = match self.config.project(&sources)? {
            Ok(project) => project.unwrap_or_default(),
            Err(problems) => return Ok(Err(pipeline::report(problems, &sources))),
        };
        let releases = std::mem::take(&mut project.project);
        let is_here = self.config.is_named() || project.base.is_within(Path::new("."));
        let catalog = Catalog::with(project.rules_of_its_own());
        let words = self.rules.as_deref();
        let chosen = words.map(|words| catalog.rule_set(words)).transpose()?;
        let release_args = self.release.or(&project);
        let mut release = release_args.release()?;
        release.options.find_unrepeatable = true;
        let fail_on = project.fail_on;
        let job = CheckJob {
            paths: self.paths(),
            units: Arc::default(),
            is_whole_project: false,
            release,
            kubernetes: release_args.kubernetes(),
            schemas: super::schema::store(release_args.schema_dir.as_deref())?,
            unknown_kinds: self
                .unknown_kinds
                .map(UnknownKinds::from)
                .or(project.unknown_kinds)
                .unwrap_or_default(),
            pod_security: self.pss.or(project.pod_security).unwrap_or_default(),
            base: project.base.clone(),
            config: Config::new(project, chosen),
            has_chart_configs: !self.config.no_config,
            is_complete: self.complete,
            today: Some(jiff::Zoned::now().date()),
            wants_relations: false,
        };
        Ok(Ok(Called {
            job,
            fail_on,
            releases,
            is_here,
        }))
    }
}

/// A call and what the configuration says besides.
pub(super) struct Called {
    /// What is to be checked, if it is paths.
    pub(super) job: CheckJob,
    /// What `fail-on` says.
    fail_on: Option<Option<Severity>>,
    /// The releases of the project.
    releases: Project,
    /// Whether the project is the one of this folder, or named.
    is_here: bool,
}

impl Called {
    /// Turns from paths to the releases of the project, if they are what is meant; then there is a report of those that
    /// cannot be rendered.
    fn choose(&mut self, args: &Args) -> anyhow::Result<Option<Report>> {
        let judged = &args.judged;
        if !project::is_meant(&self.releases, &args.select, &judged.paths, self.is_here)? {
            return Ok(None);
        }
        let sources = SourceMap::default();
        let said = Said {
            args: &judged.release,
            is_pss_said: judged.pss.is_some(),
            tree: None,
            job: &self.job,
        };
        let chosen = project::choose(&self.releases, &args.select, &said, &sources)?;
        self.job.paths.clear();
        self.job.units = chosen.units.into();
        self.job.is_whole_project = chosen.is_whole;
        Ok(Some(pipeline::report(chosen.findings, &sources)))
    }
}

/// Checks what was asked for, against nothing, an older version or a baseline.
fn look(args: &Args, job: &CheckJob) -> anyhow::Result<Report> {
    if let Some(reference) = &args.new_since {
        let judged = &args.judged;
        let tree = release::tree(reference, &judged.paths(), &judged.release.values)?;
        let units = if job.units.is_empty() {
            Vec::new()
        } else {
            let said = Said {
                args: &judged.release,
                is_pss_said: judged.pss.is_some(),
                tree: Some(&tree),
                job,
            };
            project::choose_then(&judged.config, &args.select, &said, &tree)?
        };
        pipeline::check_new(job, units, &tree, format!("older than {reference}"))
    } else if let Some(file) = &args.baseline {
        Ok(pipeline::check_beside(job, &read_baseline(file)?)?)
    } else {
        Ok(pipeline::check(job)?)
    }
}

fn read_baseline(file: &Path) -> anyhow::Result<Baseline> {
    let path = file.display().to_string();
    let text = std::fs::read_to_string(file)
        .with_context(|| format!("cannot read the baseline `{path}` (--write-baseline writes one)"))?;
    Baseline::parse(&path, text).map_err(anyhow::Error::msg)
}

pub(super) fn run(args: &Args, color: When) -> anyhow::Result<Exit> {
    release::require(&args.judged.paths())?;
    let outputs = args.reports.outputs()?;
    let refuse = |mut report: Report| -> anyhow::Result<Exit> {
        report.fail_on = Some(Severity::Error);
        report_to::write(&report, &outputs, color)?;
        Ok(Exit::Usage)
    };
    let mut called = match args.judged.job()? {
        Ok(called) => called,
        Err(report) => return refuse(report),
    };
    let unrendered = called.choose(args)?;
    let Called { mut job, fail_on, .. } = called;
    let fail_on = args
        .fail_on
        .map(FailOn::least)
        .or(fail_on)
        .unwrap_or(Some(Severity::Error));
    job.wants_relations = outputs.iter().any(report_to::Output::needs_relations);
    let mut report = match look(args, &job) {
        Ok(report) => report,
        Err(error) => match error.downcast::<WrongCall>()? {
            WrongCall::Configuration(report) => return refuse(*report),
            other @ WrongCall::Version(_) => return Err(other.into()),
        },
    };
    if let Some(file) = &args.write_baseline {
        write_whole(file, baseline::print(&report.findings)?.as_bytes())
            .with_context(|| format!("cannot write `{}`", file.display()))?;
        let findings = report::plural(report.findings.len(), "finding");
        writeln!(std::io::stderr(), "wrote {findings} to {}", file.display())?;
        return Ok(Exit::Clean);
    }
    report.fail_on = fail_on;
    report.join_environments();
    report.fold();
    if let Some(unrendered) = unrendered {
        report.add(unrendered);
        judge::sort(&mut report.findings);
    }
    report_to::write(&report, &outputs, color)?;
    Ok(if report.fails() {
        Exit::Findings
    } else {
        Exit::Clean
    })
}
