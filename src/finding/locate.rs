//! Anchors to lines: the only place that knows both routes and spans.

use std::borrow::Cow;
use std::sync::Arc;

use plimsoll_yaml::{NodeRef, Span};

use super::environments::Environments;
use super::excerpt::Excerpt;
use super::fingerprint::{self, ItemKeys};
use super::secret::{self, Secrets};
use super::trail::{Role, Trail, Trails};
use super::{Anchor, Finding, Part, RuleMeta, Severity};
use crate::manifest::{Manifest, ManifestSet, ObjectId, Route, Step};
use crate::source::{SourceKind, SourceMap};

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
    /// Whether the line is one of a template's output, which nobody wrote.
    pub rendered: bool,
    /// What the place is on the way back from a template's output, if it is on one.
    pub role: Option<Role>,
    /// The lines around, with secrets masked.
    pub excerpt: Option<Excerpt>,
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
    /// What makes it the same finding in another version of the files: 32 hexadecimal digits.
    pub fingerprint: String,
    /// Where.
    pub location: Location,
    /// Other places that explain it.
    pub related: Vec<(Location, String)>,
    /// The environments of a project that it was found in; none outside of projects.
    pub environments: Environments,
    /// What else the same rule says of the same place, because it was printed more than once.
    pub also: Vec<Also>,
}

/// A finding that one change mends together with another one.
#[derive(Debug, Clone)]
pub struct Also {
    /// What is wrong.
    pub message: String,
    /// The object it is about.
    pub object: Option<ObjectId>,
    /// The field it is about, as the API server writes it.
    pub field: Option<String>,
    /// As [`Located::fingerprint`].
    pub fingerprint: String,
}

/// Turns anchors into locations, for the findings of one unit.
pub struct Locator<'a> {
    manifests: &'a ManifestSet,
    sources: &'a SourceMap,
    secrets: Secrets,
    keys: Option<&'a ItemKeys<'a>>,
    trails: Option<&'a Trails>,
}

impl<'a> Locator<'a> {
    /// For findings about these manifests and texts.
    pub fn new(manifests: &'a ManifestSet, sources: &'a SourceMap) -> Self {
        Self {
            manifests,
            sources,
            secrets: Secrets::of(manifests),
            keys: None,
            trails: None,
        }
    }

    /// Lets schemas say what the items of lists are called, for fingerprints.
    #[must_use]
    pub fn with_item_keys(mut self, keys: &'a ItemKeys<'a>) -> Self {
        self.keys = Some(keys);
        self
    }

    /// Leads places in what templates printed back to where it was written.
    #[must_use]
    pub fn with_trails(mut self, trails: &'a Trails) -> Self {
        self.trails = Some(trails);
        self
    }

    /// Turns a finding's anchors into locations and masks what is secret.
    pub fn locate(&self, finding: Finding) -> Located {
        let (object, field, about) = match &finding.at {
            Anchor::Route(number, route, part) => {
                let manifest = self.manifests.get(*number);
                let field = Some(part.field(route)).filter(|field| !field.is_empty());
                (Some(manifest.id.clone()), field, Some((manifest, route.clone())))
            }
            Anchor::Text(_) | Anchor::File(_) => (None, None, None),
        };
        let mask = |text: String| {
            let text = self.sources.shown_within(text);
            match &about {
                Some((manifest, route)) => secret::masked(text, manifest, route),
                None => text,
            }
        };
        let printed = self.place(&finding.at);
        let message = mask(finding.message);
        Located {
            environments: Environments::default(),
            fingerprint: fingerprint::of(
                finding.rule,
                &finding.at,
                &message,
                &printed.file,
                self.manifests,
                self.keys,
            ),
            location: self.best_place(&finding.at, finding.rule),
            related: finding
                .related
                .into_iter()
                .map(|related| (self.best_place(&related.at, finding.rule), mask(related.message)))
                .chain(self.way(&finding.at, finding.rule, printed))
                .collect(),
            also: Vec::new(),
            rule: finding.rule,
            severity: finding.severity,
            message,
            help: finding.help.map(|help| mask(help.into_string())),
            object,
            field,
        }
    }

    fn trail(&self, anchor: &Anchor, rule: &RuleMeta) -> Option<&'a Trail> {
        self.trails?.get(&(anchor.clone(), rule.name))
    }

    /// Where to change something: for what a template printed, where that was written.
    fn best_place(&self, anchor: &Anchor, rule: &RuleMeta) -> Location {
        match self.trail(anchor, rule).and_then(|trail| trail.places().next()) {
            Some((role, span)) => self.at_role(role, span),
            None => self.place(anchor),
        }
    }

    /// The places behind the best one, and what was printed.
    fn way(&self, anchor: &Anchor, rule: &RuleMeta, mut printed: Location) -> Vec<(Location, String)> {
        let Some(trail) = self.trail(anchor, rule) else {
            return Vec::new();
        };
        printed.role = Some(Role::Rendered);
        let rest = trail
            .places()
            .skip(1)
            .map(|(role, span)| self.at_role(role, span));
        rest.chain(Some(printed).filter(|printed| printed.rendered))
            .map(|location| {
                let message = location.role.map_or("", Role::message);
                (location, message.to_owned())
            })
            .collect()
    }

    fn at_role(&self, role: Role, span: crate::source::Span) -> Location {
        self.at_span(span, Some(role))
    }

    fn place(&self, anchor: &Anchor) -> Location {
        if let Some(span) = span(self.manifests, anchor) {
            return self.at_span(span, None);
        }
        let file = match anchor {
            Anchor::File(path) => Arc::from(&*self.sources.shown(path)),
            Anchor::Route(..) | Anchor::Text(_) => Arc::default(),
        };
        Location {
            file,
            line: 0,
            column: 0,
            end_line: 0,
            end_column: 0,
            rendered: false,
            role: None,
            excerpt: None,
        }
    }

    fn at_span(&self, span: crate::source::Span, role: Option<Role>) -> Location {
        let source = self.sources.get(span.file);
        let masks = match role {
            None => Cow::Borrowed(self.secrets.in_manifest(span.file)),
            Some(_) => {
                let part = Excerpt::part(source.text(), span);
                Cow::Owned(self.secrets.in_origin(source.text(), part))
            }
        };
        let (line, column) = source.line_column(span.start);
        let (end_line, end_column) = source.line_column(span.end);
        Location {
            file: Arc::clone(&source.path),
            line,
            column,
            end_line,
            end_column,
            rendered: source.kind == SourceKind::Rendered,
            role,
            excerpt: Some(Excerpt::around(source.text(), line, span, &masks)),
        }
    }
}

/// Where an anchor is in the texts of a run; `None` for a file as a whole.
pub fn span(manifests: &ManifestSet, anchor: &Anchor) -> Option<crate::source::Span> {
    match anchor {
        Anchor::Route(number, route, part) => {
            let manifest = manifests.get(*number);
            Some(manifest.span(route_range(manifest, route, part)))
        }
        Anchor::Text(span) => Some(*span),
        Anchor::File(_) => None,
    }
}

/// The bytes of a route's key or value in its document; the deepest part that exists when the route leads nowhere.
fn route_range(manifest: &Manifest, route: &Route, part: &Part) -> Span {
    let mut node = manifest.node();
    let mut key = None;
    for step in route.steps() {
        let next = match step {
            Step::Key(name) => entry(node, name),
            Step::Index(index) => node.item(*index as usize).map(|item| (None, item)),
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
        Part::Key | Part::Instead(_) | Part::Missing => key.unwrap_or_else(|| head(node)),
    }
}

/// The last entry of a mapping with this key: the one that counts when a key is written twice.
pub(crate) fn entry<'d>(node: NodeRef<'d>, name: &str) -> Option<(Option<Span>, NodeRef<'d>)> {
    let direct = node
        .entries()
        .filter(|(key, _)| key.is_scalar() && key.str() == name)
        .last();
    match direct {
        Some((key, value)) => Some((Some(key.span()), value)),
        // It came by a merge key (`<<`): only the value's own place is known.
        None => node.get(name).map(|value| (None, value)),
    }
}

/// What to underline for a whole mapping or sequence: its first key or item.
fn head(node: NodeRef<'_>) -> Span {
    match node.entries().next() {
        Some((key, _)) => key.span(),
        None => trimmed(node),
    }
}

fn trimmed(node: NodeRef<'_>) -> Span {
    if node.entries().next().is_some() {
        head(node)
    } else {
        node.span()
    }
}
