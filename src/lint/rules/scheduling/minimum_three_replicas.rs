use crate::lint::prelude::*;

rule! {
    name: "minimum-three-replicas",
    group: Scheduling,
    severity: Info,
    presets: [],
    parameters: [Number(AT_LEAST)],
    peers: ["kube-linter:minimum-three-replicas", "polaris:deploymentMissingReplicas"],
    check: Workload(check),
}

/// Three, so that one is left when a node fails while another is drained.
static AT_LEAST: Number = Number {
    name: "at-least",
    about: "How many replicas a workload has at least",
    least: 1,
    default: 3,
};

fn check<'m>(fleet: &Fleet<'m>, workload: &Workload<'m>, out: &mut Sink<'_>) {
    let at_least = out.number(&AT_LEAST);
    let Some(few) = fleet.replicas(workload).filter(|replicas| *replicas < at_least) else {
        return;
    };
    let route = workload.manifest.route("spec.replicas");
    let message = format!("{} has fewer than {at_least} pods: {few}", workload.title());
    let help = format!("run {at_least} replicas or more, if the program can");
    match workload.manifest.at(&route) {
        Some(_) => out.value(route, message, help),
        None => out.missing(route, message, help),
    }
}
