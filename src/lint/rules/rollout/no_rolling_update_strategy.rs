use crate::lint::prelude::*;

rule! {
    name: "no-rolling-update-strategy",
    group: Rollout,
    severity: Warning,
    presets: [Availability],
    peers: ["kube-linter:no-rolling-update-strategy", "kube-score:deployment-strategy"],
    check: Workload(check),
}

fn check<'m>(fleet: &Fleet<'m>, workload: &Workload<'m>, out: &mut Sink<'_>) {
    let field = match &*workload.manifest.id.kind {
        "Deployment" => "spec.strategy.type",
        "DaemonSet" | "StatefulSet" => "spec.updateStrategy.type",
        _ => return,
    };
    let Some(kind) = workload
        .manifest
        .get(field)
        .map(NodeRef::str)
        .filter(|kind| *kind != "RollingUpdate")
    else {
        return;
    };
    let holds_claim = workload
        .volumes()
        .any(|volume| volume.node.get("persistentVolumeClaim").is_some());
    if fleet.replicas(workload).is_some_and(|replicas| replicas < 2) && holds_claim {
        return;
    }
    out.value(
        workload.manifest.route(field),
        format!("{} is updated by `{kind}`, not step by step", workload.title()),
        "use `RollingUpdate`",
    );
}
