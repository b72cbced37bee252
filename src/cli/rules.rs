//! `plimsoll rules`.

use std::io::Write as _;

use super::{Exit, output};
use crate::catalog;

#[derive(Debug, clap::Args)]
pub(super) struct Args {}

pub(super) fn run(_args: &Args) -> anyhow::Result<Exit> {
    let all = catalog::all();
    let width = all.iter().map(|rule| rule.name.len()).max().unwrap_or_default();
    let mut out = output::stdout();
    for rule in all {
        writeln!(
            out,
            "{:width$}  {:9}  {:7}  {:9}  {}",
            rule.name,
            rule.stage.as_str(),
            rule.severity.as_str(),
            rule.group.as_str(),
            rule.summary
        )?;
    }
    out.flush()?;
    Ok(Exit::Clean)
}
