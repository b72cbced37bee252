//! `plimsoll completions SHELL`.

use clap::CommandFactory;

use super::{Exit, output};

#[derive(Debug, clap::Args)]
#[command(after_help = "Example:
  plimsoll completions bash > /etc/bash_completion.d/plimsoll")]
pub(super) struct Args {
    /// The shell to complete in
    shell: clap_complete::Shell,
}

pub(super) fn run<C: CommandFactory>(args: &Args) -> anyhow::Result<Exit> {
    clap_complete::generate(args.shell, &mut C::command(), "plimsoll", &mut output::stdout());
    Ok(Exit::Clean)
}
