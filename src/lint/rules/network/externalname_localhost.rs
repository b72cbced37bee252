use crate::lint::prelude::*;

rule! {
    name: "externalname-localhost",
    group: Network,
    severity: Warning,
    presets: [Default, Security],
    peers: ["kyverno:no-localhost-service"],
    check: Kinds(&[("", "Service")], check),
}

fn check<'m>(_: &Fleet<'m>, service: &'m Manifest, out: &mut Sink<'_>) {
    let Some(name) = service.get("spec.externalName").map(NodeRef::str) else {
        return;
    };
    if service
        .get("spec.type")
        .is_none_or(|kind| kind.str() != "ExternalName")
    {
        return;
    }
    let host = name.trim_end_matches('.');
    let problem = if host == "localhost" || host.ends_with(".localhost") {
        "leads each client to itself"
    } else if host.parse::<std::net::IpAddr>().is_ok() {
        "names an address, which never resolves"
    } else {
        return;
    };
    out.value(
        service.route("spec.externalName"),
        format!("Service `{}` {problem}", service.id.name),
        "name a host; for an address make a Service without selector and an EndpointSlice",
    );
}
