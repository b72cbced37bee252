use crate::lint::prelude::*;

rule! {
    name: "no-anti-affinity",
    group: Scheduling,
    severity: Info,
    presets: [Availability],
    peers: [
        "kube-linter:no-anti-affinity",
        "kube-score:deployment-has-host-podantiaffinity",
        "kube-score:statefulset-has-host-podantiaffinity",
        "datree:EKS_MISSING_KEY_TOPOLOGYKEY",
    ],
    check: Workload(check),
}

fn check<'m>(fleet: &Fleet<'m>, workload: &Workload<'m>, out: &mut Sink<'_>) {
    let has = |path| workload.get(path).is_some_and(|node| !node.is_empty());
    if fleet.has_several_pods(workload)
        && !has("topologySpreadConstraints")
        && !has("affinity.podAntiAffinity")
    {
        out.push(
            out.at(
                Route::root().then("spec"),
                Part::Missing,
                format!(
                    "nothing keeps the pods of {} on different nodes",
                    workload.title()
                ),
            )
            .help("add `topologySpreadConstraints` over `kubernetes.io/hostname` or a zone"),
        );
    }
}
