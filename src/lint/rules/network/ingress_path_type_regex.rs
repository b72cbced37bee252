use crate::lint::prelude::*;
use crate::manifest::ingress::paths;

rule! {
    name: "ingress-path-type-regex",
    group: Network,
    severity: Warning,
    presets: [Default],
    peers: [],
    check: Kinds(&[("networking.k8s.io", "Ingress")], check),
}

fn check<'m>(_: &Fleet<'m>, ingress: &'m Manifest, out: &mut Sink<'_>) {
    let mut annotations = ingress
        .get("metadata.annotations")
        .into_iter()
        .flat_map(NodeRef::entries);
    if annotations.any(|(key, _)| key.str().ends_with("/use-regex") || key.str().ends_with("/rewrite-target"))
    {
        return;
    }
    for path in paths(ingress) {
        let text = path.text("path");
        let is_literal = matches!(path.text("pathType"), "Prefix" | "Exact");
        if is_literal && text.contains(['(', '[', '^', '$', '|', '\\']) {
            out.value(
                path.route().then("path"),
                format!("Ingress `{}` compares `{text}` letter by letter: no request has such a path", ingress.id.name),
                "write a plain prefix, or `pathType: ImplementationSpecific` with the controller's annotation",
            );
        }
    }
}
