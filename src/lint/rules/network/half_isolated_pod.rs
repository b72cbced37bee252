use crate::lint::prelude::*;

rule! {
    name: "half-isolated-pod",
    group: Network,
    severity: Info,
    presets: [],
    confidence: Likely,
    peers: ["kube-score:pod-networkpolicy", "polaris:missingNetworkPolicy"],
    check: Workload(check),
}

fn check<'m>(fleet: &Fleet<'m>, workload: &Workload<'m>, out: &mut Sink<'_>) {
    let mut policies = fleet.policies_of(workload).peekable();
    if workload.is_true("hostNetwork") || policies.peek().is_none() {
        return;
    }
    let (mut into, mut out_of) = (false, false);
    for policy in policies {
        into |= limits(policy, "Ingress");
        out_of |= limits(policy, "Egress");
    }
    let free = match (into, out_of) {
        (true, false) => "send to anybody",
        (false, true) => "be reached by anybody",
        _ => return,
    };
    out.value(
        workload.manifest.route("metadata.name"),
        format!(
            "pods of {} may {free}: no NetworkPolicy limits that direction",
            workload.title()
        ),
        "name the direction in `policyTypes`, with rules for what must pass",
    );
}

/// Whether a policy limits a direction: one that does not say limits what comes in, and what goes out if it has rules
/// for that (`SetDefaults_NetworkPolicy`).
pub(super) fn limits(policy: &Manifest, direction: &str) -> bool {
    match policy.get("spec.policyTypes").filter(|types| !types.is_empty()) {
        Some(types) => types.items().any(|kind| kind.str() == direction),
        None => direction == "Ingress" || policy.get("spec.egress").is_some_and(|rules| !rules.is_empty()),
    }
}
