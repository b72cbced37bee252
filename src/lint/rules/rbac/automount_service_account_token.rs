use crate::lint::prelude::*;

rule! {
    name: "automount-service-account-token",
    group: Rbac,
    severity: Info,
    presets: [Strict, Security],
    confidence: Likely,
    peers: [
        "polaris:automountServiceAccountToken",
        "kubesec:AutomountServiceAccountToken",
        "kubeaudit:AutomountServiceAccountTokenTrueAndDefaultSA",
        "trivy:KSV-0036",
        "checkov:CKV_K8S_38",
        "datree:SRVACC_INCORRECT_AUTOMOUNTSERVICEACCOUNTTOKEN_VALUE",
        "popeye:POP-301",
        "popeye:POP-303",
        "kyverno:restrict-automount-sa-token",
        "gatekeeper:K8sPSPAutomountServiceAccountTokenPod",
    ],
    fix: Unsafe,
    check: Pods(check),
}

fn check<'m>(fleet: &Fleet<'m>, workload: &Workload<'m>, out: &mut Sink<'_>) {
    let name = workload.get("serviceAccountName").map_or("default", NodeRef::str);
    let account = fleet.object(("", "ServiceAccount"), Some(workload.namespace), name);
    let says_no = |node: Option<NodeRef<'_>>| node.and_then(NodeRef::as_bool) == Some(false);
    if says_no(workload.get("automountServiceAccountToken"))
        || workload.get("automountServiceAccountToken").is_none()
            && says_no(account.and_then(|account| account.get("automountServiceAccountToken")))
        || fleet.is_bound(name)
    {
        return;
    }
    out.missing(
        workload.route("automountServiceAccountToken"),
        format!(
            "pods of {} get a token of ServiceAccount `{name}`, which no binding gives a role",
            workload.title()
        ),
        "set `automountServiceAccountToken: false`, in the pod or in its ServiceAccount",
    );
    let route = workload.route("automountServiceAccountToken");
    out.mend(Fix::risky(Edit::Set(route, false.into())));
}
