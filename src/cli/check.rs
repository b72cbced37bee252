//! `plimsoll check`.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use super::Exit;
use super::output::{self, When};
use super::release::{self, ReleaseArgs};
use crate::admission::pod_security::Standard;
use crate::catalog;
use crate::finding::Severity;
use crate::known::baseline::{self, Baseline};
use crate::pipeline::{self, CheckJob};
use crate::registry::write_whole;
use crate::report::{self, Format};
use crate::schema::UnknownKinds;

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  plimsoll check charts/shop -f charts/shop/values-prod.yaml
  plimsoll check deploy/ README.md --fail-on warning
  helm template shop | plimsoll check - --rules none --format json
  plimsoll check deploy/ --pss restricted             pods that a hardened namespace would refuse
  plimsoll check deploy/ --kubernetes 1.31..1.36      before an upgrade: what holds in which version
  plimsoll check --new-since origin/main              a pull request: only what it brings

Exit codes: 0 nothing at or above --fail-on, 1 findings, 2 the call is wrong")]
pub(super) struct Args {
    /// Charts, archives, manifest files (.yaml, .yml, .json), Markdown files, folders of them, or `-`
    #[arg(value_name = "PATH", default_value = ".")]
    paths: Vec<PathBuf>,

    #[command(flatten)]
    release: ReleaseArgs,

    /// Lint rules to run: names, groups, presets (`default`, `recommended`, `strict`, `security`, `availability`), `all` or `none`
    #[arg(long, value_delimiter = ',', value_name = "NAME,…", default_value = "default")]
    rules: Vec<String>,

    /// The paths hold everything their objects refer to: report references to what is nowhere among them
    #[arg(long)]
    complete: bool,

    /// The least severity that fails the run
    #[arg(long, value_enum, default_value_t = FailOn::Error, value_name = "SEVERITY")]
    fail_on: FailOn,

    /// What a custom kind is whose schema is nowhere: not in the input, not in the project's store
    #[arg(long, value_enum, default_value_t = UnknownKind::Warn, value_name = "SEVERITY")]
    unknown_kinds: UnknownKind,

    /// The Pod Security Standard of namespaces whose labels do not say: privileged, baseline or restricted
    #[arg(long, value_name = "LEVEL[:VERSION]", default_value = "privileged", value_parser = pod_security)]
    pss: Standard,

    /// Report only what was not there where this branch left REF (`git merge-base REF HEAD`), whatever the lines
    #[arg(long, value_name = "REF", conflicts_with_all = ["baseline", "write_baseline"])]
    new_since: Option<String>,

    /// Report only what this file does not know, and what of it is not there any more
    #[arg(long, value_name = "FILE", conflicts_with = "write_baseline")]
    baseline: Option<PathBuf>,

    /// Write all findings to a file for --baseline, and report nothing
    #[arg(long, value_name = "FILE")]
    write_baseline: Option<PathBuf>,

    /// How to report
    #[arg(long, value_enum, default_value_t)]
    format: Format,
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
    fn fails(self, severity: Severity) -> bool {
        match self {
            Self::Error => severity >= Severity::Error,
            Self::Warning => severity >= Severity::Warning,
            Self::Info => true,
            Self::Never => false,
        }
    }
}

fn read_baseline(file: &Path) -> anyhow::Result<Baseline> {
    let path = file.display().to_string();
    let text = std::fs::read_to_string(file)
        .with_context(|| format!("cannot read the baseline `{path}` (--write-baseline writes one)"))?;
    Baseline::parse(&path, text).map_err(anyhow::Error::msg)
}

pub(super) fn run(args: &Args, color: When) -> anyhow::Result<Exit> {
    release::require(&args.paths)?;
    let mut release = args.release.release()?;
    release.options.find_unrepeatable = true;
    let job = CheckJob {
        paths: args.paths.clone(),
        release,
        kubernetes: args.release.kubernetes(),
        schemas: super::schema::store(args.release.schema_dir.as_deref())?,
        unknown_kinds: args.unknown_kinds.into(),
        pod_security: args.pss,
        rules: catalog::rule_set(&args.rules)?,
        is_complete: args.complete,
        today: Some(jiff::Zoned::now().date()),
    };
    let report = if let Some(reference) = &args.new_since {
        let tree = release::tree(reference, &args.paths, &args.release.values)?;
        pipeline::check_new(&job, &tree, format!("older than {reference}"))?
    } else if let Some(file) = &args.baseline {
        pipeline::check_beside(&job, &read_baseline(file)?)?
    } else {
        pipeline::check(&job)?
    };
    if let Some(file) = &args.write_baseline {
        write_whole(file, baseline::print(&report.findings)?.as_bytes())
            .with_context(|| format!("cannot write `{}`", file.display()))?;
        let findings = report::plural(report.findings.len(), "finding");
        writeln!(std::io::stderr(), "wrote {findings} to {}", file.display())?;
        return Ok(Exit::Clean);
    }
    let mut out = output::stdout();
    report::write(&report, args.format, color.on_stdout(), &mut out)?;
    out.flush()?;
    let fails = report
        .findings
        .iter()
        .any(|finding| args.fail_on.fails(finding.severity));
    Ok(if fails { Exit::Findings } else { Exit::Clean })
}
