use crate::lint::prelude::*;

rule! {
    name: "service-account-legacy-token",
    group: Rbac,
    severity: Warning,
    presets: [Recommended, Security],
    peers: ["kyverno:deny-secret-service-account-token-type"],
    check: Kinds(&[("", "Secret")], check),
}

fn check<'m>(_: &Fleet<'m>, secret: &'m Manifest, out: &mut Sink<'_>) {
    if secret
        .get("type")
        .is_some_and(|kind| kind.str() == "kubernetes.io/service-account-token")
    {
        out.value(
            secret.route("type"),
            format!("Secret `{}` asks for a token that never ends", secret.id.name),
            "use the pod's projected token, or `kubectl create token` for a short one",
        );
    }
}
