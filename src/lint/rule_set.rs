//! Which rules run.

use super::LintRule;
use super::rules::RULES;

/// The lint rules of a run, in the order of their names.
#[derive(Debug, Clone)]
pub struct RuleSet(Vec<&'static LintRule>);

impl Default for RuleSet {
    /// What runs when nobody chose.
    fn default() -> Self {
        Self(RULES.iter().copied().filter(|rule| rule.meta.default).collect())
    }
}

impl RuleSet {
    /// These rules and no others.
    pub fn of(rules: Vec<&'static LintRule>) -> Self {
        Self(rules)
    }

    /// The rules, in order.
    pub fn rules(&self) -> &[&'static LintRule] {
        &self.0
    }
}
