//! The command line: what the words mean. What they do is in [`crate::pipeline`].

mod access;
mod check;
mod completions;
mod config;
mod create;
mod dep;
mod diff;
mod exit;
mod explain;
mod fix;
mod forecast;
mod go_flags;
mod output;
mod package;
mod post_renderer;
mod project;
mod release;
mod render;
mod repo;
mod report_to;
mod rules;
mod schema;
mod template;
mod values;

use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand};

pub use exit::Exit;

/// Renders, validates, lints and diffs Kubernetes manifests, offline and in one pass.
#[derive(Debug, Parser)]
#[command(
    name = "plimsoll",
    version,
    about = "Render, validate, lint and diff Kubernetes manifests",
    after_help = "Examples:
  plimsoll check                                  the folder you stand in: charts and manifests
  plimsoll check charts/shop -f values-prod.yaml  a chart as production sees it
  kustomize build | plimsoll check -              what another tool printed
  plimsoll diff old/ new/                         what would change
  plimsoll explain no-readiness-probe             why a finding matters, and what to do

Exit codes: 0 clean, 1 findings (or differences), 2 the call is wrong (`template` says 1 there, as helm does)"
)]
struct Cli {
    #[command(subcommand)]
    command: Command,

    /// When to use color; NO_COLOR and CLICOLOR_FORCE are honored
    #[arg(
        long,
        alias = "colour",
        global = true,
        value_enum,
        default_value_t,
        value_name = "WHEN"
    )]
    color: output::When,
}

#[derive(Debug, Subcommand)]
#[expect(clippy::large_enum_variant, reason = "there is one of it in a run")]
enum Command {
    /// Check charts, manifests and Markdown files: YAML, schema and lint
    Check(check::Args),
    /// Print what charts and manifests render to
    Render(render::Args),
    /// Render a Helm chart exactly as `helm template` does
    Template(template::Args),
    /// Print the merged values of a chart, each with the line that set it
    Values(values::Args),
    /// Mend what can be mended, in the files that hold it
    Fix(fix::Args),
    /// Compare two sets of objects and say what would change
    Diff(diff::Args),
    /// Say how the pods of each workload will be replaced: a runbook with figures
    Forecast(forecast::Args),
    /// Fetch and list the dependencies of charts
    #[command(alias = "dependency", alias = "dependencies")]
    Dep(dep::Args),
    /// Make an archive of a chart, the same bytes on every machine
    Package(package::Args),
    /// Make a repository of chart archives
    Repo(repo::Args),
    /// List and show kinds, and keep those of a cluster with the project
    Schema(schema::Args),
    /// List the rules
    Rules(rules::Args),
    /// Show a rule's page: what it finds, why it matters, what to do
    Explain(explain::Args),
    /// Write a starter chart that passes every check
    Create(create::Args),
    /// Print a completion script for a shell
    Completions(completions::Args),
}

/// The whole command line.
fn command() -> clap::Command {
    Cli::command().mut_subcommand("template", template::as_helm_reads)
}

/// Parses the arguments, runs the command and says how it ended.
pub fn main() -> Exit {
    let mut command = command();
    let parsed = command
        .try_get_matches_from_mut(std::env::args_os())
        .and_then(|mut matches| {
            Cli::from_arg_matches_mut(&mut matches).map_err(|error| error.format(&mut command))
        });
    let cli = match parsed {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are no errors; clap knows which stream each belongs on.
            let exit = if !error.use_stderr() {
                Exit::Clean
            } else if asks_for_template() {
                template::WRONG_CALL
            } else {
                Exit::Usage
            };
            return if error.print().is_ok() { exit } else { Exit::Usage };
        }
    };
    let result = match &cli.command {
        Command::Check(args) => check::run(args, cli.color),
        Command::Render(args) => render::run(args, cli.color),
        Command::Template(args) => template::run(args, cli.color),
        Command::Values(args) => values::run(args, cli.color),
        Command::Fix(args) => fix::run(args, cli.color),
        Command::Diff(args) => diff::run(args, cli.color),
        Command::Forecast(args) => forecast::run(args, cli.color),
        Command::Dep(args) => dep::run(args, cli.color),
        Command::Package(args) => package::run(args, cli.color),
        Command::Repo(args) => repo::run(args),
        Command::Schema(args) => schema::run(args),
        Command::Rules(args) => rules::run(args),
        Command::Explain(args) => explain::run(args),
        Command::Create(args) => create::run(args),
        Command::Completions(args) => completions::run::<Cli>(args),
    };
    result.unwrap_or_else(|error| {
        if output::is_broken_pipe(&error) {
            return Exit::Clean;
        }
        output::complain(&error);
        match cli.command {
            Command::Template(_) => template::WRONG_CALL,
            _ => Exit::Usage,
        }
    })
}

/// Whether a call that cannot be understood is one of `template`.
fn asks_for_template() -> bool {
    command()
        .ignore_errors(true)
        .try_get_matches_from(std::env::args_os())
        .is_ok_and(|matches| matches.subcommand_name() == Some("template"))
}
