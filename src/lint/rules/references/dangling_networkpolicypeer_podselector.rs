use super::selecting::{Selecting, unselecting};
use crate::lint::prelude::*;

rule! {
    name: "dangling-networkpolicypeer-podselector",
    group: References,
    severity: Warning,
    presets: [Recommended],
    confidence: Likely,
    peers: [
        "kube-linter:dangling-networkpolicypeer-podselector",
        "popeye:POP-1201",
        "popeye:POP-1202",
        "popeye:POP-1208",
    ],
    check: Kinds(&[("networking.k8s.io", "NetworkPolicy")], check),
}

fn check<'m>(fleet: &Fleet<'m>, policy: &'m Manifest, out: &mut Sink<'_>) {
    for (rules, peers) in [("ingress", "from"), ("egress", "to")] {
        let path = format!("spec.{rules}");
        for (rule, node) in policy.get(&path).into_iter().flat_map(NodeRef::items).enumerate() {
            for (peer, node) in node.get(peers).into_iter().flat_map(NodeRef::items).enumerate() {
                if node.get("namespaceSelector").is_some() {
                    continue;
                }
                let route = policy
                    .route(&path)
                    .then(rule)
                    .then(peers)
                    .then(peer)
                    .then("podSelector");
                let Some(Selecting { nearest, selector }) = unselecting(fleet, policy, &route.to_string())
                else {
                    continue;
                };
                out.key(
                    route,
                    format!("NetworkPolicy `{}` means pods with the labels `{selector}` of its own namespace, and none has them", policy.id.name),
                    nearest,
                );
            }
        }
    }
}
