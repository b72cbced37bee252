use crate::lint::prelude::*;

rule! {
    name: "duplicate-ingress-host-path",
    group: Network,
    severity: Warning,
    presets: [Default],
    peers: ["gatekeeper:K8sUniqueIngressHost", "kyverno:unique-ingress-host-and-path"],
    check: Kinds(&[("networking.k8s.io", "Ingress")], check),
}

fn check<'m>(_: &Fleet<'m>, ingress: &'m Manifest, out: &mut Sink<'_>) {
    let mut seen = std::collections::BTreeSet::new();
    for (rule, node) in ingress
        .get("spec.rules")
        .into_iter()
        .flat_map(NodeRef::items)
        .enumerate()
    {
        let host = node.get("host").map_or("", NodeRef::str);
        let paths = node.get("http").and_then(|http| http.get("paths"));
        for (index, node) in paths.into_iter().flat_map(NodeRef::items).enumerate() {
            let text = |key| node.get(key).map_or("", NodeRef::str);
            if !seen.insert((host, text("path"), text("pathType"))) {
                out.value(
                    ingress
                        .route("spec.rules")
                        .then(rule)
                        .below("http.paths")
                        .then(index)
                        .then("path"),
                    format!(
                        "Ingress `{}` asks for `{host}{}` twice",
                        ingress.id.name,
                        text("path")
                    ),
                    "change host or path of one, or remove it",
                );
            }
        }
    }
}
