//! `plimsoll diff OLD NEW`.

use std::io::Write as _;
use std::path::PathBuf;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};

use super::Exit;
use super::go_flags::GoList;
use super::output::{self, When};
use super::release::{self, ReleaseArgs, ValuesArgs};
use crate::diff::{ChangeSet, Impact, Secrets};
use crate::pipeline;
use crate::report::diff::{self, DiffFormat};
use crate::report::{self, Format};

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  plimsoll diff old/ new/
  plimsoll diff charts/shop charts/shop --old-values values-dev.yaml --new-values values-prod.yaml
  plimsoll render charts/shop | plimsoll diff rendered/shop.yaml -
  plimsoll diff --base origin/main charts/shop -f prod.yaml   what this branch does to production

Exit codes: 0 compared (with --exit-code: no difference), 1 differences under --exit-code, an impact of --fail-on,
or a side that cannot be read whole, 2 the call is wrong")]
pub(super) struct Args {
    /// Two sides, each a folder, file, chart, archive, or `-`; one with --base, `.` when not given
    #[arg(value_name = "OLD NEW | PATH", num_args = 0..=2)]
    paths: Vec<PathBuf>,

    /// Compare with what the same path was where this branch left REF (`git merge-base REF HEAD`), its values files too
    #[arg(long, value_name = "REF")]
    base: Option<String>,

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
    release: ReleaseArgs,

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
    /// Whether the call asks to fail because of these changes; what is accepted counts for nothing.
    fn fails(&self, changes: &ChangeSet) -> bool {
        let is_asked = |impact: &Impact| self.fail_on.contains(impact);
        let mut reasons = changes.changes.iter().flat_map(|change| &change.reasons);
        self.exit_code && changes.accepted() < changes.changes.len()
            || reasons.any(|reason| !reason.accepted && is_asked(&reason.impact))
    }
}

pub(super) fn run(args: &Args, color: When) -> anyhow::Result<Exit> {
    let here = PathBuf::from(".");
    let (old_path, new_path) = match (args.paths.as_slice(), &args.base) {
        ([old, new], None) => (old, new),
        ([], Some(_)) => (&here, &here),
        ([path], Some(_)) => (path, path),
        (_, None) => {
            anyhow::bail!("name two sides, or one path and the commit to compare it with: --base REF")
        }
        (_, Some(_)) => anyhow::bail!("with --base, both sides are the same path: name one"),
    };
    release::require([old_path, new_path])?;
    anyhow::ensure!(
        old_path.as_os_str() != "-" || new_path.as_os_str() != "-",
        "both sides are `-`; standard input can be only one of them"
    );
    let side = |files: &[GoList], set: &[String]| {
        let only = ValuesArgs {
            files: files.to_vec(),
            set: set.to_vec(),
            ..ValuesArgs::default()
        };
        let values = args.release.values.followed_by(&only);
        ReleaseArgs {
            values,
            ..args.release.clone()
        }
        .release()
    };
    let mut old = side(&args.old_values, &args.old_set)?;
    let new = side(&args.new_values, &args.new_set)?;
    let schemas = super::schema::store(args.release.schema_dir.as_deref())?;
    if let Some(reference) = &args.base {
        let only_old = ValuesArgs {
            files: args.old_values.clone(),
            ..ValuesArgs::default()
        };
        let values = args.release.values.followed_by(&only_old);
        let tree = release::tree(reference, std::slice::from_ref(old_path), &values)?;
        old = old.at(&tree)?;
    }
    let today = Some(jiff::Zoned::now().date());
    let secrets = if args.show_secrets {
        Secrets::Shown
    } else {
        Secrets::Masked
    };
    let (changes, report) = pipeline::diff(
        (old_path, &old),
        (new_path, &new),
        schemas.as_deref(),
        today,
        secrets,
    )?;
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
