//! `plimsoll explain RULE`.

use std::io::Write as _;

use super::config::ConfigArgs;
use super::{Exit, output};
use crate::finding::Safety;
use crate::lint::{Check, Confidence};

#[derive(Debug, clap::Args)]
#[command(after_help = "Example:
  plimsoll explain rollout-stalls")]
pub(super) struct Args {
    /// The rule's name, as it stands in brackets in a finding
    rule: String,

    #[command(flatten)]
    config: ConfigArgs,
}

pub(super) fn run(args: &Args) -> anyhow::Result<Exit> {
    let catalog = args.config.catalog()?;
    let rule = catalog.find(&args.rule)?;
    let mut out = output::stdout();
    out.write_all(rule.page.as_bytes())?;
    writeln!(
        out,
        "\n---\nGroup `{}`, reported by the {} stage as {}.",
        rule.group.as_str(),
        rule.stage.as_str(),
        rule.severity.as_str()
    )?;
    if let Some(rule) = catalog.lint_rule(rule) {
        for parameter in rule.parameters {
            writeln!(
                out,
                "Parameter `{}`: {}. Default: {}.",
                parameter.name(),
                parameter.about(),
                parameter.default()
            )?;
        }
        let presets: Vec<&str> = rule.presets.iter().map(|preset| preset.as_str()).collect();
        match presets.as_slice() {
            [] if matches!(rule.check, Check::Expression(_)) => {
                writeln!(out, "Runs unless the configuration switches it off.")?;
            }
            [] => writeln!(out, "Runs only by name: `--rules {}`.", rule.meta.name)?,
            presets => writeln!(out, "Presets: {}.", presets.join(", "))?,
        }
        if rule.confidence == Confidence::Likely {
            writeln!(
                out,
                "It cannot be certain: what decides is not in the manifest alone."
            )?;
        }
    }
    match rule.fix {
        None => {}
        Some(Safety::Safe) => writeln!(out, "`plimsoll fix` mends it where what was meant is certain.")?,
        Some(Safety::Unsafe) => writeln!(
            out,
            "`plimsoll fix --rules {}` mends it: only when the rule is named, because it may break a program.",
            rule.name
        )?,
    }
    if !rule.peers.is_empty() {
        writeln!(out, "In other tools: {}.", rule.peers.join(", "))?;
    }
    out.flush()?;
    Ok(Exit::Clean)
}
