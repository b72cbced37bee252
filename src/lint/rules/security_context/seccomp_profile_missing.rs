use crate::lint::prelude::*;

rule! {
    name: "seccomp-profile-missing",
    group: SecurityContext,
    severity: Warning,
    presets: [Strict, Security],
    peers: [
        "kube-score:container-seccomp-profile",
        "kubesec:SeccompAny",
        "kubeaudit:SeccompProfileMissing",
        "trivy:KSV-0030",
        "checkov:CKV_K8S_31",
        "datree:CONTAINERS_INCORRECT_SECCOMP_PROFILE",
        "psa:seccompProfile_restricted",
        "kyverno:restrict-seccomp-strict",
    ],
    fix: Unsafe,
    check: Container(check),
}

fn check<'m>(_: &Fleet<'m>, workload: &Workload<'m>, container: &Container<'m>, out: &mut Sink<'_>) {
    if workload.security(container, "seccompProfile.type").is_none() && !workload.is_windows() {
        out.missing(
            container.at("securityContext.seccompProfile"),
            format!("{} has no filter of system calls", container.title(workload)),
            "set `seccompProfile: {type: RuntimeDefault}` in the pod's `securityContext`",
        );
        let route = container.at("securityContext.seccompProfile.type");
        out.mend(Fix::risky(Edit::Set(route, "RuntimeDefault".into())));
    }
}
