//! Layers and overrides to the rules of each object, and to the weight of each finding.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::{Config, Layer, Level, Override, Settings};
use crate::finding::{Anchor, Finding};
use crate::lint::{LintRule, RuleSet, Rules, Setting};
use crate::manifest::fleet::Fleet;
use crate::manifest::select::Selects;
use crate::source::SourceMap;

/// What holds so far.
#[derive(Debug, Clone, Default)]
struct State {
    lint: BTreeMap<&'static str, &'static LintRule>,
    settings: BTreeMap<&'static str, Setting>,
}

impl State {
    /// `may_switch` says which lint rules may be switched on.
    fn apply(&mut self, settings: &Settings, may_switch: impl Fn(&LintRule) -> bool) {
        for said in &settings.0 {
            for rule in &said.rules {
                let setting = self.settings.entry(rule.name).or_default();
                setting.is_off = said.level == Level::Off;
                if let Level::Weighs(severity) = said.level {
                    setting.severity = Some(severity);
                }
                let parameters = said.parameters.iter().cloned();
                setting.parameters.extend(parameters);
                if said.level == Level::Off {
                    self.lint.remove(rule.name);
                }
            }
            let switched = said.lint.iter().filter(|_| said.level != Level::Off);
            for lint in switched.filter(|lint| may_switch(lint)) {
                self.lint.insert(lint.meta.name, lint);
            }
        }
    }

    fn rules(&self) -> Rules {
        Rules {
            lint: self.lint.values().copied().collect(),
            settings: self.settings.clone(),
        }
    }
}

impl Config {
    /// The lint rules of the objects of a unit, and what is said of rules of other stages.
    pub fn rules(&self, fleet: &Fleet<'_>, sources: &SourceMap) -> RuleSet {
        let mut rules = self.rules_of_all();
        let overrides = self.overrides();
        let custom = self.layers().flat_map(|layer| &layer.custom_rules);
        let picky: Vec<_> = custom.filter(|custom| !custom.selects.is_empty()).collect();
        if overrides.is_empty() && picky.is_empty() {
            return rules;
        }
        // Objects of which the same is said share what holds for them.
        let mut known: HashMap<(Vec<usize>, Vec<usize>), Arc<Rules>> = HashMap::new();
        for manifest in fleet.manifests() {
            let path = sources.get(manifest.source).path.clone();
            let namespace = fleet.namespace(manifest);
            let matches = |selects: &Selects| selects.matches(manifest, namespace, &path);
            let matching: Vec<usize> = (0..overrides.len())
                .filter(|&at| matches(&overrides[at].selects))
                .collect();
            let not_asked: Vec<usize> = (0..picky.len())
                .filter(|&at| !matches(&picky[at].selects))
                .collect();
            if !matching.is_empty() || !not_asked.is_empty() {
                let own = known
                    .entry((matching, not_asked))
                    .or_insert_with_key(|(matching, not_asked)| {
                        let mut state = self.where_matching(matching.iter().map(|&at| overrides[at]));
                        for &at in not_asked {
                            state.lint.remove(picky[at].rule.meta.name);
                        }
                        Arc::new(state.rules())
                    });
                rules.except(manifest.number, Arc::clone(own));
            }
        }
        rules
    }

    /// The rules of what no override matches.
    pub fn rules_of_all(&self) -> RuleSet {
        RuleSet::from(self.everywhere().rules())
    }

    /// Gives findings the weight that is said of their rules, and drops those that are not wanted.
    pub fn weigh(&self, findings: &mut Vec<Finding>, rules: &RuleSet, sources: &SourceMap) {
        let overrides = self.overrides();
        if overrides.is_empty() && rules.everywhere().settings.is_empty() {
            return;
        }
        findings.retain_mut(|finding| {
            let of_file;
            let rules = match &finding.at {
                Anchor::Route(object, ..) => rules.at(*object),
                Anchor::Text(_) | Anchor::File(_) => {
                    let path = match &finding.at {
                        Anchor::Text(span) => sources.get(span.file).path.to_string(),
                        Anchor::File(path) => path.clone(),
                        Anchor::Route(..) => String::new(),
                    };
                    let mut matching = overrides
                        .iter()
                        .copied()
                        .filter(|said| said.selects.matches_text(&path))
                        .peekable();
                    if matching.peek().is_some() {
                        of_file = self.where_matching(matching).rules();
                        &of_file
                    } else {
                        rules.everywhere()
                    }
                }
            };
            if let Some(severity) = rules.severity(finding.rule) {
                finding.severity = severity;
            }
            !rules.is_off(finding.rule)
        });
    }

    fn overrides(&self) -> Vec<&Override> {
        self.layers().flat_map(|layer| &layer.overrides).collect()
    }

    /// What holds for what no override matches.
    fn everywhere(&self) -> State {
        let mut state = State::default();
        let named = |rules: &[&'static LintRule]| rules.iter().map(|rule| (rule.meta.name, *rule)).collect();
        match &self.chosen {
            Some(chosen) => {
                for Layer { settings, .. } in self.layers() {
                    state.apply(settings, |_| false);
                }
                state.lint = named(chosen.rules());
                for name in state.lint.keys() {
                    if let Some(setting) = state.settings.get_mut(name) {
                        setting.is_off = false;
                    }
                }
            }
            None => {
                state.lint = named(RuleSet::default().rules());
                for layer in self.layers() {
                    if let Some(presets) = &layer.presets {
                        state.lint = named(presets);
                    }
                    let own = layer.custom_rules.iter().map(|custom| custom.rule);
                    state.lint.extend(own.map(|rule| (rule.meta.name, rule)));
                    state.apply(&layer.settings, |_| true);
                }
            }
        }
        state
    }

    /// What holds where these overrides match.
    fn where_matching<'o>(&self, matching: impl Iterator<Item = &'o Override>) -> State {
        let mut state = self.everywhere();
        for said in matching {
            state.apply(&said.settings, |lint| {
                self.chosen.as_ref().is_none_or(|chosen| chosen.runs(&lint.meta))
            });
        }
        state
    }
}
