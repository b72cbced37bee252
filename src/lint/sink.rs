//! Where a rule puts what it finds.

use super::LintRule;
use super::rule_set::Rules;
use crate::finding::{Anchor, Finding, Fix, Part, RuleMeta};
use crate::manifest::{Manifest, Route};

/// Takes the findings of one rule on one object.
#[derive(Debug)]
pub struct Sink<'s> {
    pub(super) rule: &'static RuleMeta,
    pub(super) rules: &'s Rules,
    pub(super) manifest: &'s Manifest,
    pub(super) found: &'s mut Vec<Finding>,
}

impl Sink<'_> {
    /// The same place, for another rule.
    pub(super) fn of(&mut self, rule: &'static LintRule) -> &mut Self {
        self.rule = &rule.meta;
        self
    }

    /// The value at a route of the object is wrong. `help` says what to do.
    pub fn value(&mut self, route: Route, message: impl Into<String>, help: impl Into<String>) {
        let finding = self.at(route, Part::Value, message).help(help);
        self.push(finding);
    }

    /// The key that leads to a place of the object is what is wrong, or stands for all that is below it.
    pub fn key(&mut self, route: Route, message: impl Into<String>, help: impl Into<String>) {
        let finding = self.at(route, Part::Key, message).help(help);
        self.push(finding);
    }

    /// Something that should be at a route is not there: shown at the deepest place on the way that is.
    pub fn missing(&mut self, route: Route, message: impl Into<String>, help: impl Into<String>) {
        let finding = self.at(route, Part::Missing, message).help(help);
        self.push(finding);
    }

    /// A finding of the rule at a place of the object, to say more of before it is [`push`](Self::push)ed.
    #[must_use]
    pub fn at(&self, route: Route, part: Part, message: impl Into<String>) -> Finding {
        Finding::new(
            self.rule,
            Anchor::Route(self.manifest.number, route, part),
            message,
        )
    }

    /// Says how the finding that was just reported could be mended.
    pub fn mend(&mut self, fix: Fix) {
        if let Some(finding) = self.found.last_mut() {
            finding.mend(fix);
        }
    }

    /// Reports a finding.
    pub fn push(&mut self, finding: Finding) {
        self.found.push(finding);
    }
}

impl Extend<Finding> for Sink<'_> {
    fn extend<I: IntoIterator<Item = Finding>>(&mut self, findings: I) {
        self.found.extend(findings);
    }
}
