use crate::lint::prelude::*;

rule! {
    name: "ingress-path-injection",
    group: Network,
    severity: Warning,
    presets: [Security],
    confidence: Likely,
    peers: ["kyverno:restrict-ingress-paths"],
    check: Kinds(&[("networking.k8s.io", "Ingress")], check),
}

/// What no path of an application holds, and an attack on nginx needs (CVE-2021-25745).
const SUSPICIOUS: &[&str] = &[
    "/etc/nginx",
    "/etc/passwd",
    "/proc/",
    "/var/run/secrets",
    "/root/",
    "alias ",
    "by_lua",
    "{",
    ";",
    "\n",
];

fn check<'m>(_: &Fleet<'m>, ingress: &'m Manifest, out: &mut Sink<'_>) {
    let rules = ingress.get("spec.rules").into_iter().flat_map(NodeRef::items);
    for (rule, node) in rules.enumerate() {
        let paths = crate::manifest::view::get(node, "http.paths");
        for (index, entry) in paths.into_iter().flat_map(NodeRef::items).enumerate() {
            let path = entry.get("path").map_or("", NodeRef::str);
            let is_expression = entry
                .get("pathType")
                .is_some_and(|kind| kind.str() == "ImplementationSpecific");
            let part = SUSPICIOUS
                .iter()
                .find(|part| path.contains(*part) && !(is_expression && **part == "{"));
            if let Some(part) = part {
                out.value(
                    ingress
                        .route("spec.rules")
                        .then(rule)
                        .below("http.paths")
                        .then(index)
                        .then("path"),
                    format!(
                        "a path of Ingress `{}` holds `{}`, which leads out of its place in nginx's configuration",
                        ingress.id.name,
                        part.escape_debug()
                    ),
                    "write the path as it stands in an address",
                );
            }
        }
    }
}
