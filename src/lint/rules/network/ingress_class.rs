use crate::lint::prelude::*;

rule! {
    name: "ingress-class",
    group: Network,
    severity: Info,
    presets: [Strict],
    peers: ["kyverno:restrict-ingress-classes"],
    check: Kinds(&[("networking.k8s.io", "Ingress")], check),
}

fn check<'m>(_: &Fleet<'m>, ingress: &'m Manifest, out: &mut Sink<'_>) {
    let annotation = ingress
        .get("metadata.annotations")
        .and_then(|annotations| annotations.get("kubernetes.io/ingress.class"));
    if ingress.get("spec.ingressClassName").is_none() && annotation.is_none() {
        out.missing(
            ingress.route("spec.ingressClassName"),
            format!(
                "Ingress `{}` does not say which controller it is for",
                ingress.id.name
            ),
            "set `spec.ingressClassName`",
        );
    }
}
