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
    if !lacks_probe(workload, container) || !serves(fleet, workload, container) {
        return;
    }
    let mut services = fleet.services_of(workload);
    let service = services
        .find(|service| targets(service, container))
        .or_else(|| fleet.services_of(workload).next());
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

/// Whether a container that runs as long as its pod says nothing of when it is ready.
pub(super) fn lacks_probe(workload: &Workload<'_>, container: &Container<'_>) -> bool {
    !workload.runs_to_completion()
        && container.role == Role::Main
        && container.get("readinessProbe").is_none()
}

/// Whether others may wait for this container. Something with no port and no Service has nothing to be ready for; and
/// where another container has the probe or is what a Service asks, what runs beside it, a metrics exporter say, needs none.
pub(super) fn serves<'m>(fleet: &Fleet<'m>, workload: &Workload<'m>, container: &Container<'m>) -> bool {
    let is_asked = |container: &Container<'m>| {
        fleet
            .services_of(workload)
            .any(|service| targets(service, container))
    };
    if container.ports.is_empty() && fleet.services_of(workload).next().is_none() {
        return false;
    }
    is_asked(container) || !another_is_ready(workload) && !workload.running().any(is_asked)
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
