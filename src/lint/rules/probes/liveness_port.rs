use super::probe_port;
use crate::finding::{Finding, Group, RuleMeta, Severity, Stage};
use crate::lint::{Check, LintRule};
use crate::manifest::fleet::Fleet;
use crate::manifest::view::{Container, Workload};

pub(crate) static RULE: LintRule = LintRule {
    meta: RuleMeta {
        name: "liveness-port",
        group: Group::Probes,
        stage: Stage::Lint,
        severity: Severity::Warning,
        default: true,
        summary: "a liveness probe asks a port that no container of the pod opens",
        peers: &["kube-linter:liveness-port"],
        page: include_str!("../../../../fixtures/rules/liveness-port.md"),
    },
    check: Check::Container(check),
};

fn check<'m>(_: &Fleet<'m>, workload: &Workload<'m>, container: &Container<'m>, out: &mut Vec<Finding>) {
    out.extend(probe_port::check(
        &RULE.meta,
        "livenessProbe",
        workload,
        container,
    ));
}
