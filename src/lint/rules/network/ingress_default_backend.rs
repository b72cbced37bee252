use crate::lint::prelude::*;

rule! {
    name: "ingress-default-backend",
    group: Network,
    severity: Info,
    presets: [],
    peers: ["kyverno:restrict-ingress-defaultbackend"],
    check: Kinds(&[("networking.k8s.io", "Ingress")], check),
}

fn check<'m>(_: &Fleet<'m>, ingress: &'m Manifest, out: &mut Sink<'_>) {
    if ingress.get("spec.defaultBackend").is_some() {
        out.key(
            ingress.route("spec.defaultBackend"),
            format!(
                "Ingress `{}` takes every request that no rule asks for",
                ingress.id.name
            ),
            "write a rule with the host instead",
        );
    }
}
