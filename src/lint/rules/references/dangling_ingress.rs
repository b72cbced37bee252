use crate::lint::prelude::*;
use crate::manifest::ingress::paths;
use crate::manifest::view::get;

rule! {
    name: "dangling-ingress",
    group: References,
    severity: Warning,
    presets: [Default, Availability],
    peers: [
        "kube-linter:dangling-ingress",
        "kube-score:ingress-targets-service",
        "popeye:POP-1401",
        "popeye:POP-1402",
        "popeye:POP-1404",
    ],
    check: Kinds(&[("networking.k8s.io", "Ingress")], check),
}

fn check<'m>(fleet: &Fleet<'m>, ingress: &'m Manifest, out: &mut Sink<'_>) {
    let mut backends = Vec::new();
    if let Some(backend) = ingress.get("spec.defaultBackend.service") {
        backends.push((ingress.route("spec.defaultBackend.service"), backend));
    }
    for path in paths(ingress) {
        if let Some(backend) = get(path.node, "backend.service") {
            backends.push((path.route().below("backend.service"), backend));
        }
    }
    for (route, backend) in backends {
        check_backend(fleet, ingress, &route, backend, out);
    }
}

const SERVICE: (&str, &str) = ("", "Service");

fn check_backend<'m>(
    fleet: &Fleet<'m>,
    ingress: &'m Manifest,
    route: &Route,
    backend: NodeRef<'_>,
    out: &mut Sink<'_>,
) {
    let namespace = fleet.namespace(ingress);
    let Some(name) = backend.get("name").map(NodeRef::str) else {
        return;
    };
    let port = backend.get("port");
    let port = |key| {
        port.and_then(|port: NodeRef<'_>| port.get(key))
            .filter(|node| !node.is_null())
    };
    if port("name").is_some_and(|name| name.str() == "use-annotation") {
        return;
    }
    let Some(service) = fleet.object(SERVICE, Some(namespace), name) else {
        if fleet.is_missing(SERVICE, Some(namespace), name) {
            let help = match fleet.nearest_name(SERVICE, Some(namespace), name) {
                Some(nearest) => format!("did you mean `{nearest}`?"),
                None => "name a Service of the Ingress' own namespace".to_owned(),
            };
            out.value(
                route.then("name"),
                format!(
                    "Ingress `{}` sends traffic to the Service `{name}`, which is not there",
                    ingress.id.name
                ),
                help,
            );
        }
        return;
    };
    let ports = || service.get("spec.ports").into_iter().flat_map(NodeRef::items);
    let (key, is_there) = match (port("name"), port("number").and_then(NodeRef::as_i64)) {
        (Some(wanted), _) => (
            "name",
            ports().any(|port| port.get("name").is_some_and(|name| name.str() == wanted.str())),
        ),
        (None, Some(wanted)) => (
            "number",
            ports().any(|port| port.get("port").and_then(NodeRef::as_i64) == Some(wanted)),
        ),
        (None, None) => return,
    };
    if !is_there && ports().next().is_some() {
        let open: Vec<String> = ports()
            .map(|port| {
                let number = port.get("port").map_or("?", NodeRef::str);
                match port.get("name") {
                    Some(name) => format!("{number} (`{}`)", name.str()),
                    None => number.to_owned(),
                }
            })
            .collect();
        let wanted = port(key).map_or("", NodeRef::str);
        let message = format!(
            "Ingress `{}` asks for port `{wanted}` of Service `{name}`, which has no such port",
            ingress.id.name
        );
        let finding = out
            .at(route.below("port").then(key), Part::Value, message)
            .help(format!("the Service has {}", open.join(", ")))
            .related(
                Anchor::Route(service.number, service.route("spec.ports"), Part::Key),
                "its ports",
            );
        out.push(finding);
    }
}
