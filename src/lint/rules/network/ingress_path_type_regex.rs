use crate::lint::prelude::*;

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
    for (rule, node) in ingress
        .get("spec.rules")
        .into_iter()
        .flat_map(NodeRef::items)
        .enumerate()
    {
        let paths = node.get("http").and_then(|http| http.get("paths"));
        for (index, node) in paths.into_iter().flat_map(NodeRef::items).enumerate() {
            let text = |key| node.get(key).map_or("", NodeRef::str);
            let is_literal = matches!(text("pathType"), "Prefix" | "Exact");
            if is_literal && text("path").contains(['(', '[', '^', '$', '|', '\\']) {
                out.value(
                    ingress.route("spec.rules").then(rule).below("http.paths").then(index).then("path"),
                    format!("Ingress `{}` compares `{}` letter by letter: no request has such a path", ingress.id.name, text("path")),
                    "write a plain prefix, or `pathType: ImplementationSpecific` with the controller's annotation",
                );
            }
        }
    }
}
