//! Which rules run, where, and with which settings.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::rules::RULES;
use super::{LintRule, ParameterValue, Preset};
use crate::finding::{RuleMeta, Severity};
use crate::manifest::ManifestId;

/// The lint rules of a run, in the order of their names, and what the configuration says of rules of any stage. It may
/// say something else of some objects.
#[derive(Debug, Clone)]
pub struct RuleSet {
    everywhere: Arc<Rules>,
    elsewhere: BTreeMap<ManifestId, Arc<Rules>>,
}

/// What holds for rules in one place.
#[derive(Debug, Clone, Default)]
pub struct Rules {
    /// The lint rules that run, in the order of their names.
    pub lint: Vec<&'static LintRule>,
    /// What the configuration says of rules, by name.
    pub settings: BTreeMap<&'static str, Setting>,
}

/// What the configuration says of a rule.
#[derive(Debug, Clone, Default)]
pub struct Setting {
    /// Whether its findings are not wanted; a lint rule that is off does not run.
    pub is_off: bool,
    /// The weight of its findings, if it is not theirs.
    pub severity: Option<Severity>,
    /// Its parameters by name, as far as they are set.
    pub parameters: BTreeMap<&'static str, ParameterValue>,
}

impl Rules {
    /// Whether a lint rule runs here.
    pub fn runs(&self, rule: &RuleMeta) -> bool {
        self.lint
            .binary_search_by(|lint| lint.meta.name.cmp(rule.name))
            .is_ok()
    }

    /// Whether the configuration wants no findings of a rule here.
    pub fn is_off(&self, rule: &RuleMeta) -> bool {
        self.settings.get(rule.name).is_some_and(|setting| setting.is_off)
    }

    /// The weight that the configuration gives to the findings of a rule.
    pub fn severity(&self, rule: &RuleMeta) -> Option<Severity> {
        self.settings.get(rule.name)?.severity
    }
}

impl Default for RuleSet {
    /// What runs when nobody chose.
    fn default() -> Self {
        Self::preset(Preset::Default)
    }
}

impl From<Rules> for RuleSet {
    fn from(rules: Rules) -> Self {
        Self {
            everywhere: Arc::new(rules),
            elsewhere: BTreeMap::new(),
        }
    }
}

impl RuleSet {
    /// The rules of a preset.
    pub fn preset(preset: Preset) -> Self {
        Self::of(
            RULES
                .iter()
                .copied()
                .filter(|rule| preset.contains(rule))
                .collect(),
        )
    }

    /// These rules and no others.
    pub fn of(lint: Vec<&'static LintRule>) -> Self {
        Self::from(Rules {
            lint,
            settings: BTreeMap::new(),
        })
    }

    /// Says what holds for some object.
    pub fn except(&mut self, object: ManifestId, rules: Arc<Rules>) {
        self.elsewhere.insert(object, rules);
    }

    /// The rules of what nothing else is said of, in order.
    pub fn rules(&self) -> &[&'static LintRule] {
        &self.everywhere.lint
    }

    /// What holds for an object.
    pub fn at(&self, object: ManifestId) -> &Rules {
        self.elsewhere.get(&object).unwrap_or(&self.everywhere)
    }

    /// What holds for what is in no object.
    pub fn everywhere(&self) -> &Rules {
        &self.everywhere
    }

    /// The objects of which something else is said, with what holds for them.
    pub fn elsewhere(&self) -> impl Iterator<Item = (ManifestId, &Rules)> {
        self.elsewhere.iter().map(|(&object, rules)| (object, &**rules))
    }

    /// Whether there is no rule to run.
    pub fn is_empty(&self) -> bool {
        self.each().all(|rules| rules.lint.is_empty())
    }

    /// Every lint rule that runs somewhere, in the order of their names.
    pub fn running(&self) -> Vec<&'static LintRule> {
        let mut running: Vec<_> = self.each().flat_map(|rules| rules.lint.iter().copied()).collect();
        if !self.elsewhere.is_empty() {
            running.sort_by_key(|rule| rule.meta.name);
            running.dedup_by_key(|rule| rule.meta.name);
        }
        running
    }

    /// Whether a lint rule runs on some object.
    pub fn runs(&self, rule: &RuleMeta) -> bool {
        self.each().any(|rules| rules.runs(rule))
    }

    fn each(&self) -> impl Iterator<Item = &Rules> {
        std::iter::once(&self.everywhere)
            .chain(self.elsewhere.values())
            .map(|rules| &**rules)
    }
}
