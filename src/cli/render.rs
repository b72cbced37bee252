//! `plimsoll render`.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use super::Exit;
use super::config::ConfigArgs;
use super::output::{self, When};
use super::project::{self, SelectArgs, ToRender};
use super::release::{self, ReleaseArgs};
use crate::config::Stencil;
use crate::finding::judge;
use crate::pipeline::{self, RenderedProject, layout};
use crate::registry::{Difference, WholeFolder};
use crate::report::{self, Format, Report, plural};

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  plimsoll render charts/shop -f charts/shop/values-prod.yaml
  plimsoll render charts/shop --set replicaCount=3 | kubectl diff -f -
  plimsoll render -e prod                       the releases of `plimsoll.yaml`, as production gets them
  plimsoll render -o rendered                   all environments into a folder, in one step
  plimsoll render -o rendered --check           in CI: is the folder what the sources render?

Exit codes: 0 rendered, 1 a chart does not render (nothing of it is printed, no folder is written) or --check finds a
difference, 2 the call is wrong")]
pub(super) struct Args {
    /// Charts, archives, or files of charts (their chart is rendered)
    ///
    /// Without any, the releases of the `plimsoll.yaml` of this folder, or else the charts of the folder.
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,

    #[command(flatten)]
    release: ReleaseArgs,

    #[command(flatten)]
    select: SelectArgs,

    #[command(flatten)]
    config: ConfigArgs,

    /// Write a project into a folder that holds nothing else, whole or not at all: what is stale in it is removed, what is
    /// the same is not touched
    #[arg(short, long, value_name = "DIR", conflicts_with = "paths")]
    output_dir: Option<PathBuf>,

    /// The files of the folder: a path with `{{ env }}`, `{{ release }}`, `{{ namespace }}`, `{{ kind }}`, `{{ name }}` and
    /// `{{ source }}` (Helm's path of the template), or `helm` for one file a template
    #[arg(long, value_name = "TEMPLATE", requires = "output_dir", default_value = layout::BY_OBJECT, value_parser = layout)]
    layout: Stencil,

    /// Write nothing; fail when the folder is not what is rendered
    #[arg(long, requires = "output_dir")]
    check: bool,

    /// Print nothing but what is wrong
    #[arg(short, long)]
    quiet: bool,
}

/// Reads a layout.
fn layout(text: &str) -> Result<Stencil, String> {
    let text = if text == "helm" { layout::BY_TEMPLATE } else { text };
    Stencil::new(text, layout::BLANKS).map_err(|(problem, help)| format!("{problem}; {help}"))
}

pub(super) fn run(args: &Args, color: When) -> anyhow::Result<Exit> {
    if let Some(project) = project::to_render(&args.config, &args.select, &args.paths, &args.release)? {
        return run_project(args, project, color);
    }
    anyhow::ensure!(
        args.output_dir.is_none(),
        "-o takes the releases of a project, and no `plimsoll.yaml` names any here (docs/project.md)"
    );
    let paths = match args.paths.as_slice() {
        [] => vec![PathBuf::from(".")],
        paths => paths.to_vec(),
    };
    release::require(&paths)?;
    let (text, report) = pipeline::render(&paths, &args.release.release()?);
    if is_broken(&report, color)? {
        return Ok(Exit::Findings);
    }
    if !args.quiet {
        let mut out = output::stdout();
        out.write_all(&text)?;
        out.flush()?;
    }
    Ok(Exit::Clean)
}

/// Tells what is wrong, and whether that is an error.
fn is_broken(report: &Report, color: When) -> anyhow::Result<bool> {
    if !report.findings.is_empty() {
        let mut err = std::io::stderr().lock();
        report::write(report, Format::Human, color.on_stderr(), &mut err)?;
    }
    Ok(report.counts().errors > 0)
}

/// Renders a project to standard output or into a folder.
fn run_project(args: &Args, project: ToRender, color: When) -> anyhow::Result<Exit> {
    let mut rendered = pipeline::render_units(&project.units);
    rendered.report.add(project.report);
    judge::sort(&mut rendered.report.findings);
    let is_broken = is_broken(&rendered.report, color)?;
    match &args.output_dir {
        // Half of a project would remove the other half from the folder.
        Some(_) if is_broken => {}
        Some(folder) => {
            rendered.inputs.extend(project.files);
            return write_folder(args, folder, rendered);
        }
        None if args.quiet => {}
        None => {
            let mut out = output::stdout();
            out.write_all(&layout::stream(&rendered.units))?;
            out.flush()?;
        }
    }
    Ok(if is_broken { Exit::Findings } else { Exit::Clean })
}

fn write_folder(args: &Args, folder: &Path, rendered: RenderedProject) -> anyhow::Result<Exit> {
    let files = layout::files(&rendered.units, &args.layout);
    let count = files.len();
    let whole = WholeFolder::new(folder, files, args.select.words(), rendered.inputs)
        .context("the record of the folder cannot be written")?;
    let shown = folder.display();
    let mut err = std::io::stderr().lock();
    if !args.check {
        let Difference {
            missing,
            changed,
            stale,
        } = whole.write()?;
        if !args.quiet {
            writeln!(
                err,
                "{shown}: {}: {} new, {} changed, {} removed",
                plural(count, "file"),
                missing.len(),
                changed.len(),
                stale.len()
            )?;
        }
        return Ok(Exit::Clean);
    }
    let difference = whole.compare()?;
    if difference.is_empty() {
        return Ok(Exit::Clean);
    }
    for (paths, what) in [
        (&difference.missing, "is missing"),
        (&difference.changed, "is not what is rendered"),
        (&difference.stale, "is rendered no more"),
    ] {
        for path in paths {
            writeln!(err, "{shown}/{path} {what}")?;
        }
    }
    writeln!(err, "`{shown}` is stale: run `plimsoll render -o {shown}`")?;
    Ok(Exit::Findings)
}
