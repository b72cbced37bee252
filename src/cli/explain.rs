//! `plimsoll explain RULE`.

use std::io::Write as _;

use super::{Exit, output};
use crate::catalog;
use crate::lint::Confidence;

#[derive(Debug, clap::Args)]
#[command(after_help = "Example:
  plimsoll explain rollout-stalls")]
pub(super) struct Args {
    /// The rule's name, as it stands in brackets in a finding
    rule: String,
}

pub(super) fn run(args: &Args) -> anyhow::Result<Exit> {
    let rule = catalog::find(&args.rule)?;
    let mut out = output::stdout();
    out.write_all(rule.page.as_bytes())?;
    writeln!(
        out,
        "\n---\nGroup `{}`, reported by the {} stage as {}.",
        rule.group.as_str(),
        rule.stage.as_str(),
        rule.severity.as_str()
    )?;
    if let Some(rule) = catalog::lint_rule(rule) {
        let presets: Vec<&str> = rule.presets.iter().map(|preset| preset.as_str()).collect();
        match presets.as_slice() {
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
    if !rule.peers.is_empty() {
        writeln!(out, "In other tools: {}.", rule.peers.join(", "))?;
    }
    out.flush()?;
    Ok(Exit::Clean)
}
