use crate::lint::prelude::*;
use crate::manifest::ingress::paths;

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
    for path in paths(ingress) {
        let text = path.text("path");
        let is_expression = path.text("pathType") == "ImplementationSpecific";
        let part = SUSPICIOUS
            .iter()
            .find(|part| text.contains(*part) && !(is_expression && **part == "{"));
        if let Some(part) = part {
            out.value(
                path.route().then("path"),
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
