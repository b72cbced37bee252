use crate::lint::prelude::*;

rule! {
    name: "run-as-non-root",
    group: SecurityContext,
    severity: Warning,
    presets: [Strict, Security],
    peers: [
        "kube-linter:run-as-non-root",
        "polaris:runAsRootAllowed",
        "kubesec:RunAsNonRoot",
        "kubeaudit:RunAsNonRootCSCFalse",
        "kubeaudit:RunAsNonRootPSCFalseCSCNil",
        "kubeaudit:RunAsNonRootPSCNilCSCNil",
        "trivy:KSV-0012",
        "checkov:CKV_K8S_23",
        "datree:CONTAINERS_INCORRECT_RUNASNONROOT_VALUE",
        "popeye:POP-302",
        "popeye:POP-306",
        "psa:runAsNonRoot",
        "kyverno:require-run-as-nonroot",
        "gatekeeper:K8sPSPAllowedUsers",
    ],
    fix: Unsafe,
    check: Container(check),
}

fn check<'m>(_: &Fleet<'m>, workload: &Workload<'m>, container: &Container<'m>, out: &mut Sink<'_>) {
    let is_user = |(node, _): (NodeRef<'_>, _)| node.as_i64().is_some_and(|user| user > 0);
    let non_root = workload.security(container, "runAsNonRoot");
    if non_root.is_some_and(|(node, _)| node.as_bool() == Some(true))
        || workload.security(container, "runAsUser").is_some_and(is_user)
        || workload.is_windows()
        || workload.get("hostUsers").and_then(NodeRef::as_bool) == Some(false)
    {
        return;
    }
    out.missing(
        container.at("securityContext.runAsNonRoot"),
        format!("{} may run as root", container.title(workload)),
        "set `runAsNonRoot: true` in the pod's or the container's `securityContext`, and a user in the image",
    );
    let route = container.at("securityContext.runAsNonRoot");
    out.mend(Fix::risky(Edit::Set(route, true.into())));
}
