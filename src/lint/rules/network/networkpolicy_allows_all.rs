use crate::lint::prelude::*;

rule! {
    name: "networkpolicy-allows-all",
    group: Network,
    severity: Info,
    presets: [Recommended, Security],
    peers: [
        "kubeaudit:AllowAllIngressNetworkPolicyExists",
        "kubeaudit:AllowAllEgressNetworkPolicyExists",
    ],
    check: Kinds(&[("networking.k8s.io", "NetworkPolicy")], check),
}

fn check<'m>(_: &Fleet<'m>, policy: &'m Manifest, out: &mut Sink<'_>) {
    for (rules, what) in [("ingress", "everything in"), ("egress", "everything out")] {
        let path = format!("spec.{rules}");
        for (index, rule) in policy.get(&path).into_iter().flat_map(NodeRef::items).enumerate() {
            if rule.is_null() || rule.is_mapping() && rule.is_empty() {
                out.value(
                    policy.route(&path).then(index),
                    format!("NetworkPolicy `{}` lets {what}", policy.id.name),
                    "name who may talk in `from`, or to whom in `to`",
                );
            }
        }
    }
}
