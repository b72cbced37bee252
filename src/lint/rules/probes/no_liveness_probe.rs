use crate::finding::{Finding, Group, Part, RuleMeta, Severity, Stage};
use crate::lint::{Check, LintRule};
use crate::manifest::fleet::Fleet;
use crate::manifest::view::{Container, Role, Workload};

pub(crate) static RULE: LintRule = LintRule {
    meta: RuleMeta {
        name: "no-liveness-probe",
        group: Group::Probes,
        stage: Stage::Lint,
        severity: Severity::Warning,
        default: true,
        summary: "a container that runs for good has no liveness probe",
        peers: &[
            "kube-linter:no-liveness-probe",
            "kube-score:pod-probes",
            "polaris:livenessProbeMissing",
            "checkov:CKV_K8S_8",
            "datree:CONTAINERS_MISSING_LIVENESSPROBE_KEY",
            "popeye:POP-103",
        ],
        page: include_str!("../../../../fixtures/rules/no-liveness-probe.md"),
    },
    check: Check::Container(check),
};

fn check<'m>(_: &Fleet<'m>, workload: &Workload<'m>, container: &Container<'m>, out: &mut Vec<Finding>) {
    if workload.runs_to_completion()
        || container.role != Role::Main
        || container.get("livenessProbe").is_some()
    {
        return;
    }
    out.push(
        Finding::new(
            &RULE.meta,
            workload.at(container.route.clone(), Part::Missing),
            format!("container `{}` of {} has no `livenessProbe`", container.name(), workload.title()),
        )
        .help("add a `livenessProbe` that fails only when a restart would help: a process that hangs is replaced, one that is slow is not"),
    );
}
