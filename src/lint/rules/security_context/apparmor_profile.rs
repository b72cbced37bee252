use crate::lint::prelude::*;

rule! {
    name: "apparmor-profile",
    group: SecurityContext,
    severity: Warning,
    presets: [Recommended, Security],
    peers: [
        "kubesec:ApparmorUnconfined",
        "kubeaudit:AppArmorDisabled",
        "trivy:KSV-0002",
        "psa:appArmorProfile",
        "kyverno:restrict-apparmor-profiles",
        "gatekeeper:K8sPSPAppArmor",
    ],
    check: Container(check),
}

fn check<'m>(_: &Fleet<'m>, workload: &Workload<'m>, container: &Container<'m>, out: &mut Sink<'_>) {
    let Some((kind, route)) = workload.security(container, "appArmorProfile.type") else {
        return;
    };
    if kind.str() == "Unconfined" {
        out.value(
            route,
            format!("AppArmor is switched off for {}", container.title(workload)),
            "remove it: the runtime's profile stops some ways out of the container",
        );
    }
}
