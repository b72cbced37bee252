//! `plimsoll diff OLD NEW`, `--base REF`, `--live`, `--release NAME`.

use std::io::Write as _;
use std::path::PathBuf;

use clap::ArgGroup;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};

use super::Exit;
use super::config::ConfigArgs;
use super::go_flags::GoList;
use super::output::{self, When};
use super::project::{self, SelectArgs};
use super::release::{self, ReleaseArgs, ValuesArgs};
use crate::diff::{ChangeSet, Impact, Secrets};
use crate::finding::judge;
use crate::pipeline::{self, DiffTerms, LiveJob, Objects};
use crate::registry::cluster::Observer;
use crate::registry::discovery::Resources;
use crate::registry::kubeconfig::{self, Cluster};
use crate::report::diff::{self, DiffFormat};
use crate::report::{self, Format, Report};

#[derive(Debug, clap::Args)]
#[command(group(ArgGroup::new("cluster").args(["live", "release"]).multiple(true)))]
#[command(after_help = "Examples:
  plimsoll diff old/ new/
  plimsoll diff charts/shop charts/shop --old-values values-dev.yaml --new-values values-prod.yaml
  plimsoll render charts/shop | plimsoll diff rendered/shop.yaml -
  plimsoll diff --base origin/main charts/shop -f prod.yaml   what this branch does to production
  plimsoll diff --base origin/main                            all releases of `plimsoll.yaml`, in all environments
  plimsoll diff --live --context prod charts/shop --name shop -n shop -f prod.yaml   what an upgrade would do there
  plimsoll diff --release shop -n shop charts/shop -f prod.yaml   the same, by what Helm has stored

Exit codes: 0 compared (with --exit-code: no difference), 1 differences under --exit-code, an impact of --fail-on,
or a side that cannot be read whole, 2 the call is wrong")]
pub(super) struct Args {
    /// Two sides, each a folder, file, chart, archive, or `-`; one with --base and --live, `.` when not given
    #[arg(value_name = "OLD NEW | PATH", num_args = 0..=2)]
    paths: Vec<PathBuf>,

    /// Compare with what the same path was where this branch left REF (`git merge-base REF HEAD`), its values files too
    #[arg(long, value_name = "REF")]
    base: Option<String>,

    /// Compare with what a cluster has: the path is what would be applied there. The cluster is asked, and never changed
    #[arg(long, conflicts_with_all = ["base", "old_values", "old_set"])]
    live: bool,

    /// Compare with a release as Helm keeps it in the cluster; with --live, compare the cluster with it
    #[arg(long, value_name = "NAME", conflicts_with_all = ["base", "old_values", "old_set"])]
    release: Option<String>,

    /// Its revision, or two to compare: `3`, `3..5`, `3..`; what is deployed when not given
    #[arg(long, value_name = "N", requires = "release", conflicts_with = "live", value_parser = revisions)]
    revision: Option<Revisions>,

    /// Another context of the kubeconfig
    #[arg(long, value_name = "NAME", requires = "cluster")]
    context: Option<String>,

    /// The kubeconfig; KUBECONFIG or ~/.kube/config when not given
    #[arg(long, value_name = "FILE", requires = "cluster")]
    kubeconfig: Option<PathBuf>,

    /// Do not look for objects of the same release in the cluster that the input no longer has
    #[arg(long, requires = "live")]
    no_prune: bool,

    /// Values file for the old side only, after those of both
    #[arg(long, value_name = "FILE,…")]
    old_values: Vec<GoList>,

    /// Values file for the new side only, after those of both
    #[arg(long, value_name = "FILE,…")]
    new_values: Vec<GoList>,

    /// Set a value on the old side only
    #[arg(long, value_name = "KEY=VALUE")]
    old_set: Vec<String>,

    /// Set a value on the new side only
    #[arg(long, value_name = "KEY=VALUE")]
    new_set: Vec<String>,

    #[command(flatten)]
    rendering: ReleaseArgs,

    #[command(flatten)]
    select: SelectArgs,

    #[command(flatten)]
    config: ConfigArgs,

    /// Exit with 1 when there are differences that no suppression accepts
    #[arg(long)]
    exit_code: bool,

    /// Exit with 1 when a change does one of these: `refused,recreate,data`
    #[arg(long, value_name = "IMPACT,…", value_delimiter = ',', value_parser = impacts())]
    fail_on: Vec<Impact>,

    /// Show what Secrets hold, where else only marks say whether it changed
    #[arg(long)]
    show_secrets: bool,

    /// How to report
    #[arg(long, value_enum, default_value_t)]
    format: DiffFormat,
}

/// Which revisions of a release are meant.
#[derive(Debug, Clone, Copy)]
struct Revisions {
    /// The old side.
    old: u64,
    /// The new side, if it is the release too; what is deployed where no number is given.
    new: Option<Option<u64>>,
}

/// Reads `3`, `3..5` or `3..`.
fn revisions(text: &str) -> Result<Revisions, String> {
    let number = |text: &str| {
        text.parse()
            .map_err(|_| format!("`{text}` is not the number of a revision"))
    };
    Ok(match text.split_once("..") {
        None => Revisions {
            old: number(text)?,
            new: None,
        },
        Some((old, "")) => Revisions {
            old: number(old)?,
            new: Some(None),
        },
        Some((old, new)) => Revisions {
            old: number(old)?,
            new: Some(Some(number(new)?)),
        },
    })
}

/// Reads the name of an impact.
fn impacts() -> impl TypedValueParser<Value = Impact> {
    let names = Impact::ALL.map(|impact| PossibleValue::new(impact.as_str()).help(impact.meaning()));
    PossibleValuesParser::new(names).map(|name| {
        let named = Impact::ALL.into_iter().find(|impact| impact.as_str() == name);
        // The parser takes no other names.
        named.unwrap_or(Impact::None)
    })
}

impl Args {
    /// What one side is rendered with: what is said of both, then what is said of this one.
    fn side(&self, files: &[GoList], set: &[String]) -> ReleaseArgs {
        let only = ValuesArgs {
            files: files.to_vec(),
            set: set.to_vec(),
            ..ValuesArgs::default()
        };
        ReleaseArgs {
            values: self.rendering.values.followed_by(&only),
            ..self.rendering.clone()
        }
    }

    /// Whether the call asks to fail because of these changes; what is accepted counts for nothing.
    fn fails(&self, changes: &ChangeSet) -> bool {
        let is_asked = |impact: &Impact| self.fail_on.contains(impact);
        let mut reasons = changes.changes.iter().flat_map(|change| &change.reasons);
        self.exit_code && changes.accepted() < changes.changes.len()
            || reasons.any(|reason| !reason.accepted && is_asked(&reason.impact))
    }
}

pub(super) fn run(args: &Args, color: When) -> anyhow::Result<Exit> {
    let schemas = super::schema::store(args.rendering.schema_dir.as_deref())?;
    let common = DiffTerms {
        schemas: schemas.as_deref(),
        today: Some(jiff::Zoned::now().date()),
        secrets: match args.show_secrets {
            true => Secrets::Shown,
            false => Secrets::Masked,
        },
    };
    anyhow::ensure!(
        !args.select.any() || args.base.is_some(),
        "-e and -l choose releases of a project: compare them with a commit, by --base REF and no path"
    );
    let (changes, report) = if args.live || args.release.is_some() {
        with_cluster(args, common)?
    } else if let Some(compared) = with_project(args, common)? {
        compared
    } else {
        two_paths(args, common)?
    };
    if !report.findings.is_empty() {
        let mut err = std::io::stderr().lock();
        report::write(&report, Format::Human, color.on_stderr(), &mut err)?;
    }
    let mut out = output::stdout();
    diff::write(&changes, args.format, color.on_stdout(), &mut out)?;
    out.flush()?;
    let fails = report.counts().errors > 0 || args.fails(&changes);
    Ok(if fails { Exit::Findings } else { Exit::Clean })
}

/// Compares the releases of a project with what they were, if that is what the call is about.
fn with_project(args: &Args, common: DiffTerms<'_>) -> anyhow::Result<Option<(ChangeSet, Report)>> {
    let Some(reference) = &args.base else {
        return Ok(None);
    };
    let new_args = args.side(&args.new_values, &args.new_set);
    let Some(new) = project::to_render(&args.config, &args.select, &args.paths, &new_args)? else {
        return Ok(None);
    };
    let old_args = args.side(&args.old_values, &args.old_set);
    let values = args.rendering.values.followed_by(&old_args.values);
    let tree = release::tree(reference, &[PathBuf::from(".")], &values)?;
    let old = project::to_render_then(&args.config, &args.select, &old_args, &tree)?;
    let schemas = args.rendering.schema_dir.clone().or(new.schemas);
    let schemas = super::schema::store(schemas.as_deref())?;
    let terms = DiffTerms {
        schemas: schemas.as_deref(),
        ..common
    };
    let (changes, mut report) = pipeline::diff_units(&old.units, &new.units, terms);
    report.add(old.report);
    report.add(new.report);
    judge::sort(&mut report.findings);
    Ok(Some((changes, report)))
}

/// Compares two paths, or one with what it was.
fn two_paths(args: &Args, common: DiffTerms<'_>) -> anyhow::Result<(ChangeSet, Report)> {
    let here = PathBuf::from(".");
    let (old_path, new_path) = match (args.paths.as_slice(), &args.base) {
        ([old, new], None) => (old, new),
        ([], Some(_)) => (&here, &here),
        ([path], Some(_)) => (path, path),
        (_, None) => {
            anyhow::bail!(
                "name two sides, or one path and what to compare it with: --base REF for a commit, --live for a cluster"
            )
        }
        (_, Some(_)) => anyhow::bail!("with --base, both sides are the same path: name one"),
    };
    release::require([old_path, new_path])?;
    anyhow::ensure!(
        old_path.as_os_str() != "-" || new_path.as_os_str() != "-",
        "both sides are `-`; standard input can be only one of them"
    );
    let mut old = args.side(&args.old_values, &args.old_set).release()?;
    let new = args.side(&args.new_values, &args.new_set).release()?;
    if let Some(reference) = &args.base {
        let only_old = ValuesArgs {
            files: args.old_values.clone(),
            ..ValuesArgs::default()
        };
        let values = args.rendering.values.followed_by(&only_old);
        let tree = release::tree(reference, std::slice::from_ref(old_path), &values)?;
        old = old.at(&tree)?;
    }
    Ok(pipeline::diff(
        (Objects::Path(old_path), &old),
        (Objects::Path(new_path), &new),
        common,
    )?)
}

/// Compares a cluster, or a release in it, with what a path would make of it.
fn with_cluster(args: &Args, common: DiffTerms<'_>) -> anyhow::Result<(ChangeSet, Report)> {
    let here = PathBuf::from(".");
    let both_stored = args.revision.is_some_and(|revisions| revisions.new.is_some());
    let path = match args.paths.as_slice() {
        [] => &here,
        [_] if both_stored => anyhow::bail!("with two revisions, both sides are stored: name no path"),
        [path] => path,
        _ => anyhow::bail!("with --live or --release, the cluster is one side: name one path"),
    };
    release::require([path])?;
    let files = kubeconfig::files(args.kubeconfig.as_deref());
    let cluster = Cluster::read(&files, args.context.as_deref())?;
    let mut side = args.side(&args.new_values, &args.new_set);
    side.namespace = side.namespace.or_else(|| cluster.namespace.clone());
    if let Some(name) = &args.release {
        side.name = side.name.or_else(|| Some(name.clone()));
        side.is_upgrade = true;
    }
    let observer = Observer::new(cluster);
    let resources = Resources::read(&observer)?;
    let mut job = side.release()?;
    // Charts are rendered for the cluster that they go to, unless the call names another one.
    if side.kubernetes.is_empty() {
        job = job.on(&resources)?;
    }
    let DiffTerms {
        schemas,
        today,
        secrets,
    } = common;
    let stored =
        |name: &str, revision| pipeline::stored_release(&observer, &job.release.namespace, name, revision);
    let live = LiveJob {
        observer: &observer,
        resources: &resources,
        prune: !args.no_prune,
    };
    let Some(name) = &args.release else {
        return pipeline::diff_live(&live, (Objects::Path(path), &job), schemas, today, secrets);
    };
    let old = stored(name, args.revision.map(|revisions| revisions.old))?;
    if args.live {
        let side = if args.paths.is_empty() {
            Objects::Release(&old)
        } else {
            anyhow::bail!("with --live and --release, the cluster is compared with the release: name no path")
        };
        return pipeline::diff_live(&live, (side, &job), schemas, today, secrets);
    }
    job.without_crds = true;
    let newer = match args.revision.and_then(|revisions| revisions.new) {
        Some(revision) => Some(stored(name, revision)?),
        None => None,
    };
    let new = newer.as_ref().map_or(Objects::Path(path), Objects::Release);
    Ok(pipeline::diff(
        (Objects::Release(&old), &job),
        (new, &job),
        common,
    )?)
}
