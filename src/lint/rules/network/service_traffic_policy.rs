use crate::lint::prelude::*;

rule! {
    name: "service-traffic-policy",
    group: Network,
    severity: Info,
    presets: [],
    peers: ["popeye:POP-1107", "popeye:POP-1108"],
    check: Kinds(&[("", "Service")], check),
}

fn check<'m>(_: &Fleet<'m>, service: &'m Manifest, out: &mut Sink<'_>) {
    let is_balanced = service
        .get("spec.type")
        .is_some_and(|kind| kind.str() == "LoadBalancer");
    if is_balanced
        && service
            .get("spec.externalTrafficPolicy")
            .is_none_or(|policy| policy.str() == "Cluster")
    {
        out.value(
            service.route("spec.type"),
            format!(
                "pods behind Service `{}` do not see their clients' addresses",
                service.id.name
            ),
            "set `externalTrafficPolicy: Local`",
        );
    }
}
