//! `plimsoll diff OLD NEW`.

use std::io::Write as _;
use std::path::PathBuf;

use super::Exit;
use super::go_flags::GoList;
use super::output::{self, When};
use super::release::{self, ReleaseArgs, ValuesArgs};
use crate::pipeline;
use crate::report::{self, Format, diff_human, diff_json};

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  plimsoll diff old/ new/
  plimsoll diff charts/shop charts/shop --old-values values-dev.yaml --new-values values-prod.yaml
  plimsoll render charts/shop | plimsoll diff rendered/shop.yaml -

Exit codes: 0 compared (with --exit-code: no difference), 1 differences under --exit-code, or a side that cannot
be read whole, 2 the call is wrong")]
pub(super) struct Args {
    /// A folder, file, chart, archive, or `-`
    old: PathBuf,

    /// The same for the other side
    new: PathBuf,

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

    /// Exit with 1 when there are differences
    #[arg(long)]
    exit_code: bool,

    /// How to report
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

pub(super) fn run(args: &Args, color: When) -> anyhow::Result<Exit> {
    release::require([&args.old, &args.new])?;
    anyhow::ensure!(
        args.old.as_os_str() != "-" || args.new.as_os_str() != "-",
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
    let old = side(&args.old_values, &args.old_set)?;
    let new = side(&args.new_values, &args.new_set)?;
    let schemas = super::schema::store(args.release.schema_dir.as_deref())?;
    let (changes, report) = pipeline::diff((&args.old, &old), (&args.new, &new), schemas.as_deref());
    if !report.findings.is_empty() {
        let mut err = std::io::stderr().lock();
        report::write(&report, Format::Human, color.on_stderr(), &mut err)?;
    }
    let mut out = output::stdout();
    match args.format {
        Format::Human => diff_human::write(&changes, color.on_stdout(), &mut out)?,
        Format::Json => diff_json::write(&changes, &mut out)?,
    }
    out.flush()?;
    let fails = report.counts().errors > 0 || args.exit_code && !changes.is_empty();
    Ok(if fails { Exit::Findings } else { Exit::Clean })
}
