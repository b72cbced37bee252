//! What stands behind `ignore`: `RULE[, RULE…][ until DATE][: reason]`.

use jiff::civil::Date;

use crate::finding::{Anchor, Finding, RuleMeta};
use crate::suggest;
use crate::suppress::{Context, INVALID_SUPPRESSION};

/// The rules and the last day of a suppression of ours; what cannot be read becomes a finding.
pub(super) fn read(
    words: &str,
    at: &Anchor,
    context: &Context<'_, '_>,
    problems: &mut Vec<Finding>,
) -> (Vec<&'static RuleMeta>, Option<Date>) {
    let mut refuse = |message: String, help: String| {
        problems.push(Finding::new(&INVALID_SUPPRESSION, at.clone(), message).help(help));
    };
    let what = words.split_once(':').map_or(words, |(what, _reason)| what);
    let (names, until) = match what.split_once(" until ") {
        None => (what, None),
        Some((names, day)) => match day.trim().parse::<Date>() {
            Ok(day) => (names, Some(day)),
            Err(_) => {
                refuse(
                    format!("`{}` is no day", day.trim()),
                    "write the last day as year, month and day: `until 2027-01-31`".to_owned(),
                );
                return (Vec::new(), None);
            }
        },
    };
    let mut rules = Vec::new();
    for name in names.split(',').map(str::trim).filter(|name| !name.is_empty()) {
        match context.rules.iter().find(|rule| rule.name == name) {
            Some(rule) => rules.push(*rule),
            None => refuse(
                format!("no rule is called `{name}`"),
                match suggest::nearest(name, context.rules.iter().map(|rule| rule.name)) {
                    Some(nearest) => format!("did you mean `{nearest}`?"),
                    None => {
                        "name rules as they stand in brackets in a finding; a reason follows behind a colon: \
                             `ignore no-readiness-probe: it serves nobody`"
                            .to_owned()
                    }
                },
            ),
        }
    }
    if names.trim().is_empty() {
        refuse(
            "the suppression names no rule".to_owned(),
            "name what is accepted, as it stands in brackets in the finding: `ignore no-readiness-probe: it serves nobody`".to_owned(),
        );
    }
    (rules, until)
}

/// Our rules that answer to a check of another tool, by its own word for it.
pub(super) fn of_peer(tool: &str, check: &str, context: &Context<'_, '_>) -> Vec<&'static RuleMeta> {
    let answers =
        |peer: &&str| peer.strip_prefix(tool).and_then(|rest| rest.strip_prefix(':')) == Some(check);
    let rules = context.rules.iter().copied();
    rules.filter(|rule| rule.peers.iter().any(&answers)).collect()
}

/// Our rules that answer to any check of another tool.
pub(super) fn of_tool(tool: &str, context: &Context<'_, '_>) -> Vec<&'static RuleMeta> {
    let is_of = |peer: &&str| peer.split_once(':').is_some_and(|(name, _)| name == tool);
    let rules = context.rules.iter().copied();
    rules.filter(|rule| rule.peers.iter().any(&is_of)).collect()
}

/// Trivy's id of a check in its newest form: `KSV-0014` for `AVD-KSV-0014` and `KSV014` too.
pub(super) fn trivy_id(id: &str) -> String {
    let id = id.strip_prefix("AVD-").unwrap_or(id).to_ascii_uppercase();
    let digits = id.trim_start_matches(|char: char| !char.is_ascii_digit());
    let letters = id[..id.len() - digits.len()].trim_end_matches('-');
    match digits.parse::<u32>() {
        Ok(number) => format!("{letters}-{number:04}"),
        Err(_) => id,
    }
}
