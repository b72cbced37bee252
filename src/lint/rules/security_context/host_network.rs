use crate::lint::prelude::*;

rule! {
    name: "host-network",
    group: SecurityContext,
    severity: Warning,
    presets: [Recommended, Security],
    peers: [
        "kube-linter:host-network",
        "polaris:hostNetworkSet",
        "kubesec:HostNetwork",
        "kubeaudit:NamespaceHostNetworkTrue",
        "trivy:KSV-0009",
        "checkov:CKV_K8S_19",
        "datree:CONTAINERS_INCORRECT_HOSTNETWORK_VALUE_TRUE",
        "psa:hostNamespaces",
        "kyverno:disallow-host-namespaces",
        "gatekeeper:K8sPSPHostNetworkingPorts",
    ],
    check: Workload(check),
}

fn check<'m>(_: &Fleet<'m>, workload: &Workload<'m>, out: &mut Sink<'_>) {
    if workload.is_true("hostNetwork") {
        out.value(
            workload.route("hostNetwork"),
            format!("pods of {} use the network of their node", workload.title()),
            "remove `hostNetwork`: network policies do not hold for such pods, and they reach the node's local services",
        );
    }
}
