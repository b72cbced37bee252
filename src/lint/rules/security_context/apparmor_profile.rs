use crate::lint::prelude::*;

rule! {
    name: "apparmor-profile",
    group: SecurityContext,
    severity: Warning,
    presets: [Recommended, Security],
    peers: [
        "kubesec:ApparmorAny",
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
    // The annotation is how it was said before 1.30.
    let key = format!(
        "container.apparmor.security.beta.kubernetes.io/{}",
        container.name()
    );
    let annotation = workload.template.below("metadata.annotations").then(&*key);
    let by_annotation = workload.manifest.at(&annotation).map(|value| (value, annotation));
    let by_field = workload.security(container, "appArmorProfile.type");
    if let Some((profile, route)) = by_field.or(by_annotation)
        && profile.str().eq_ignore_ascii_case("unconfined")
    {
        out.value(
            route,
            format!("AppArmor is switched off for {}", container.title(workload)),
            "remove it: the runtime's profile stops some ways out of the container",
        );
    }
}
