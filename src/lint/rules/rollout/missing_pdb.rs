use crate::lint::prelude::*;

rule! {
    name: "missing-pdb",
    group: Rollout,
    severity: Info,
    presets: [Availability],
    peers: [
        "kube-score:deployment-has-poddisruptionbudget",
        "kube-score:statefulset-has-poddisruptionbudget",
        "polaris:missingPodDisruptionBudget",
        "popeye:POP-206",
        "kyverno:require-pdb",
    ],
    check: Workload(check),
}

fn check<'m>(fleet: &Fleet<'m>, workload: &Workload<'m>, out: &mut Sink<'_>) {
    if fleet.may_have_several_pods(workload) && fleet.budgets_of(workload).next().is_none() {
        out.value(
            workload.manifest.route("metadata.name"),
            format!("no PodDisruptionBudget counts the pods of {}", workload.title()),
            "add one with `maxUnavailable: 1` that selects its pods",
        );
    }
}
