//! Text to a [`Layer`]: first every key and word is held against `shape`, then what is in order is taken out.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::civil::Date;
use plimsoll_yaml::{Doc, Limits, NodeRef};

use super::shape::{self, Key, Shape, Word};
use super::{Layer, Level, Override, Owner, RuleSetting, Settings};
use crate::admission::pod_security::Standard;
use crate::catalog::Catalog;
use crate::finding::{Anchor, Finding, RuleMeta, Severity, Stage};
use crate::input::project::{INVALID_CONFIGURATION, PROJECT_FILE};
use crate::lint::{LintRule, Parameter, Preset};
use crate::manifest::Route;
use crate::manifest::fleet::External;
use crate::manifest::parse::{decode_finding, report_duplicates, syntax_finding};
use crate::manifest::select::{Base, KindName, Pattern, Selects};
use crate::schema::{Bundle, KubernetesVersion, SchemaStore, UnknownKinds};
use crate::source::{SourceId, SourceKind, SourceMap, Span};
use crate::suggest;
use crate::suppress::Accepted;

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
            self.mapping(doc.root(), shape::FILE, "the configuration");
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
                Some(key) if key.is_project && self.owner == Owner::Chart => self.refuse(
                    name,
                    format!("`{}` is said for a project, not for a chart", key.name),
                    format!("move it into the project's `{}`", PROJECT_FILE),
                ),
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

    fn word(&mut self, node: NodeRef<'_>, word: Word, name: &str) {
        if !node.is_scalar() || node.is_null() {
            self.refuse(node, format!("`{name}` takes words here"), "write a word");
        } else if let Err((message, help)) = self.read_word(node.str(), word, name) {
            self.refuse(node, message, help);
        }
    }

    fn read_word(&self, text: &str, word: Word, name: &str) -> Result<(), Problem> {
        let pattern = |read: Result<Pattern, String>| match read {
            Ok(_) => Ok(()),
            Err(needed) => Err((format!("`{text}` is no pattern"), format!("write {needed}"))),
        };
        match word {
            Word::Text | Word::Path => Ok(()),
            Word::Preset => {
                let known: Vec<_> = presets().collect();
                one_of(text, &known, name)
            }
            Word::Rule => {
                let known: Vec<_> = self.rules.iter().map(|rule| rule.name).collect();
                one_of_many(text, &known, "rule")
            }
            Word::Kind => self.read_kind(text),
            Word::Pattern => pattern(Pattern::new(text)),
            Word::Files => pattern(Pattern::of_files(text)),
            Word::Day => match text.parse::<Date>() {
                Ok(_) => Ok(()),
                Err(_) => Err((
                    format!("`{text}` is no day"),
                    "write the last day as year, month and day: `2027-01-31`".to_owned(),
                )),
            },
            Word::Kubernetes => {
                let versions = KubernetesVersion::range(text)
                    .map_err(|message| (message, "write `1.36`, or a range `1.31..1.36`".to_owned()))?;
                match SchemaStore::new(&versions) {
                    Ok(_) => Ok(()),
                    Err(unknown) => Err((unknown.to_string(), "name versions that are known".to_owned())),
                }
            }
            Word::PodSecurity => match text.parse::<Standard>() {
                Ok(_) => Ok(()),
                Err(problem) => Err((
                    format!("`{text}` is no Pod Security Standard: {problem}"),
                    "write `privileged`, `baseline` or `restricted`, or `restricted:v1.31` for that of one version"
                        .to_owned(),
                )),
            },
            Word::NewRule => {
                let is_kebab = |char: char| char.is_ascii_lowercase() || char.is_ascii_digit() || char == '-';
                if text.chars().all(is_kebab) && text.starts_with(|char: char| char.is_ascii_lowercase()) {
                    Ok(())
                } else {
                    Err((
                        format!("`{text}` is no name of a rule"),
                        "write lower-case words with hyphens that say what is wrong: `team-label-missing`".to_owned(),
                    ))
                }
            }
            Word::Field => match Route::parse(text) {
                Ok(_) => Ok(()),
                Err(_) => Err((
                    format!("`{text}` is no field"),
                    "write it as `spec.containers[0].image`".to_owned(),
                )),
            },
            Word::Count => match text.parse::<usize>() {
                Ok(1..) => Ok(()),
                _ => Err((
                    format!("`{name}` cannot be `{text}`"),
                    "write a number of 1 or more".to_owned(),
                )),
            },
            Word::OneOf(known) => one_of(text, known, name),
        }
    }

    /// A kind with its group is taken as it is; one without may be a custom kind, or a misspelled one of Kubernetes.
    fn read_kind(&self, text: &str) -> Result<(), Problem> {
        if text.contains('.') {
            return Ok(());
        }
        let known: BTreeSet<&str> = Bundle::embedded().kinds().map(|entry| entry.kind).collect();
        match suggest::nearest(text, known.iter().copied()) {
            Some(nearest) if !known.contains(text) => Err((
                format!("Kubernetes has no kind `{text}`"),
                format!(
                    "did you mean `{nearest}`? A custom kind of that name is written with its group: `{text}.example.com`"
                ),
            )),
            _ => Ok(()),
        }
    }

    /// Holds the settings of rules against the rules.
    fn settings(&mut self, node: NodeRef<'_>, name: &str) {
        if !node.is_mapping() {
            self.refuse(
                node,
                format!("`{name}` is a mapping of rules"),
                "write `no-liveness-probe: off`; sets of rules are named under `presets`",
            );
            return;
        }
        for (key, value) in node.merged_entries() {
            let rules = self.meant_by(key.str());
            if rules.is_empty() {
                let known = self.names();
                let (message, help) = match one_of_many(key.str(), &known, "rule or group") {
                    Err(problem) => problem,
                    Ok(()) => continue,
                };
                let is_preset = presets().any(|preset| preset == key.str());
                let help = if is_preset {
                    format!("write `presets: [{}]`", key.str())
                } else {
                    help
                };
                self.refuse(key, message, help);
                continue;
            }
            self.setting(&rules, key, value);
        }
    }

    fn setting(&mut self, rules: &[&'static RuleMeta], key: NodeRef<'_>, value: NodeRef<'_>) {
        let level = match level_of(value) {
            Some(level) => level,
            None if value.is_mapping() => {
                self.parameters(rules, key, value);
                value.get(shape::SEVERITY).and_then(level_of).unwrap_or(Level::On)
            }
            None => {
                let help = format!("write one of {}", list(shape::LEVELS));
                let message = format!("`{}` cannot be set to `{}`", key.str(), value.source_text());
                return self.refuse(value, message, meant_or(value.str(), shape::LEVELS, help));
            }
        };
        let weakens = |rule: &&RuleMeta| match level {
            Level::Off => true,
            Level::On => false,
            Level::Weighs(severity) => severity < rule.severity,
        };
        let keeps = |rule: &&&RuleMeta| rule.stage < Stage::Schema && rule.severity == Severity::Error;
        if let Some(rule) = rules.iter().filter(keeps).find(|rule| weakens(rule)) {
            self.refuse(
                key,
                format!(
                    "`{}` says that something could not be read at all, and stays an error",
                    rule.name
                ),
                "leave the file out of the call, or mend it",
            );
        }
    }

    /// Holds what is said of a rule in a mapping against its parameters.
    fn parameters(&mut self, rules: &[&'static RuleMeta], key: NodeRef<'_>, value: NodeRef<'_>) {
        let declared: &[Parameter] = match rules {
            [rule] if rule.name == key.str() => {
                self.catalog.lint_rule(rule).map_or(&[], |rule| rule.parameters)
            }
            _ => &[],
        };
        for (name, node) in value.merged_entries() {
            if name.str() == shape::SEVERITY {
                if level_of(node).is_none_or(|level| !matches!(level, Level::Weighs(_))) {
                    let help = format!("write one of {}", list(shape::SEVERITIES));
                    let message = format!("`{}` is no severity", node.source_text());
                    self.refuse(node, message, meant_or(node.str(), shape::SEVERITIES, help));
                }
                continue;
            }
            match declared.iter().find(|parameter| parameter.name() == name.str()) {
                Some(parameter) => {
                    if let Err(needed) = parameter.read(node) {
                        self.refuse(
                            node,
                            format!("`{}` of `{}` takes {needed}", name.str(), key.str()),
                            format!("{}; without it: {}", parameter.about(), parameter.default()),
                        );
                    }
                }
                None => {
                    let mut known: Vec<_> = declared.iter().map(Parameter::name).collect();
                    known.push(shape::SEVERITY);
                    let message = format!("`{}` has no parameter `{}`", key.str(), name.str());
                    self.refuse(name, message, meant(name.str(), &known));
                }
            }
        }
    }

    /// The rules of a name or group.
    fn meant_by(&self, word: &str) -> Vec<&'static RuleMeta> {
        let rules = self.rules.iter().copied();
        let named: Vec<_> = rules.filter(|rule| rule.name == word).collect();
        if !named.is_empty() {
            return named;
        }
        let rules = self.rules.iter().copied();
        rules.filter(|rule| rule.group.as_str() == word).collect()
    }

    /// Names of rules and groups.
    fn names(&self) -> Vec<&'static str> {
        let groups: BTreeSet<_> = self.rules.iter().map(|rule| rule.group.as_str()).collect();
        let names = self.rules.iter().map(|rule| rule.name);
        names.chain(groups).collect()
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

    fn settings_of(&self, node: NodeRef<'_>) -> Settings {
        let entries = node.get("rules").into_iter().flat_map(NodeRef::merged_entries);
        let mut settings: Vec<(bool, RuleSetting)> = entries
            .map(|(key, value)| {
                let rules = self.meant_by(key.str());
                let is_single = matches!(rules.as_slice(), [rule] if rule.name == key.str());
                let severity = value.get(shape::SEVERITY).and_then(level_of);
                let level = level_of(value).or(severity).unwrap_or(Level::On);
                let declared = rules
                    .first()
                    .filter(|_| is_single)
                    .and_then(|rule| self.catalog.lint_rule(rule))
                    .map_or(&[][..], |rule| rule.parameters);
                let parameters = declared
                    .iter()
                    .filter_map(|parameter| {
                        let node = value.get(parameter.name())?;
                        Some((parameter.name(), parameter.read(node).ok()?))
                    })
                    .collect();
                let lint = rules.iter().filter_map(|rule| self.catalog.lint_rule(rule));
                let setting = RuleSetting {
                    lint: lint.collect(),
                    rules,
                    level,
                    parameters,
                };
                (is_single, setting)
            })
            .collect();
        // A stable sort: of groups, and of rules, the order of the file stays.
        settings.sort_by_key(|(is_single, _)| *is_single);
        Settings(settings.into_iter().map(|(_, setting)| setting).collect())
    }
}

/// What a rule is set to by a single word; YAML 1.1 reads `on` and `off` as booleans.
fn level_of(node: NodeRef<'_>) -> Option<Level> {
    if !node.is_scalar() {
        return None;
    }
    match (node.as_bool(), node.str()) {
        (Some(true), _) | (_, "on") => Some(Level::On),
        (Some(false), _) | (_, "off") => Some(Level::Off),
        (None, word) => severity_of(word).map(Level::Weighs),
    }
}

pub(super) fn severity_of(word: &str) -> Option<Severity> {
    [Severity::Info, Severity::Warning, Severity::Error]
        .into_iter()
        .find(|severity| severity.as_str() == word)
}

/// The words of `presets`.
pub(super) fn presets() -> impl Iterator<Item = &'static str> {
    Preset::ALL
        .iter()
        .map(|preset| preset.as_str())
        .chain(["all", "none"])
}

fn presets_of(words: &[&str]) -> Vec<&'static LintRule> {
    let built_in = Catalog::default().rule_set(words);
    built_in.map_or_else(|_| Vec::new(), |set| set.rules().to_vec())
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

/// Refuses a word that is none of a few, and lists them.
fn one_of(text: &str, known: &[&str], name: &str) -> Result<(), Problem> {
    if known.contains(&text) {
        return Ok(());
    }
    Err((format!("`{name}` cannot be `{text}`"), meant(text, known)))
}

/// Refuses a word that is none of more than one wants to read.
fn one_of_many(text: &str, known: &[&str], what: &str) -> Result<(), Problem> {
    if known.contains(&text) {
        return Ok(());
    }
    let help = "`plimsoll rules` lists them".to_owned();
    Err((
        format!("no {what} is called `{text}`"),
        meant_or(text, known, help),
    ))
}

/// The word that was probably meant, or else all of them.
fn meant(text: &str, known: &[&str]) -> String {
    meant_or(text, known, format!("write one of {}", list(known)))
}

fn meant_or(text: &str, known: &[&str], otherwise: String) -> String {
    match suggest::nearest(text, known.iter().copied()) {
        Some(nearest) => format!("did you mean `{nearest}`?"),
        None => otherwise,
    }
}

fn list(words: &[&str]) -> String {
    let words: Vec<_> = words.iter().map(|word| format!("`{word}`")).collect();
    words.join(", ")
}
