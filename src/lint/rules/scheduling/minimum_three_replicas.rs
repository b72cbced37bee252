use crate::lint::prelude::*;

rule! {
    name: "minimum-three-replicas",
    group: Scheduling,
    severity: Info,
    presets: [Availability],
    parameters: [Number(AT_LEAST)],
    peers: [
        "kube-linter:minimum-three-replicas",
        "kube-score:deployment-replicas",
        "polaris:deploymentMissingReplicas",
        "datree:DEPLOYMENT_INCORRECT_REPLICAS_VALUE",
        "kyverno:deployment-has-multiple-replicas",
        "gatekeeper:K8sReplicaLimits",
        "popeye:POP-500",
    ],
    check: Workload(check),
}

static AT_LEAST: Number = Number {
    name: "at-least",
    about: "How many replicas a workload behind a Service has at least",
    least: 1,
    default: 2,
};

fn check<'m>(fleet: &Fleet<'m>, workload: &Workload<'m>, out: &mut Sink<'_>) {
    let Some(service) = fleet.services_of(workload).next() else {
        return;
    };
    let at_least = out.number(&AT_LEAST);
    let Some(replicas) = fleet
        .replicas(workload)
        .filter(|replicas| (1..at_least).contains(replicas))
    else {
        return;
    };
    if !fleet.scalers_of(workload).is_empty() {
        return;
    }
    let route = workload.manifest.route("spec.replicas");
    let count = match replicas {
        1 => "a single pod".to_owned(),
        more => format!("only {more} pods"),
    };
    let message = format!(
        "Service `{}` has {count} behind it, of {}",
        service.id.name,
        workload.title()
    );
    let help = match at_least {
        2 => "run two replicas or more, on different nodes".to_owned(),
        more => format!("run {more} replicas or more, on different nodes"),
    };
    match workload.manifest.at(&route) {
        Some(_) => out.value(route, message, help),
        None => out.missing(route, message, help),
    }
}
