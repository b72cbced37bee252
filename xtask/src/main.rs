//! Development tasks of plimsoll. `cargo xtask help` lists them.
//!
//! Everything here may call Go, the network of the package registries, or the built binary; the product may not.

use clap::{Parser, Subcommand};

mod apiserver;
mod bench;
mod browser;
mod conformance;
mod diff;
mod functions;
mod helm_pull;
mod lint;
mod oracle;
mod pod_security;
mod pre_commit;
mod schemas;
mod template;
mod yaml;

#[derive(Parser)]
#[command(about = "Development tasks of plimsoll")]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// YAML against the real go-yaml: goldens and differential fuzzing
    Yaml(yaml::Args),
    /// Go templates against the real text/template: goldens and differential fuzzing
    Template(template::Args),
    /// Template functions against the real Sprig and Helm: goldens and differential fuzzing
    Functions(functions::Args),
    /// Make the embedded schema bundle from the official OpenAPI documents
    Schemas(schemas::Args),
    /// Run ours beside the real tool on real input
    Conformance(conformance::Args),
    /// The Pod Security Standards beside the admission plugin's own code: goldens and differential fuzzing
    PodSecurity(pod_security::Args),
    /// A real API server on loopback, to compare with
    Apiserver(apiserver::Args),
    /// Let the real helm pull and render what ours publishes
    HelmPull(helm_pull::Args),
    /// Time whole processes beside the peers
    Bench(bench::Args),
    /// Lint real charts
    Lint(lint::Args),
    /// Compare versions of real charts
    Diff(diff::Args),
    /// Use the HTML report in a real browser, and take pictures of it
    Browser(browser::Args),
    /// Run the hooks by the real pre-commit in a scratch repository
    PreCommit(pre_commit::Args),
}

fn main() -> anyhow::Result<()> {
    match Cli::parse().task {
        Task::Yaml(args) => yaml::run(&args),
        Task::Template(args) => template::run(&args),
        Task::Functions(args) => functions::run(&args),
        Task::Schemas(args) => schemas::run(&args),
        Task::Conformance(args) => conformance::run(&args),
        Task::PodSecurity(args) => pod_security::run(&args),
        Task::Apiserver(args) => apiserver::run(&args),
        Task::HelmPull(args) => helm_pull::run(&args),
        Task::Bench(args) => bench::run(&args),
        Task::Lint(args) => lint::run(&args),
        Task::Diff(args) => diff::run(&args),
        Task::Browser(args) => browser::run(&args),
        Task::PreCommit(args) => pre_commit::run(&args),
    }
}
