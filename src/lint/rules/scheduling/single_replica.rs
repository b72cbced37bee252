use crate::lint::prelude::*;

rule! {
    name: "single-replica",
    group: Scheduling,
    severity: Info,
    presets: [Availability],
    peers: [
        "kube-score:deployment-replicas",
        "polaris:deploymentMissingReplicas",
        "datree:DEPLOYMENT_INCORRECT_REPLICAS_VALUE",
        "kyverno:deployment-has-multiple-replicas",
        "gatekeeper:K8sReplicaLimits",
        "popeye:POP-500",
    ],
    check: Workload(check),
}

fn check<'m>(fleet: &Fleet<'m>, workload: &Workload<'m>, out: &mut Sink<'_>) {
    let Some(service) = fleet.services_of(workload).next() else {
        return;
    };
    if fleet.replicas(workload) != Some(1) || !fleet.scalers_of(workload).is_empty() {
        return;
    }
    let route = workload.manifest.route("spec.replicas");
    let message = format!(
        "Service `{}` has a single pod behind it, of {}",
        service.id.name,
        workload.title()
    );
    let help = "run two replicas or more, on different nodes";
    match workload.manifest.at(&route) {
        Some(_) => out.value(route, message, help),
        None => out.missing(route, message, help),
    }
}
