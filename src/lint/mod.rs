//! What the API server accepts and hurts later.
//!
//! The framework walks; a rule sees one target with the [`Fleet`] around it and speaks in routes, never in spans.

pub mod custom;
mod parameter;
mod plan;
mod rule;
pub mod rule_set;
pub mod rules;
mod sink;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::OnceLock;

use rayon::prelude::*;

use crate::admission::cel::Relations;
use crate::finding::{Anchor, Finding, Group, Part, RuleMeta, Severity, Stage};
use crate::manifest::fleet::Fleet;
use crate::manifest::{Manifest, Route};
use crate::render::ParsedTemplate;

pub use parameter::{Amount, Globs, Number, Parameter, ParameterValue, Words};
pub use rule::{Check, Confidence, LintRule, Preset};
pub use rule_set::{RuleSet, Rules, Setting};
pub use sink::Sink;

use plan::{Plan, Plans};

/// What nearly every rule file needs.
mod prelude {
    pub(super) use plimsoll_yaml::NodeRef;

    pub(super) use super::Sink;
    pub(super) use super::parameter::{Amount, Globs, Number, Words};
    pub(super) use super::rule::rule;
    pub(super) use crate::finding::{Anchor, Edit, Finding, Fix, Part, RuleMeta, Severity};
    pub(super) use crate::manifest::fleet::Fleet;
    pub(super) use crate::manifest::view::{Container, PortRef, Role, Workload};
    pub(super) use crate::manifest::{Manifest, Route};
}

/// A rule failed itself.
pub static INTERNAL_ERROR: RuleMeta = RuleMeta {
    name: "internal-error",
    group: Group::Yaml,
    stage: Stage::Lint,
    severity: Severity::Error,
    default: true,
    summary: "a rule failed; this is a bug of plimsoll",
    peers: &[],
    fix: None,
    page: include_str!("../../fixtures/rules/internal-error.md"),
};

/// Below this many objects, starting threads costs more than they save.
const WORTH_THREADS: usize = 64;

/// Runs all rules of a set over all objects; findings come in the order of objects and rules.
pub fn lint(fleet: &Fleet<'_>, rules: &RuleSet) -> Vec<Finding> {
    if rules.is_empty() {
        return Vec::new();
    }
    let plans = Plans::of(rules);
    let manifests: Vec<&Manifest> = fleet.manifests().iter().collect();
    let relations = OnceLock::new();
    let mut findings: Vec<Finding> = if manifests.len() < WORTH_THREADS {
        manifests
            .iter()
            .flat_map(|manifest| check_object(manifest, fleet, plans.at(manifest), &relations))
            .collect()
    } else {
        manifests
            .par_iter()
            .flat_map_iter(|manifest| check_object(manifest, fleet, plans.at(manifest), &relations))
            .collect()
    };
    let first = || {
        manifests
            .first()
            .map_or(Anchor::File(String::new()), |first| whole(first))
    };
    for rule in rules.running() {
        if let Check::Fleet(check) = rule.check {
            let before = findings.len();
            guard(rule, first, &mut findings, |found| check(fleet, found));
            let of_rule = findings.split_off(before);
            findings.extend(of_rule.into_iter().filter(|finding| match &finding.at {
                Anchor::Route(object, ..) => rules.at(*object).runs(&rule.meta),
                Anchor::Text(_) | Anchor::File(_) => true,
            }));
        }
    }
    findings
}

/// Runs the rules of a set that look at templates.
pub fn lint_templates(templates: &[ParsedTemplate], rules: &RuleSet) -> Vec<Finding> {
    let mut findings = Vec::new();
    for rule in rules.rules() {
        if let Check::Template(check) = rule.check {
            for template in templates {
                let at = || template.anchor(0..0);
                guard(rule, at, &mut findings, |found| check(template, found));
            }
        }
    }
    findings
}

fn check_object(
    manifest: &Manifest,
    fleet: &Fleet<'_>,
    plan: &Plan<'_>,
    relations: &OnceLock<Relations>,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    let all = AssertUnwindSafe(|| plan.run(fleet, manifest, None, relations, &mut findings));
    if catch_unwind(all).is_ok() {
        return findings;
    }
    // Which rule failed, and what the others say, is found by running each by itself.
    findings.clear();
    for rule in &plan.rules.lint {
        guard(
            rule,
            || whole(manifest),
            &mut findings,
            |found| {
                plan.run(fleet, manifest, Some(rule), relations, found);
            },
        );
    }
    findings
}

fn whole(manifest: &Manifest) -> Anchor {
    Anchor::Route(manifest.number, Route::root(), Part::Value)
}

/// A rule that panics costs only itself: the others go on, and the report says which one failed.
fn guard(
    rule: &LintRule,
    at: impl Fn() -> Anchor,
    findings: &mut Vec<Finding>,
    check: impl FnOnce(&mut Vec<Finding>),
) {
    let mut found = Vec::new();
    match catch_unwind(AssertUnwindSafe(|| check(&mut found))) {
        Ok(()) => findings.append(&mut found),
        Err(_) => findings.push(
            Finding::new(
                &INTERNAL_ERROR,
                at(),
                format!("rule `{}` failed on this object", rule.meta.name),
            )
            .help("this is a bug of plimsoll: please report it with the object; the other rules ran"),
        ),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::{Check, Confidence, LintRule, RuleSet, lint};
    use crate::finding::{Group, RuleMeta, Severity, Stage};
    use crate::manifest::ManifestSet;
    use crate::manifest::fleet::Fleet;
    use crate::manifest::parse::{Strangers, parse_shared};
    use crate::source::{SourceKind, SourceMap};

    static BROKEN: LintRule = LintRule {
        meta: RuleMeta {
            name: "broken",
            group: Group::Yaml,
            stage: Stage::Lint,
            severity: Severity::Warning,
            default: true,
            summary: "",
            peers: &[],
            fix: None,
            page: "",
        },
        presets: &[],
        confidence: Confidence::Certain,
        parameters: &[],
        check: Check::Object(|_, _, _| panic!("on purpose")),
    };

    #[test]
    fn a_rule_that_panics_is_a_finding() {
        let text: Arc<str> = Arc::from("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n");
        let sources = SourceMap::default();
        let source = sources.add("a.yaml", Arc::clone(&text), SourceKind::File);
        let (mut manifests, mut findings) = (ManifestSet::default(), Vec::new());
        parse_shared(text, source, 0, Strangers::Report, &mut manifests, &mut findings);
        let fleet = Fleet::build(&manifests, "default");
        let found = lint(&fleet, &RuleSet::of(vec![&BROKEN]));
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].rule.name, "internal-error");
    }
}
