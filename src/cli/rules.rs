//! `plimsoll rules`.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::PathBuf;

use super::config::ConfigArgs;
use super::{Exit, output};
use crate::catalog::Catalog;
use crate::finding::{RuleMeta, Safety};
use crate::lint::{Check, Preset};
use crate::pipeline;
use crate::report;
use crate::source::SourceMap;

#[derive(Debug, clap::Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "Examples:
  plimsoll rules                    every rule of every stage: stage, severity, group, fix (safe or unsafe), presets
  plimsoll rules rollout            the rules of a group
  plimsoll rules security           the lint rules of a preset
  plimsoll rules --peers            which rule answers to which check of another tool
  plimsoll rules test               run the tests of the project's own rules"
)]
pub(super) struct Args {
    /// Groups, presets (default, recommended, strict, security, availability) or names; all when there is none
    #[arg(value_name = "NAME")]
    names: Vec<String>,

    /// List the checks of other tools and our rules for them
    #[arg(long)]
    peers: bool,

    #[command(flatten)]
    config: ConfigArgs,

    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Run the tests of the project's own rules; exit code 1 when one fails
    Test(TestArgs),
}

#[derive(Debug, clap::Args)]
struct TestArgs {
    /// The configuration; the nearest `plimsoll.yaml` when not given
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
}

pub(super) fn run(args: &Args) -> anyhow::Result<Exit> {
    if let Some(Command::Test(args)) = &args.command {
        return test(args);
    }
    let catalog = args.config.catalog()?;
    let rules = catalog.chosen(&args.names)?;
    let mut out = output::stdout();
    if args.peers {
        for (peer, rules) in by_peer(&rules) {
            writeln!(out, "{peer:60}  {}", rules.join(", "))?;
        }
    } else {
        let rows: Vec<_> = rules.into_iter().map(|rule| row(rule, &catalog)).collect();
        let widths: [usize; COLUMNS] =
            std::array::from_fn(|column| rows.iter().map(|row| row[column].len()).max().unwrap_or_default());
        for row in &rows {
            let [name, stage, severity, group, fix, presets] = row;
            let [first, second, third, fourth, fifth, sixth] = widths;
            write!(
                out,
                "{name:first$}  {stage:second$}  {severity:third$}  {group:fourth$}  {fix:fifth$}  {presets:sixth$}  "
            )?;
            writeln!(out, "{}", catalog.find(name).map_or("", |rule| rule.summary))?;
        }
    }
    out.flush()?;
    Ok(Exit::Clean)
}

const COLUMNS: usize = 6;

/// Name, stage, severity, group, fixes (`safe`, `unsafe`) and presets of a rule; rules of other stages than lint always run.
fn row(rule: &'static RuleMeta, catalog: &Catalog) -> [String; COLUMNS] {
    let presets = match catalog.lint_rule(rule) {
        None => "always".to_owned(),
        Some(rule) if matches!(rule.check, Check::Expression(_)) => "project".to_owned(),
        Some(rule) => {
            let presets = rule.presets.iter().map(|preset| Preset::as_str(*preset));
            presets.collect::<Vec<_>>().join(",")
        }
    };
    [
        rule.name.to_owned(),
        rule.stage.as_str().to_owned(),
        rule.severity.as_str().to_owned(),
        rule.group.as_str().to_owned(),
        rule.fix.map_or("-", Safety::as_str).to_owned(),
        if presets.is_empty() {
            "-".to_owned()
        } else {
            presets
        },
    ]
}

/// Runs the tests of the rules that a configuration defines, and says of each how it ended.
fn test(args: &TestArgs) -> anyhow::Result<Exit> {
    let config = ConfigArgs::named(args.file.clone());
    let project = config.whole(&SourceMap::default())?;
    let mut out = output::stdout();
    let (mut run, mut failed) = (0, 0);
    for custom in &project.custom_rules {
        let name = custom.rule.meta.name;
        if custom.tests.is_empty() {
            writeln!(out, "-     {name} has no tests")?;
        }
        for test in &custom.tests {
            run += 1;
            let Err(why) = pipeline::test_rule(custom, test) else {
                writeln!(out, "ok    {name}: {}", test.name)?;
                continue;
            };
            failed += 1;
            writeln!(
                out,
                "FAIL  {name}: {} ({}:{})",
                test.name,
                project.path(),
                test.line
            )?;
            for line in why.lines() {
                writeln!(out, "        {line}")?;
            }
        }
    }
    writeln!(
        out,
        "{} of {}: {}",
        report::plural(run, "test"),
        report::plural(project.custom_rules.len(), "rule"),
        match failed {
            0 => "all passed".to_owned(),
            failed => format!("{failed} failed"),
        }
    )?;
    out.flush()?;
    Ok(if failed == 0 { Exit::Clean } else { Exit::Findings })
}

fn by_peer(rules: &[&'static RuleMeta]) -> BTreeMap<&'static str, Vec<&'static str>> {
    let mut found: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for rule in rules {
        for peer in rule.peers {
            found.entry(*peer).or_default().push(rule.name);
        }
    }
    found
}
