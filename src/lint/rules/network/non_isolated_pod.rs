use crate::lint::prelude::*;

rule! {
    name: "non-isolated-pod",
    group: Network,
    severity: Info,
    presets: [Strict, Security],
    confidence: Likely,
    peers: [
        "kube-linter:non-isolated-pod",
        "kube-score:pod-networkpolicy",
        "polaris:missingNetworkPolicy",
        "checkov:CKV2_K8S_6",
        "popeye:POP-1204",
        "popeye:POP-1205",
        "kyverno:require-network-policy",
    ],
    check: Pods(check),
}

fn check<'m>(fleet: &Fleet<'m>, workload: &Workload<'m>, out: &mut Sink<'_>) {
    let others = [
        ("cilium.io", "CiliumNetworkPolicy"),
        ("cilium.io", "CiliumClusterwideNetworkPolicy"),
        ("crd.projectcalico.org", "NetworkPolicy"),
        ("projectcalico.org", "NetworkPolicy"),
        ("policy.networking.k8s.io", "AdminNetworkPolicy"),
    ];
    if workload.is_true("hostNetwork")
        || fleet.policies_of(workload).next().is_some()
        || others.iter().any(|kind| fleet.has_kind(*kind))
    {
        return;
    }
    out.value(
        workload.manifest.route("metadata.name"),
        format!(
            "no NetworkPolicy of the input holds for pods of {}",
            workload.title()
        ),
        "add one that selects them and names who may talk to them",
    );
}
