//! Our verdict on one manifest, in the words that the server's verdict is compared with.

use std::sync::Arc;

use plimsoll::admission;
use plimsoll::finding::{Anchor, Finding, Part, Severity, Stage, judge};
use plimsoll::manifest::ManifestSet;
use plimsoll::manifest::parse::{self, Strangers};
use plimsoll::schema::{self, SchemaStore};
use plimsoll::source::{SourceKind, SourceMap};

/// One of our findings that refuses.
#[derive(Debug, Clone)]
pub(super) struct Refusal {
    /// Stage and rule.
    pub(super) rule: String,
    /// The field that is named, as the server writes it; empty if only a line is.
    pub(super) field: String,
    /// It is said of the mapping that something is missing in it.
    pub(super) is_missing: bool,
    pub(super) message: String,
}

/// What we would refuse of a manifest, or of its change; the first is what a server would say first.
pub(super) fn refusals(text: &str, old: Option<&str>, store: &SchemaStore) -> Vec<Refusal> {
    let (manifests, mut findings) = read(text);
    let before = old.map(|old| read(old).0);
    let before = before.as_ref().and_then(|before| before.iter().next());
    if let (Some(before), Some(after)) = (before, manifests.iter().next()) {
        findings.extend(admission::change(before, after, store));
    } else {
        findings.extend(schema::validate(&manifests, store));
        findings.extend(admission::admit(&manifests, store));
    }
    judge::drop_guesses(&mut findings, &manifests);
    if before.is_none() {
        findings.sort_by_key(|finding| finding.rule.stage);
    }
    let nothing = manifests.is_empty() && findings.is_empty();
    let mut refusals: Vec<Refusal> = findings.iter().filter_map(refusal).collect();
    if nothing {
        refusals.push(Refusal {
            rule: "empty".to_owned(),
            field: "kind".to_owned(),
            is_missing: false,
            message: "no object".to_owned(),
        });
    }
    refusals
}

fn read(text: &str) -> (ManifestSet, Vec<Finding>) {
    let sources = SourceMap::default();
    let text: Arc<str> = Arc::from(text);
    let source = sources.add("case.yaml", Arc::clone(&text), SourceKind::File);
    let (mut manifests, mut findings) = (ManifestSet::default(), Vec::new());
    parse::parse_shared(text, source, 0, Strangers::Report, &mut manifests, &mut findings);
    (manifests, findings)
}

fn refusal(finding: &Finding) -> Option<Refusal> {
    if finding.rule.stage > Stage::Admission {
        return None;
    }
    let (route, is_missing) = match &finding.at {
        Anchor::Route(_, route, part) => (part.field(route), *part == Part::Missing),
        Anchor::Text(_) | Anchor::File(_) => (String::new(), false),
    };
    // A kind that we do not know is a warning of ours (it may be some CRD's); the server has no such thing.
    let is_strange = finding.rule.stage == Stage::Schema && matches!(route.as_str(), "kind" | "apiVersion");
    if finding.severity < Severity::Error && !is_strange {
        return None;
    }
    // Admission's messages begin with the field as the server names it, unless that is the object itself.
    let field = match finding.message.split_once(": ") {
        Some(("Invalid value" | "Required value" | "Forbidden", _)) => String::new(),
        Some((named, _)) if finding.rule.stage == Stage::Admission => named.to_owned(),
        _ => route,
    };
    let is_missing = is_missing && finding.rule.stage != Stage::Admission;
    Some(Refusal {
        rule: format!("{}/{}", finding.rule.stage.as_str(), finding.rule.name),
        field,
        is_missing,
        message: finding.message.clone(),
    })
}
