//! `plimsoll render`.

use std::io::Write as _;
use std::path::PathBuf;

use super::Exit;
use super::output::{self, When};
use super::release::{self, ReleaseArgs};
use crate::pipeline;
use crate::report::{self, Format};

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  plimsoll render charts/shop -f charts/shop/values-prod.yaml
  plimsoll render charts/shop --set replicaCount=3 | kubectl diff -f -

Exit codes: 0 rendered, 1 a chart does not render (nothing of it is printed), 2 the call is wrong")]
pub(super) struct Args {
    /// Charts, archives, or files of charts (their chart is rendered)
    #[arg(value_name = "PATH", default_value = ".")]
    paths: Vec<PathBuf>,

    #[command(flatten)]
    release: ReleaseArgs,

    /// Print nothing but what is wrong
    #[arg(short, long)]
    quiet: bool,
}

pub(super) fn run(args: &Args, color: When) -> anyhow::Result<Exit> {
    release::require(&args.paths)?;
    let (text, report) = pipeline::render(&args.paths, &args.release.release()?);
    if !report.findings.is_empty() {
        let mut err = std::io::stderr().lock();
        report::write(&report, Format::Human, color.on_stderr(), &mut err)?;
    }
    if report.counts().errors > 0 {
        return Ok(Exit::Findings);
    }
    if !args.quiet {
        let mut out = output::stdout();
        out.write_all(&text)?;
        out.flush()?;
    }
    Ok(Exit::Clean)
}
