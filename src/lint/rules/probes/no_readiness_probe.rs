use crate::lint::prelude::*;
use crate::manifest::fleet::is_headless;

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
    let mut services = routing(fleet, workload);
    let service = services
        .find(|service| targets(service, container))
        .or_else(|| routing(fleet, workload).next());
    let name = container.name();
    let title = workload.title();
    let message = match service {
        Some(service) => format!(
            "container `{name}` of {title} takes traffic from Service `{}` but has no `readinessProbe`",
            service.id.name
        ),
        None => format!("container `{name}` of {title} opens a port but has no `readinessProbe`"),
    };
    let without = match service {
        Some(_) => "a pod gets traffic the moment it starts, and a rollout does not wait for it",
        None => "a rollout does not wait for it",
    };
    let help = format!("add a `readinessProbe` that fails until the process can serve; without it {without}");
    let place = workload.at(container.at("readinessProbe"), Part::Missing);
    let mut finding = Finding::new(&RULE.meta, place, message).help(help);
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
        && !container.is_injected()
        && container.get("readinessProbe").is_none()
}

/// Whether others may wait for this container. Without a Service that goes by readiness it has nothing to be ready for,
/// unless it opens a port and the input has no Services at all: they are elsewhere. And where another container has the probe
/// or is what a Service asks, what runs beside it, a metrics exporter say, needs none.
pub(super) fn serves<'m>(fleet: &Fleet<'m>, workload: &Workload<'m>, container: &Container<'m>) -> bool {
    let is_asked =
        |container: &Container<'m>| routing(fleet, workload).any(|service| targets(service, container));
    let has_ports = || {
        let mut ports = container.ports.iter();
        ports.any(|port| !port.name.is_some_and(is_instrument))
    };
    let is_elsewhere = || has_ports() && !fleet.would_hold(("", "Service"), Some(workload.namespace));
    if routing(fleet, workload).next().is_none() && !is_elsewhere() {
        return false;
    }
    is_asked(container) || !another_is_ready(workload) && !workload.running().any(is_asked)
}

/// The Services that send traffic to a workload's pods once they are ready: not those that tell of pods at any time, nor the
/// headless one that a StatefulSet names to give its pods their names, nor one that is there to be scraped.
fn routing<'m>(fleet: &Fleet<'m>, workload: &Workload<'m>) -> impl Iterator<Item = &'m Manifest> {
    let governing = workload.manifest.get("spec.serviceName").map(NodeRef::str);
    fleet.services_of(workload).filter(move |service| {
        let at_any_time = service.get("spec.publishNotReadyAddresses");
        at_any_time.and_then(NodeRef::as_bool) != Some(true)
            && !(is_headless(service) && governing == Some(&*service.id.name))
            && !is_scraped_only(service)
    })
}

/// Whether a Service or all of its ports have names of instruments: who scrapes them finds the pods by itself, and waits for none.
fn is_scraped_only(service: &Manifest) -> bool {
    let mut ports = service
        .get("spec.ports")
        .into_iter()
        .flat_map(NodeRef::items)
        .peekable();
    let name = |port: NodeRef<'_>| port.get("name").is_some_and(|name| is_instrument(name.str()));
    is_instrument(&service.id.name) || ports.peek().is_some() && ports.all(name)
}

/// Whether a port's name says that it shows the program from inside: `http-metrics`, `pprof`.
fn is_instrument(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["metrics", "prometheus", "pprof", "profil"]
        .iter()
        .any(|word| name.contains(word))
}

/// Whether this container says it opens the first port of a Service, which is what the Service is there for: the metrics of
/// an exporter come behind, and its failure must not take the traffic from what stands before it.
fn targets(service: &Manifest, container: &Container<'_>) -> bool {
    let ports = service.node().get("spec").and_then(|spec| spec.get("ports"));
    ports.and_then(|ports| ports.item(0)).is_some_and(|port| {
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
