//! Text to a [`Layer`]: first every key and word is held against `shape`, then what is in order is taken out.

mod project;
pub(super) mod rules;
mod word;

use std::sync::Arc;

use plimsoll_yaml::{Doc, Limits, NodeRef};

use super::shape::{self, Key, Scope, Shape, Word};
use super::{Layer, Override, Owner};
use crate::catalog::Catalog;
use crate::finding::{Anchor, Finding, RuleMeta};
use crate::input::project::{INVALID_CONFIGURATION, PROJECT_FILE};
use crate::lint::LintRule;
use crate::manifest::fleet::External;
use crate::manifest::parse::{decode_finding, report_duplicates, syntax_finding};
use crate::manifest::select::{Base, KindName, Pattern, Selects};
use crate::schema::{KubernetesVersion, UnknownKinds};
use crate::source::{SourceId, SourceKind, SourceMap, Span};
use crate::suggest::meant;
use crate::suppress::Accepted;
use rules::{presets_of, severity_of};

/// Reads a configuration that is called `path`. `base` says where its paths begin; `known` are the rules of a project whose
/// chart it is.
///
/// # Errors
/// Everything that is wrong with it.
pub fn read(
    path: &str,
    text: &Arc<str>,
    owner: Owner,
    base: Base,
    known: Vec<&'static LintRule>,
    sources: &SourceMap,
) -> Result<Layer, Vec<Finding>> {
    let mut reader = Reader {
        source: sources.add(path, Arc::clone(text), SourceKind::File),
        file: (Arc::from(path), Arc::clone(text)),
        owner,
        base,
        catalog: Catalog::default(),
        custom: known,
        rules: Vec::new(),
        problems: Vec::new(),
    };
    let stream = plimsoll_yaml::parse(Arc::clone(text), &Limits::default());
    let errors = stream.errors.iter();
    let source = reader.source;
    reader
        .problems
        .extend(errors.map(|error| syntax_finding(error, source, 0)));
    let Some(doc) = stream.docs.first() else {
        return reader.end(Layer::default());
    };
    reader.document(doc);
    if let Some(second) = stream.docs.get(1) {
        reader.refuse(
            second.root(),
            "the file has more than one document".to_owned(),
            "write all of it into the first, without a line `---`",
        );
    }
    if !reader.problems.is_empty() || doc.root().is_null() {
        return reader.end(Layer::default());
    }
    let layer = reader.layer(doc.root());
    reader.end(layer)
}

pub(super) struct Reader {
    pub(super) source: SourceId,
    /// Its path, and its text.
    pub(super) file: (Arc<str>, Arc<str>),
    owner: Owner,
    pub(super) base: Base,
    /// The rules of the project, and then of this file.
    pub(super) custom: Vec<&'static LintRule>,
    pub(super) catalog: Catalog,
    rules: Vec<&'static RuleMeta>,
    pub(super) problems: Vec<Finding>,
}

/// What is wrong with a word, and what to do.
type Problem = (String, String);

impl Owner {
    /// Whether a key of the file may stand in it.
    fn may_say(self, scope: Scope) -> bool {
        match self {
            Self::Project => true,
            Self::Chart => scope == Scope::Rules,
            Self::Include => scope == Scope::Releases,
        }
    }

    fn what(self) -> &'static str {
        match self {
            Self::Project => "a project",
            Self::Chart => "a chart",
            Self::Include => "a file that it includes",
        }
    }
}

impl Reader {
    fn end(self, layer: Layer) -> Result<Layer, Vec<Finding>> {
        if self.problems.is_empty() {
            Ok(layer)
        } else {
            Err(self.problems)
        }
    }

    fn at(&self, node: NodeRef<'_>) -> Anchor {
        Anchor::Text(Span::in_part(self.source, 0, node.span()))
    }

    pub(super) fn refuse(&mut self, node: NodeRef<'_>, message: String, help: impl Into<String>) {
        let finding = Finding::new(&INVALID_CONFIGURATION, self.at(node), message).help(help);
        self.problems.push(finding);
    }

    fn document(&mut self, doc: &Doc) {
        let undecodable = doc.check();
        let errors = undecodable.iter();
        let findings: Vec<_> = errors
            .map(|error| decode_finding(error, doc, self.source, 0))
            .collect();
        self.problems.extend(findings);
        report_duplicates(doc, self.source, 0, &mut self.problems);
        self.custom_rules(doc.root());
        self.catalog = Catalog::with(self.custom.clone());
        self.rules = self.catalog.all();
        if !doc.root().is_null() {
            self.scopes(doc.root());
            self.mapping(doc.root(), shape::FILE, "the configuration");
        }
    }

    /// Refuses keys that are for other files.
    fn scopes(&mut self, root: NodeRef<'_>) {
        for (name, _) in root.merged_entries() {
            let key = shape::all(shape::FILE).find(|key| key.name == name.str());
            if let Some(key) = key.filter(|key| !self.owner.may_say(key.scope)) {
                let message = format!(
                    "`{}` is said for a project, not for {}",
                    key.name,
                    self.owner.what()
                );
                let help = format!("move it into the project's `{PROJECT_FILE}`");
                self.refuse(name, message, help);
            }
        }
    }

    /// Holds a mapping against its keys.
    fn mapping(&mut self, node: NodeRef<'_>, parts: &'static [&'static [Key]], what: &str) {
        if !node.is_mapping() {
            let keys: Vec<_> = shape::all(parts).map(|key| format!("`{}:`", key.name)).collect();
            self.refuse(
                node,
                format!("{what} is a mapping"),
                format!("write it with the keys {}", keys.join(", ")),
            );
            return;
        }
        for (name, value) in node.merged_entries() {
            match shape::all(parts).find(|key| key.name == name.str()) {
                None => {
                    let known: Vec<_> = shape::all(parts).map(|key| key.name).collect();
                    let message = format!("{what} has no key `{}`", name.str());
                    self.refuse(name, message, meant(name.str(), &known));
                }
                Some(key) => self.value(value, &key.shape, key.name),
            }
        }
        for key in shape::all(parts).filter(|key| key.is_required && node.get(key.name).is_none()) {
            self.refuse(
                node.entries().next().map_or(node, |(first, _)| first),
                format!("{what} has no `{}`", key.name),
                format!("add `{}:` ({})", key.name, key.about),
            );
        }
    }

    fn value(&mut self, node: NodeRef<'_>, shape: &'static Shape, name: &str) {
        match shape {
            Shape::Flag => {
                if node.as_bool().is_none() {
                    self.refuse(
                        node,
                        format!("`{name}` is true or false"),
                        "write `true` or `false`",
                    );
                }
            }
            Shape::One(word) => self.word(node, *word, name),
            Shape::Many(word) if node.is_sequence() => {
                for item in node.items() {
                    self.word(item, *word, name);
                }
            }
            Shape::Many(word) => self.word(node, *word, name),
            Shape::Rules => self.settings(node, name),
            Shape::Labels => {
                if !node.is_mapping() {
                    self.refuse(node, format!("`{name}` is a mapping"), "write `label: value`");
                }
                for (_, value) in node.merged_entries() {
                    self.word(value, Word::Pattern, name);
                }
            }
            Shape::Texts => {
                if !node.is_mapping() {
                    self.refuse(node, format!("`{name}` is a mapping"), "write `name: value`");
                }
                for (_, value) in node.merged_entries() {
                    self.word(value, Word::Text, name);
                }
            }
            Shape::Named(parts) => self.named(node, parts, name),
            Shape::Mapping(parts) => self.mapping(node, parts, &format!("`{name}`")),
            Shape::Entries(parts) => {
                if !node.is_sequence() {
                    self.refuse(node, format!("`{name}` is a list"), "begin each entry with `-`");
                }
                for item in node.items() {
                    self.mapping(item, parts, &format!("an entry of `{name}`"));
                }
            }
        }
    }

    /// Takes out what a file says that is in order.
    fn layer(&self, root: NodeRef<'_>) -> Layer {
        let word = |key: &str| root.get(key).map(NodeRef::str);
        Layer {
            file: self.file.clone(),
            base: self.base.clone(),
            presets: root.get("presets").map(|_| presets_of(&words(root, "presets"))),
            settings: self.settings_of(root),
            overrides: entries(root, "overrides")
                .map(|entry| Override {
                    selects: self.selects(entry),
                    settings: self.settings_of(entry),
                })
                .collect(),
            externals: entries(root, "externals")
                .map(|entry| External {
                    kind: KindName::new(entry.get("kind").map_or("", NodeRef::str)),
                    names: patterns(entry, "name", Pattern::new),
                    namespaces: patterns(entry, "namespace", Pattern::new),
                })
                .collect(),
            ignore: entries(root, "ignore")
                .map(|entry| self.accepted(entry))
                .collect(),
            custom_rules: entries(root, "custom-rules")
                .filter_map(|entry| self.custom_rule(entry))
                .collect(),
            is_complete: root.get("complete").and_then(NodeRef::as_bool),
            kubernetes: words(root, "kubernetes")
                .into_iter()
                .filter_map(|text| KubernetesVersion::range(text).ok())
                .flatten()
                .collect(),
            schemas: word("schemas").map(|folder| self.base.path(folder)),
            unknown_kinds: word("unknown-kinds").map(|word| match word {
                "error" => UnknownKinds::Error,
                "ignore" => UnknownKinds::Ignore,
                _ => UnknownKinds::Warn,
            }),
            pod_security: word("pss").and_then(|text| text.parse().ok()),
            fail_on: word("fail-on").map(severity_of),
            project: self.project(root),
            includes: self.includes(root),
        }
    }

    pub(super) fn selects(&self, entry: NodeRef<'_>) -> Selects {
        Selects {
            paths: patterns(entry, "paths", Pattern::of_files),
            base: self.base.clone(),
            kinds: words(entry, "kinds").into_iter().map(KindName::new).collect(),
            namespaces: patterns(entry, "namespaces", Pattern::new),
            names: patterns(entry, "names", Pattern::new),
            labels: entry
                .get("labels")
                .into_iter()
                .flat_map(NodeRef::merged_entries)
                .filter_map(|(key, value)| Some((key.str().to_owned(), Pattern::new(value.str()).ok()?)))
                .collect(),
        }
    }

    fn accepted(&self, entry: NodeRef<'_>) -> Accepted {
        let rules = words(entry, "rules").into_iter();
        Accepted {
            rules: rules.flat_map(|name| self.meant_by(name)).collect(),
            selects: self.selects(entry),
            span: entry.get("rules").unwrap_or(entry).span(),
            until: entry.get("until").and_then(|day| day.str().parse().ok()),
        }
    }
}

/// The words of a key: a list, or one alone.
pub(super) fn words<'d>(node: NodeRef<'d>, key: &str) -> Vec<&'d str> {
    match node.get(key) {
        Some(list) if list.is_sequence() => list.items().map(NodeRef::str).collect(),
        Some(word) if word.is_scalar() => vec![word.str()],
        _ => Vec::new(),
    }
}

fn patterns(node: NodeRef<'_>, key: &str, read: impl Fn(&str) -> Result<Pattern, String>) -> Vec<Pattern> {
    let words = words(node, key).into_iter();
    words.filter_map(|text| read(text).ok()).collect()
}

pub(super) fn entries<'d>(node: NodeRef<'d>, key: &str) -> impl Iterator<Item = NodeRef<'d>> {
    node.get(key).into_iter().flat_map(NodeRef::items)
}
