use crate::lint::prelude::*;

rule! {
    name: "ingress-tls",
    group: Network,
    severity: Info,
    presets: [Strict, Security],
    confidence: Likely,
    peers: [
        "polaris:tlsSettingsMissing",
        "kyverno:require-ingress-https",
        "gatekeeper:K8sHttpsOnly",
    ],
    check: Kinds(&[("networking.k8s.io", "Ingress")], check),
}

fn check<'m>(_: &Fleet<'m>, ingress: &'m Manifest, out: &mut Sink<'_>) {
    let mut annotations = ingress
        .get("metadata.annotations")
        .into_iter()
        .flat_map(NodeRef::entries);
    let is_elsewhere = annotations.any(|(key, _)| {
        [
            "certificate-arn",
            "managed-certificates",
            "pre-shared-cert",
            "ssl-cert",
        ]
        .iter()
        .any(|word| key.str().contains(word))
    });
    if ingress.get("spec.tls").is_none_or(NodeRef::is_empty) && !is_elsewhere {
        out.missing(
            ingress.route("spec.tls"),
            format!("Ingress `{}` does not speak TLS", ingress.id.name),
            "add `spec.tls` with the hosts and the Secret of their certificate",
        );
    }
}
