//! Which rules run.

use super::rules::RULES;
use super::{LintRule, Preset};

/// The lint rules of a run, in the order of their names.
#[derive(Debug, Clone)]
pub struct RuleSet(Vec<&'static LintRule>);

impl Default for RuleSet {
    /// What runs when nobody chose.
    fn default() -> Self {
        Self::preset(Preset::Default)
    }
}

impl RuleSet {
    /// The rules of a preset.
    pub fn preset(preset: Preset) -> Self {
        Self(
            RULES
                .iter()
                .copied()
                .filter(|rule| preset.contains(rule))
                .collect(),
        )
    }

    /// These rules and no others.
    pub fn of(rules: Vec<&'static LintRule>) -> Self {
        Self(rules)
    }

    /// The rules, in order.
    pub fn rules(&self) -> &[&'static LintRule] {
        &self.0
    }
}
