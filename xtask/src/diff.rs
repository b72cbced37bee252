//! Differences of charts that others wrote.

use clap::Subcommand;

mod pairs;

#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Compare two tags of the charts of some repositories, rendered with their default values
    Pairs(pairs::Args),
}

pub(crate) fn run(args: &Args) -> anyhow::Result<()> {
    match &args.task {
        Task::Pairs(args) => pairs::run(args),
    }
}
