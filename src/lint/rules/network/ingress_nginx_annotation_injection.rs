use crate::lint::prelude::*;

rule! {
    name: "ingress-nginx-annotation-injection",
    group: Network,
    severity: Error,
    presets: [Default, Security],
    confidence: Likely,
    peers: ["trivy:KCV-0093", "kyverno:restrict-annotations"],
    check: Kinds(&[("networking.k8s.io", "Ingress")], check),
}

/// Annotations whose values the controller wrote into nginx's configuration unchecked (CVE-2025-1097, CVE-2025-1098,
/// CVE-2025-24514).
const UNCHECKED: &[&str] = &["auth-tls-match-cn", "auth-url", "mirror-host", "mirror-target"];

fn check<'m>(_: &Fleet<'m>, ingress: &'m Manifest, out: &mut Sink<'_>) {
    for (key, value) in ingress
        .get("metadata.annotations")
        .into_iter()
        .flat_map(NodeRef::entries)
    {
        let name = key.str().strip_prefix("nginx.ingress.kubernetes.io/");
        let ends_directive = value.str().trim_end().contains(['\n', '\r', ';', '{', '}', '#']);
        // In a regular expression of a common name, braces are a count.
        let is_expression = value.str().starts_with("CN=") && !value.str().contains(['\n', ';', '#']);
        if name.is_some_and(|name| UNCHECKED.contains(&name)) && ends_directive && !is_expression {
            out.value(
                ingress.route("metadata.annotations").then(key.str()),
                format!(
                    "the value of `{}` would end a directive of nginx and begin another one",
                    key.str()
                ),
                "write an address without line ends, `;`, `#` and braces, and run ingress-nginx 1.12.1, 1.11.5 or newer",
            );
        }
    }
}
