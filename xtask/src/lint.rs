//! Lint on charts that others wrote.

use clap::Subcommand;

mod checks;
mod peers;
mod survey;

#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Lint every chart below some folders with its default values: findings by rule, and the median of a release
    Survey(survey::Args),
    /// Compare the verdicts of other linters with ours on some manifests
    Peers(peers::Args),
    /// List what other linters look for, for the test that a rule or a reason answers to each
    Checks(checks::Args),
}

pub(crate) fn run(args: &Args) -> anyhow::Result<()> {
    match &args.task {
        Task::Survey(args) => survey::run(args),
        Task::Peers(args) => peers::run(args),
        Task::Checks(args) => checks::run(args),
    }
}
