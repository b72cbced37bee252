use crate::lint::prelude::*;

rule! {
    name: "no-read-only-root-fs",
    group: SecurityContext,
    severity: Warning,
    presets: [Strict, Security],
    peers: [
        "kube-linter:no-read-only-root-fs",
        "kube-score:container-security-context-readonlyrootfilesystem",
        "polaris:notReadOnlyRootFilesystem",
        "kubesec:ReadOnlyRootFilesystem",
        "kubeaudit:ReadOnlyRootFilesystemFalse",
        "kubeaudit:ReadOnlyRootFilesystemNil",
        "trivy:KSV-0014",
        "checkov:CKV_K8S_22",
        "datree:CONTAINERS_INCORRECT_READONLYROOTFILESYSTEM_VALUE",
        "kyverno:require-ro-rootfs",
        "gatekeeper:K8sPSPReadOnlyRootFilesystem",
    ],
    fix: Unsafe,
    check: Container(check),
}

fn check<'m>(_: &Fleet<'m>, workload: &Workload<'m>, container: &Container<'m>, out: &mut Sink<'_>) {
    if !container.is_true("securityContext.readOnlyRootFilesystem") && !workload.is_windows() {
        out.missing(
            container.at("securityContext.readOnlyRootFilesystem"),
            format!("{} can write to its own image", container.title(workload)),
            "set `readOnlyRootFilesystem: true` and mount an `emptyDir` where the program writes",
        );
        let route = container.at("securityContext.readOnlyRootFilesystem");
        out.mend(Fix::risky(Edit::Set(route, true.into())));
    }
}
