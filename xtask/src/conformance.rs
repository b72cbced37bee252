//! Ours beside the real tool, on real input.

use clap::Subcommand;

mod chart;
mod compare;
mod helm;
mod oracle;

#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    tool: Tool,
}

#[derive(Subcommand)]
enum Tool {
    /// Render every chart below some folders by `plimsoll template` and by the real helm, and compare bytes and exit codes
    Helm(helm::Args),
}

pub(crate) fn run(args: &Args) -> anyhow::Result<()> {
    match &args.tool {
        Tool::Helm(args) => helm::run(args),
    }
}
