use crate::lint::prelude::*;

rule! {
    name: "ingress-wildcard-host",
    group: Network,
    severity: Info,
    presets: [Strict, Security],
    peers: [
        "datree:INGRESS_INCORRECT_HOST_VALUE_PERMISSIVE",
        "kyverno:disallow-empty-ingress-host",
        "kyverno:restrict-ingress-wildcard",
        "gatekeeper:K8sBlockWildcardIngress",
    ],
    check: Kinds(&[("networking.k8s.io", "Ingress")], check),
}

fn check<'m>(_: &Fleet<'m>, ingress: &'m Manifest, out: &mut Sink<'_>) {
    for (index, rule) in ingress
        .get("spec.rules")
        .into_iter()
        .flat_map(NodeRef::items)
        .enumerate()
    {
        let host = rule.get("host").map_or("", NodeRef::str);
        if host.is_empty() || host.starts_with('*') {
            let whose = if host.is_empty() { "any host" } else { host };
            out.value(
                ingress.route("spec.rules").then(index).then("host"),
                format!("Ingress `{}` takes requests for {whose}", ingress.id.name),
                "name the hosts",
            );
        }
    }
}
