//! `plimsoll rules`.

use std::collections::BTreeMap;
use std::io::Write as _;

use super::{Exit, output};
use crate::catalog;
use crate::finding::RuleMeta;
use crate::lint::Preset;

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  plimsoll rules                    every rule of every stage
  plimsoll rules rollout            the rules of a group
  plimsoll rules security           the lint rules of a preset
  plimsoll rules --peers            which rule answers to which check of another tool")]
pub(super) struct Args {
    /// Groups, presets (default, recommended, strict, security, availability) or names; all when there is none
    #[arg(value_name = "NAME")]
    names: Vec<String>,

    /// List the checks of other tools and our rules for them
    #[arg(long)]
    peers: bool,
}

pub(super) fn run(args: &Args) -> anyhow::Result<Exit> {
    let rules = catalog::chosen(&args.names)?;
    let mut out = output::stdout();
    if args.peers {
        for (peer, rules) in by_peer(&rules) {
            writeln!(out, "{peer:60}  {}", rules.join(", "))?;
        }
    } else {
        let rows: Vec<_> = rules.into_iter().map(row).collect();
        let widths: [usize; COLUMNS] =
            std::array::from_fn(|column| rows.iter().map(|row| row[column].len()).max().unwrap_or_default());
        for row in &rows {
            let [name, stage, severity, group, presets] = row;
            let [first, second, third, fourth, fifth] = widths;
            write!(
                out,
                "{name:first$}  {stage:second$}  {severity:third$}  {group:fourth$}  {presets:fifth$}  "
            )?;
            writeln!(out, "{}", catalog::find(name).map_or("", |rule| rule.summary))?;
        }
    }
    out.flush()?;
    Ok(Exit::Clean)
}

const COLUMNS: usize = 5;

/// Name, stage, severity, group and presets of a rule; rules of other stages than lint always run.
fn row(rule: &'static RuleMeta) -> [String; COLUMNS] {
    let presets = catalog::lint_rule(rule).map_or_else(
        || "always".to_owned(),
        |rule| {
            rule.presets
                .iter()
                .map(|preset| Preset::as_str(*preset))
                .collect::<Vec<_>>()
                .join(",")
        },
    );
    [
        rule.name.to_owned(),
        rule.stage.as_str().to_owned(),
        rule.severity.as_str().to_owned(),
        rule.group.as_str().to_owned(),
        if presets.is_empty() {
            "-".to_owned()
        } else {
            presets
        },
    ]
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
