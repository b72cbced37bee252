//! A file of known findings, for who wants to start clean on an old repository: `schemas/baseline.schema.json`.
//!
//! One line an entry, sorted, so that a change of it reads well and two changes merge.

use std::collections::BTreeSet;
use std::path::Path;

use plimsoll_yaml::{Limits, LineIndex, NodeRef, de};
use serde::Deserialize;

use super::Entry;
use crate::finding::locate::Located;
use crate::finding::{Anchor, Finding, Group, RuleMeta, Severity, Stage};
use crate::lint::RuleSet;
use crate::source::{SourceKind, SourceMap, Span};

/// The version of the contract.
const VERSION: u32 = 1;

/// An entry of a baseline that no finding fits any more.
pub static UNUSED_BASELINE_ENTRY: RuleMeta = RuleMeta {
    name: "unused-baseline-entry",
    group: Group::Suppressions,
    stage: Stage::Lint,
    severity: Severity::Info,
    default: true,
    summary: "an entry of the baseline file that no finding fits any more",
    peers: &[],
    fix: None,
    page: include_str!("../../fixtures/rules/unused-baseline-entry.md"),
};

/// A baseline, read.
#[derive(Debug)]
pub struct Baseline {
    /// Its path, as the user gave it.
    pub path: String,
    /// Its entries.
    pub entries: Vec<Entry>,
    text: String,
    /// Where each entry is.
    spans: Vec<plimsoll_yaml::Span>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    version: u32,
    #[expect(
        dead_code,
        reason = "read by us once already, node by node; here so that it may be there"
    )]
    findings: Vec<Entry>,
}

impl Baseline {
    /// Reads a baseline.
    ///
    /// # Errors
    /// What is wrong, with its line.
    pub fn parse(path: &str, text: String) -> Result<Self, String> {
        let stream = plimsoll_yaml::parse(text.as_str(), &Limits::default());
        let lines = LineIndex::new(&text);
        let wrong = |span: Option<plimsoll_yaml::Span>, message: &str| {
            let line = span.map_or(1, |span| lines.line(span.start));
            format!("`{path}`, line {line}, is no baseline: {message}; write it anew by --write-baseline")
        };
        if let Some(error) = stream.errors.first() {
            return Err(wrong(Some(error.span), &error.message));
        }
        let Some(doc) = stream.docs.first() else {
            return Err(wrong(None, "it is empty"));
        };
        let read: Wire = de::from_node(doc.root()).map_err(|error| wrong(error.span, &error.message))?;
        if read.version != VERSION {
            let message = format!(
                "its version is {}, and this release reads {VERSION}",
                read.version
            );
            return Err(wrong(None, &message));
        }
        let items: Vec<NodeRef<'_>> = doc
            .root()
            .get("findings")
            .into_iter()
            .flat_map(NodeRef::items)
            .collect();
        let entries: Result<Vec<Entry>, _> = items.iter().map(|item| de::from_node(*item)).collect();
        Ok(Self {
            path: path.to_owned(),
            entries: entries.map_err(|error| wrong(error.span, &error.message))?,
            spans: items.iter().map(|item| item.span()).collect(),
            text,
        })
    }

    /// Findings for the entries that should have been found and were not: their file is below one of `paths`, and their rule
    /// ran. `left` says how many of each entry are not there any more.
    pub fn unused(
        &self,
        left: &[usize],
        paths: &[&Path],
        ran: &RuleSet,
        sources: &SourceMap,
    ) -> Vec<Finding> {
        if left.iter().all(|count| *count == 0) {
            return Vec::new();
        }
        let source = sources.add(&*self.path, &*self.text, SourceKind::File);
        let ran: BTreeSet<&str> = ran.rules().iter().map(|rule| rule.meta.name).collect();
        let lint: BTreeSet<&str> = crate::lint::rules::RULES
            .iter()
            .map(|rule| rule.meta.name)
            .collect();
        let is_judged = |entry: &Entry| {
            let is_here = paths
                .iter()
                .any(|path| *path == Path::new(".") || Path::new(&entry.file).starts_with(path));
            is_here && (ran.contains(&*entry.rule) || !lint.contains(&*entry.rule))
        };
        let entries = self.entries.iter().zip(left).zip(&self.spans);
        entries
            .filter(|((entry, left), _)| **left > 0 && is_judged(entry))
            .map(|((entry, left), span)| {
                let of = entry.object.as_deref().unwrap_or(&entry.file);
                let message = match (entry.count, left) {
                    (1, _) => format!("`{}` is not reported of {of} any more", entry.rule),
                    (count, left) => format!(
                        "`{}` is reported of {of} {} times, {count} are known",
                        entry.rule,
                        count - left
                    ),
                };
                let at = Anchor::Text(Span::in_part(source, 0, *span));
                Finding::new(&UNUSED_BASELINE_ENTRY, at, message).help(
                    "write the baseline anew (--write-baseline): what is mended must not come back unseen",
                )
            })
            .collect()
    }
}

/// The text of a baseline that knows these findings.
pub fn print(findings: &[Located]) -> serde_json::Result<String> {
    let entries = super::entries(findings);
    let mut text = format!("{{\n  \"version\": {VERSION},\n  \"findings\": [");
    for (number, entry) in entries.iter().enumerate() {
        text.push_str(if number == 0 { "\n    " } else { ",\n    " });
        text.push_str(&serde_json::to_string(entry)?);
    }
    text.push_str(if entries.is_empty() {
        "]\n}\n"
    } else {
        "\n  ]\n}\n"
    });
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::Baseline;

    #[test]
    fn mistakes_name_their_line() {
        let read = |text: &str| Baseline::parse("b.json", text.to_owned()).map(|_| ());
        assert_eq!(read("{\"version\": 1, \"findings\": []}"), Ok(()));
        for (text, line) in [
            ("", "line 1"),
            ("{\"version\": 2, \"findings\": []}", "line 1"),
            ("{\"version\": 1,\n \"findings\": [\n {\"file\": 1}]}", "line 3"),
            ("{\"version\": 1,\n \"found\": []}", "line"),
            ("{", "line"),
        ] {
            let error = read(text).expect_err("no baseline");
            assert!(
                error.contains(line) && error.contains("--write-baseline"),
                "{text}: {error}"
            );
        }
    }
}
