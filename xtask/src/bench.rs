//! Whole processes, ours beside the peers', on the same files.
//!
//! Each pair is run in turn (A B A B …) after one warm-up of each, so that a machine whose speed drifts does not favor
//! one of them. Medians are printed.

use clap::Subcommand;

mod check;
mod diff;
mod lint;
mod measured;
mod origin;
mod project;
mod render;

#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Validate and lint, beside kubeconform, kube-score and kube-linter
    Check(check::Args),
    /// Compare two renders, beside dyff
    Diff(diff::Args),
    /// Lint 100 to 50,000 objects, beside validation alone and kube-linter
    Lint(lint::Args),
    /// Render charts, beside helm
    Render(render::Args),
    /// Check and render a project of many releases in many environments
    Project(project::Args),
    /// Lead places in what charts print back to their templates, beside rendering alone
    Origin(origin::Args),
}

pub(crate) fn run(args: &Args) -> anyhow::Result<()> {
    match &args.what {
        What::Check(args) => check::run(args),
        What::Diff(args) => diff::run(args),
        What::Lint(args) => lint::run(args),
        What::Render(args) => render::run(args),
        What::Project(args) => project::run(args),
        What::Origin(args) => origin::run(args),
    }
}
