use crate::lint::prelude::*;
use crate::manifest::GroupKind;

rule! {
    name: "dangling-httproute",
    group: References,
    severity: Warning,
    presets: [Default, Availability],
    peers: ["popeye:POP-407"],
    check: Kinds(ROUTES, check),
}

fn check<'m>(fleet: &Fleet<'m>, route: &'m Manifest, out: &mut Sink<'_>) {
    let own = fleet.namespace(route);
    for (rule, node) in route
        .get("spec.rules")
        .into_iter()
        .flat_map(NodeRef::items)
        .enumerate()
    {
        for (index, backend) in node
            .get("backendRefs")
            .into_iter()
            .flat_map(NodeRef::items)
            .enumerate()
        {
            let text = |key| backend.get(key).map(NodeRef::str).filter(|text| !text.is_empty());
            let is_service = text("group").is_none() && text("kind").is_none_or(|kind| kind == "Service");
            let (Some(name), namespace) = (text("name"), text("namespace").unwrap_or(own)) else {
                continue;
            };
            if is_service && fleet.is_missing(("", "Service"), Some(namespace), name) {
                out.value(
                    route
                        .route("spec.rules")
                        .then(rule)
                        .then("backendRefs")
                        .then(index)
                        .then("name"),
                    format!(
                        "{} `{}` sends traffic to the Service `{name}`, which is not there",
                        route.id.kind, route.id.name
                    ),
                    match fleet.nearest_name(("", "Service"), Some(namespace), name) {
                        Some(nearest) => format!("did you mean `{nearest}`?"),
                        None => format!("name a Service of the namespace `{namespace}`"),
                    },
                );
            }
        }
    }
}

const ROUTES: &[GroupKind<'static>] = &[
    ("gateway.networking.k8s.io", "GRPCRoute"),
    ("gateway.networking.k8s.io", "HTTPRoute"),
    ("gateway.networking.k8s.io", "TCPRoute"),
    ("gateway.networking.k8s.io", "TLSRoute"),
    ("gateway.networking.k8s.io", "UDPRoute"),
];
