use crate::lint::prelude::*;

rule! {
    name: "ingress-nginx-snippets",
    group: Network,
    severity: Warning,
    presets: [Recommended, Security],
    peers: [
        "checkov:CKV_K8S_152",
        "checkov:CKV_K8S_153",
        "checkov:CKV_K8S_154",
        "datree:INGRESS_CVE2021_25742_INCORRECT_SERVER_SNIPPET_KEY",
        "kyverno:disallow-ingress-nginx-custom-snippets",
    ],
    check: Kinds(&[("networking.k8s.io", "Ingress")], check),
}

fn check<'m>(_: &Fleet<'m>, ingress: &'m Manifest, out: &mut Sink<'_>) {
    for (key, _) in ingress
        .get("metadata.annotations")
        .into_iter()
        .flat_map(NodeRef::entries)
    {
        if key.str().starts_with("nginx.ingress.kubernetes.io/") && key.str().ends_with("-snippet") {
            out.key(
                ingress.route("metadata.annotations").then(key.str()),
                format!("Ingress `{}` puts text of its own into the configuration of nginx", ingress.id.name),
                "use the annotation that does the same: by a snippet one reads every certificate of the controller",
            );
        }
    }
}
