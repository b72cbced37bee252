use crate::lint::prelude::*;
use crate::lint::rules::probes::probe_port::asked;
use crate::manifest::fleet::is_headless;
use crate::manifest::view::protocol;
use crate::suggest;

rule! {
    name: "service-port-mismatch",
    group: Selectors,
    severity: Warning,
    presets: [Default],
    peers: ["popeye:POP-1106", "popeye:POP-1101"],
    check: Object(check),
}

fn check<'m>(fleet: &Fleet<'m>, service: &'m Manifest, out: &mut Sink<'_>) {
    let workloads = fleet.behind(service);
    // An injected gateway opens what its configuration asks for.
    let is_injected = |workload: &&Workload<'_>| workload.running().any(Container::is_injected);
    if workloads.is_empty() || workloads.iter().any(is_injected) {
        return;
    }
    let Some(spec) = service.node().get("spec") else {
        return;
    };
    // The ports of a headless Service are for discovery; clients connect to the pod itself.
    let headless = is_headless(service);
    let route = Route::root().then("spec").then("ports");
    let ports = spec.get("ports").into_iter().flat_map(NodeRef::items);
    let targets: Vec<_> = ports.map(|port| Some((target(port)?, protocol(port)))).collect();
    let is_open = |wanted, protocol| {
        let mut workloads = workloads.iter();
        workloads.any(|workload| workload.serves(wanted, protocol) || is_used(workload, wanted))
    };
    let undeclared = workloads
        .iter()
        .all(|workload| workload.running().all(|container| container.ports.is_empty()));
    // Who reaches one listed port and another that is not listed more likely forgot to list that.
    let reaches = targets
        .iter()
        .flatten()
        .any(|((_, wanted), protocol)| is_open(*wanted, protocol));
    for (index, port) in targets.into_iter().enumerate() {
        let Some(((key, wanted), protocol)) = port else {
            continue;
        };
        let is_number = matches!(wanted, PortRef::Number(_));
        if is_open(wanted, protocol) || is_number && (undeclared || headless || reaches) {
            continue;
        }
        let anchor = Anchor::Route(service.number, route.then(index).then(key), Part::Value);
        out.push(mismatch(service, anchor, wanted, protocol, &workloads));
    }
}

/// The port of the pods that a port of a Service leads to, and the field that says so: a `targetPort` of 0 or nothing is the
/// Service's own port (`SetDefaults_Service`).
fn target<'m>(port: NodeRef<'m>) -> Option<(&'static str, PortRef<'m>)> {
    let read = |key: &'static str| Some((key, PortRef::of(port.get(key)?)?));
    let target = read("targetPort").filter(|(_, target)| *target != PortRef::Number(0));
    target.or_else(|| read("port"))
}

/// Whether a probe asks a container at this port, or its program is told the number: it listens there, listed or not.
fn is_used(workload: &Workload<'_>, port: PortRef<'_>) -> bool {
    let PortRef::Number(number) = port else {
        return false;
    };
    let probes = ["readinessProbe", "livenessProbe", "startupProbe"];
    workload.running().any(|container| {
        let mut asked = probes.iter().filter_map(|probe| asked(probe, container));
        asked.any(|asked| asked.port == port) || is_told(container, &number.to_string())
    })
}

/// Whether a number is in the command, the arguments or the environment of a container.
fn is_told(container: &Container<'_>, number: &str) -> bool {
    let words = ["command", "args"].into_iter();
    let words = words
        .flat_map(|list| container.items(list))
        .map(|item| item.node.str());
    let values = container.items("env").map(|variable| variable.text("value"));
    words.chain(values).any(|text| {
        text.split(|char: char| !char.is_ascii_digit())
            .any(|word| word == number)
    })
}

fn mismatch(
    service: &Manifest,
    anchor: Anchor,
    wanted: PortRef<'_>,
    protocol: &str,
    workloads: &[&Workload<'_>],
) -> Finding {
    let service = &service.id.name;
    let titles = workloads
        .iter()
        .map(|workload| workload.title())
        .collect::<Vec<_>>()
        .join(", ");
    let all = || {
        workloads
            .iter()
            .flat_map(|workload| workload.running())
            .flat_map(|container| &container.ports)
    };
    match wanted {
        PortRef::Name(name) => {
            let known: Vec<&str> = all().filter_map(|port| port.name).collect();
            let help = if let Some(other) = all().find(|port| port.name == Some(name)) {
                let message = format!(
                    "Service `{service}` sends {protocol} to the port `{name}`, which is a {} port in {titles}",
                    other.protocol
                );
                return Finding::new(&RULE.meta, anchor, message)
                    .severity(Severity::Error)
                    .help("write the same `protocol` in both places: a name is found only among ports of one protocol");
            } else if name.bytes().all(|byte| byte.is_ascii_digit()) {
                format!("write the number without quotes: `targetPort: {name}`")
            } else if let Some(nearest) = suggest::nearest(name, known.iter().copied()) {
                format!("did you mean `{nearest}`?")
            } else if known.is_empty() {
                format!("give the container's port the name `{name}`, or write its number here")
            } else {
                format!("port names of these pods: {}", known.join(", "))
            };
            let message = format!(
                "Service `{service}` sends traffic to the port `{name}`, but no container of {titles} has a port of that name"
            );
            Finding::new(&RULE.meta, anchor, message)
                .severity(Severity::Error)
                .help(help)
        }
        PortRef::Number(number) => {
            let open = all()
                .map(|port| port.number.to_string())
                .collect::<Vec<_>>()
                .join(", ");
            let message = format!(
                "Service `{service}` sends traffic to port {number}, which no container of {titles} opens"
            );
            Finding::new(&RULE.meta, anchor, message).help(format!(
                "ports opened there: {open}; set `targetPort` to the one that serves, best by its name"
            ))
        }
    }
}
