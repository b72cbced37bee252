use crate::lint::prelude::*;

rule! {
    name: "no-readiness-probe",
    group: Probes,
    severity: Warning,
    presets: [Default],
    peers: [
        "kube-linter:no-readiness-probe",
        "kube-score:pod-probes",
        "polaris:readinessProbeMissing",
        "checkov:CKV_K8S_9",
        "datree:CONTAINERS_MISSING_READINESSPROBE_KEY",
        "popeye:POP-104",
    ],
    check: Container(check),
}

fn check<'m>(fleet: &Fleet<'m>, workload: &Workload<'m>, container: &Container<'m>, out: &mut Sink<'_>) {
    if workload.runs_to_completion()
        || container.role != Role::Main
        || container.get("readinessProbe").is_some()
    {
        return;
    }
    let service = fleet.services_of(workload).next();
    // Something with no port and no Service has nothing to be ready for.
    if container.ports.is_empty() && service.is_none() {
        return;
    }
    // The container that serves has the probe; what runs beside it, a metrics exporter say, needs none.
    if another_is_ready(workload)
        && !fleet
            .services_of(workload)
            .any(|service| targets(service, container))
    {
        return;
    }
    let name = container.name();
    let title = workload.title();
    let message = match service {
        Some(service) => format!(
            "container `{name}` of {title} takes traffic from Service `{}` but has no `readinessProbe`",
            service.id.name
        ),
        None => format!("container `{name}` of {title} opens a port but has no `readinessProbe`"),
    };
    let mut finding = Finding::new(&RULE.meta, workload.at(container.route.clone(), Part::Missing), message).help(
        "add a `readinessProbe` that fails until the process can serve; without it a pod gets traffic the moment it starts, and a rollout does not wait for it",
    );
    if let Some(service) = service {
        let selector = Route::root().then("spec").then("selector");
        finding = finding.related(
            Anchor::Route(service.number, selector, Part::Key),
            "selects this pod",
        );
    }
    out.push(finding);
}

/// Whether a Service sends traffic to a port that this container says it opens.
fn targets(service: &Manifest, container: &Container<'_>) -> bool {
    let ports = service.node().get("spec").and_then(|spec| spec.get("ports"));
    ports.into_iter().flat_map(NodeRef::items).any(|port| {
        let wanted = port
            .get("targetPort")
            .or_else(|| port.get("port"))
            .and_then(PortRef::of);
        wanted.is_some_and(|wanted| container.ports.iter().any(|port| port.is(wanted)))
    })
}

/// Whether some container of the pod has a readiness probe.
fn another_is_ready(workload: &Workload<'_>) -> bool {
    workload
        .running()
        .any(|container| container.get("readinessProbe").is_some())
}
