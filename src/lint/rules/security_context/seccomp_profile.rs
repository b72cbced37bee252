use crate::lint::prelude::*;

rule! {
    name: "seccomp-profile",
    group: SecurityContext,
    severity: Warning,
    presets: [Recommended, Security],
    peers: [
        "kubesec:SeccompAny",
        "kubesec:SeccompUnconfined",
        "kubeaudit:SeccompDisabledContainer",
        "kubeaudit:SeccompDisabledPod",
        "trivy:KSV-0104",
        "psa:seccompProfile_baseline",
        "kyverno:restrict-seccomp",
        "gatekeeper:K8sPSPSeccomp",
    ],
    check: Container(check),
}

fn check<'m>(_: &Fleet<'m>, workload: &Workload<'m>, container: &Container<'m>, out: &mut Sink<'_>) {
    let Some((kind, route)) = workload.security(container, "seccompProfile.type") else {
        return;
    };
    if kind.str() == "Unconfined" {
        out.value(
            route,
            format!(
                "the filter of system calls is switched off for {}",
                container.title(workload)
            ),
            "set `type: RuntimeDefault`: it blocks calls that kernel exploits are made of",
        );
    }
}
