//! Ours beside the real tool, on real input.

use clap::Subcommand;

pub(crate) mod apiserver;
mod chart;
mod compare;
mod flags;
mod helm;
mod live;
mod objects;
pub(crate) mod oracle;
mod origin;

#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    tool: Tool,
}

#[derive(Subcommand)]
enum Tool {
    /// Render every chart below some folders by `plimsoll template` and by the real helm, and compare bytes and exit codes
    Helm(helm::Args),
    /// Judge manifests and mutations of them by ours and by the API server's own code, and compare verdicts and fields
    Apiserver(apiserver::Args),
    /// Judge the test cases of kubeconform and kubectl-validate, and ask the API server's own code where they differ
    Peers(apiserver::peers::Args),
    /// Call `plimsoll template` and the real helm with every flag, and compare standard output, files and exit codes
    Flags(flags::Args),
    /// Apply charts to a real API server, and see that `diff --live` shows no difference, and of a change the one that files show
    Live(live::Args),
    /// Put faults into real charts, and see whether the first place of the finding is the line that was changed
    Origin(origin::Args),
}

pub(crate) fn run(args: &Args) -> anyhow::Result<()> {
    match &args.tool {
        Tool::Helm(args) => helm::run(args),
        Tool::Apiserver(args) => apiserver::run(args),
        Tool::Peers(args) => apiserver::peers::run(args),
        Tool::Flags(args) => flags::run(args),
        Tool::Live(args) => live::run(args),
        Tool::Origin(args) => origin::run(args),
    }
}
