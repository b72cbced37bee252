use crate::lint::prelude::*;

rule! {
    name: "privileged-container",
    group: SecurityContext,
    severity: Warning,
    presets: [Recommended, Security],
    peers: [
        "kube-linter:privileged-container",
        "kube-score:container-security-context-privileged",
        "polaris:runAsPrivileged",
        "kubesec:Privileged",
        "kubeaudit:PrivilegedTrue",
        "trivy:KSV-0017",
        "checkov:CKV_K8S_16",
        "datree:CONTAINERS_INCORRECT_PRIVILEGED_VALUE_TRUE",
        "psa:privileged",
        "kyverno:disallow-privileged-containers",
        "gatekeeper:K8sPSPPrivilegedContainer",
    ],
    check: Container(check),
}

fn check<'m>(_: &Fleet<'m>, workload: &Workload<'m>, container: &Container<'m>, out: &mut Sink<'_>) {
    if container.is_true("securityContext.privileged") {
        out.value(
            container.at("securityContext.privileged"),
            format!("{} has all rights of the node", container.title(workload)),
            "remove `privileged`; if the process needs one right, add that capability alone",
        );
    }
}
