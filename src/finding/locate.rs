//! Anchors to lines: the only place that knows both routes and spans.

use std::ops::Range;
use std::sync::Arc;

use plimsoll_yaml::NodeRef;

use super::{Anchor, Finding, Part, RuleMeta, Severity};
use crate::manifest::{Manifest, ManifestSet, ObjectId, Route, Step};
use crate::source::{Source, SourceKind, SourceMap, Span};

/// A place with everything a report needs to show it.
#[derive(Debug, Clone)]
pub struct Location {
    /// The path the user knows.
    pub file: Arc<str>,
    /// Line of the first character, from 1; 0 when the file as a whole is meant.
    pub line: u32,
    /// Column of the first character, from 1, in characters.
    pub column: u32,
    /// Line of the last character.
    pub end_line: u32,
    /// Column one past the last character.
    pub end_column: u32,
    /// The text, for an excerpt, and the bytes meant.
    pub excerpt: Option<(Arc<Source>, Range<u32>)>,
}

impl Location {
    /// Whether the line is one of the rendered output, which nobody wrote.
    pub fn is_rendered(&self) -> bool {
        self.excerpt.as_ref().is_some_and(|(source, _)| source.kind == SourceKind::Rendered)
    }
}

/// A finding, ready to be shown.
#[derive(Debug, Clone)]
pub struct Located {
    /// The rule that found it.
    pub rule: &'static RuleMeta,
    /// How bad.
    pub severity: Severity,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
    /// The object it is about.
    pub object: Option<ObjectId>,
    /// The field it is about, as the API server writes it.
    pub field: Option<String>,
    /// Where.
    pub location: Location,
    /// Other places that explain it.
    pub related: Vec<(Location, String)>,
}

/// Turns a finding's anchors into locations.
pub fn locate(finding: Finding, manifests: &ManifestSet, sources: &SourceMap) -> Located {
    let (object, field) = match &finding.at {
        Anchor::Route(number, route, _) => {
            let id = manifests.get(*number).id.clone();
            (Some(id), (!route.steps().is_empty()).then(|| route.to_string()))
        }
        Anchor::Text(_) | Anchor::File(_) => (None, None),
    };
    Located {
        location: place(&finding.at, manifests, sources),
        related: finding
            .related
            .into_iter()
            .map(|related| (place(&related.at, manifests, sources), related.message))
            .collect(),
        rule: finding.rule,
        severity: finding.severity,
        message: finding.message,
        help: finding.help,
        object,
        field,
    }
}

fn place(anchor: &Anchor, manifests: &ManifestSet, sources: &SourceMap) -> Location {
    match anchor {
        Anchor::Route(number, route, part) => {
            let manifest = manifests.get(*number);
            at_span(manifest.span(route_range(manifest, route, part)), sources)
        }
        Anchor::Text(span) => at_span(*span, sources),
        Anchor::File(path) => {
            Location { file: Arc::from(&**path), line: 0, column: 0, end_line: 0, end_column: 0, excerpt: None }
        }
    }
}

fn at_span(span: Span, sources: &SourceMap) -> Location {
    let source = sources.get(span.file);
    let (line, column) = source.line_column(span.start);
    let (end_line, end_column) = source.line_column(span.end);
    Location {
        file: Arc::clone(&source.path),
        line,
        column,
        end_line,
        end_column,
        excerpt: Some((source, span.start..span.end)),
    }
}

/// The bytes of a route's key or value in its document; the deepest part that exists when the route leads nowhere.
fn route_range(manifest: &Manifest, route: &Route, part: &Part) -> Range<u32> {
    let mut node = manifest.node();
    let mut key = None;
    for step in route.steps() {
        let next = match step {
            Step::Key(name) => entry(node, name),
            Step::Index(index) => node.items().nth(*index as usize).map(|item| (None, item)),
        };
        // A route to something that is missing ends at the deepest place that is there.
        let Some((next_key, next_node)) = next else {
            return key.unwrap_or_else(|| head(node));
        };
        key = next_key;
        node = next_node;
    }
    match part {
        Part::Value => trimmed(node),
        Part::Key | Part::Missing => key.unwrap_or_else(|| head(node)),
    }
}

/// The last entry of a mapping with this key: the one that counts when a key is written twice.
fn entry<'d>(node: NodeRef<'d>, name: &str) -> Option<(Option<Range<u32>>, NodeRef<'d>)> {
    let direct = node.entries().filter(|(key, _)| key.str() == Some(name)).last();
    match direct {
        Some((key, value)) => Some((Some(key.span()), value)),
        // It came by a merge key (`<<`): only the value's own place is known.
        None => node.get(name).map(|value| (None, value)),
    }
}

/// What to underline for a whole mapping or sequence: its first key or item.
fn head(node: NodeRef<'_>) -> Range<u32> {
    match node.entries().next() {
        Some((key, _)) => key.span(),
        None => trimmed(node),
    }
}

fn trimmed(node: NodeRef<'_>) -> Range<u32> {
    if node.entries().next().is_some() { head(node) } else { node.span() }
}
