//! What is said of rules: held against the rules there are, and taken out.

use std::collections::BTreeSet;

use plimsoll_yaml::NodeRef;

use super::Reader;
use super::word::one_of_many;
use crate::catalog::Catalog;
use crate::config::shape;
use crate::config::{Level, RuleSetting, Settings};
use crate::finding::{RuleMeta, Severity, Stage};
use crate::lint::{LintRule, Parameter, Preset};
use crate::suggest::{list, meant, meant_or};

impl Reader {
    /// Holds the settings of rules against the rules.
    pub(super) fn settings(&mut self, node: NodeRef<'_>, name: &str) {
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
    pub(super) fn meant_by(&self, word: &str) -> Vec<&'static RuleMeta> {
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

    pub(super) fn settings_of(&self, node: NodeRef<'_>) -> Settings {
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
pub(super) fn level_of(node: NodeRef<'_>) -> Option<Level> {
    if !node.is_scalar() {
        return None;
    }
    match (node.as_bool(), node.str()) {
        (Some(true), _) | (_, "on") => Some(Level::On),
        (Some(false), _) | (_, "off") => Some(Level::Off),
        (None, word) => severity_of(word).map(Level::Weighs),
    }
}

pub(in crate::config) fn severity_of(word: &str) -> Option<Severity> {
    [Severity::Info, Severity::Warning, Severity::Error]
        .into_iter()
        .find(|severity| severity.as_str() == word)
}

/// The words of `presets`.
pub(in crate::config) fn presets() -> impl Iterator<Item = &'static str> {
    Preset::ALL
        .iter()
        .map(|preset| preset.as_str())
        .chain(["all", "none"])
}

pub(super) fn presets_of(words: &[&str]) -> Vec<&'static LintRule> {
    let built_in = Catalog::default().rule_set(words);
    built_in.map_or_else(|_| Vec::new(), |set| set.rules().to_vec())
}
