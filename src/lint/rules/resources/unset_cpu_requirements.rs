use super::requests;
use crate::finding::{Finding, Group, RuleMeta, Severity, Stage};
use crate::lint::{Check, LintRule};
use crate::manifest::fleet::Fleet;
use crate::manifest::view::{Container, Workload};

pub(crate) static RULE: LintRule = LintRule {
    meta: RuleMeta {
        name: "unset-cpu-requirements",
        group: Group::Resources,
        stage: Stage::Lint,
        severity: Severity::Warning,
        default: true,
        summary: "a container requests no cpu",
        peers: &[
            "kube-linter:unset-cpu-requirements",
            "kube-score:container-resources",
            "polaris:cpuRequestsMissing",
        ],
        page: include_str!("../../../../fixtures/rules/unset-cpu-requirements.md"),
    },
    check: Check::Container(check),
};

fn check<'m>(fleet: &Fleet<'m>, workload: &Workload<'m>, container: &Container<'m>, out: &mut Vec<Finding>) {
    out.extend(requests::check(
        &RULE.meta, fleet, "cpu", "100m", workload, container,
    ));
}
