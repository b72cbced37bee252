use super::no_readiness_probe::{lacks_probe, serves};
use crate::lint::prelude::*;

rule! {
    name: "not-ready-by-probe",
    group: Probes,
    severity: Info,
    presets: [Strict],
    peers: [
        "kube-linter:no-readiness-probe",
        "polaris:readinessProbeMissing",
        "checkov:CKV_K8S_9",
        "datree:CONTAINERS_MISSING_READINESSPROBE_KEY",
        "popeye:POP-104",
    ],
    check: Container(check),
}

fn check<'m>(fleet: &Fleet<'m>, workload: &Workload<'m>, container: &Container<'m>, out: &mut Sink<'_>) {
    if lacks_probe(workload, container) && !serves(fleet, workload, container) {
        out.missing(
            container.at("readinessProbe"),
            format!(
                "{} counts as ready the moment it starts, which rollouts and disruption budgets go by",
                container.title(workload)
            ),
            "add a `readinessProbe` that succeeds when the program does its work, or set `minReadySeconds`",
        );
    }
}
