use crate::lint::prelude::*;
use crate::manifest::ingress::paths;

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
    for path in paths(ingress) {
        let (host, text) = (path.host, path.text("path"));
        if !seen.insert((host, text, path.text("pathType"))) {
            out.value(
                path.route().then("path"),
                format!("Ingress `{}` asks for `{host}{text}` twice", ingress.id.name),
                "change host or path of one, or remove it",
            );
        }
    }
}
