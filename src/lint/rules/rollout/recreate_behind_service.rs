use crate::lint::prelude::*;

rule! {
    name: "recreate-behind-service",
    group: Rollout,
    severity: Warning,
    presets: [Recommended, Availability],
    peers: [],
    check: Workload(check),
}

fn check<'m>(fleet: &Fleet<'m>, workload: &Workload<'m>, out: &mut Sink<'_>) {
    let route = workload.manifest.route("spec.strategy.type");
    let is_recreate = workload
        .manifest
        .at(&route)
        .is_some_and(|kind| kind.str() == "Recreate");
    let Some(service) = fleet.services_of(workload).next().filter(|_| is_recreate) else {
        return;
    };
    if let Some(replicas) = fleet.replicas(workload).filter(|replicas| *replicas > 1) {
        let message = format!(
            "an update of {} takes away all {replicas} pods that Service `{}` sends traffic to",
            workload.title(),
            service.id.name
        );
        let finding = out
            .at(route, Part::Value, message)
            .help("use `RollingUpdate`")
            .related(
                Anchor::Route(service.number, service.route("spec.selector"), Part::Key),
                "selects the pods",
            );
        out.push(finding);
    }
}
