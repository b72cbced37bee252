use std::collections::BTreeSet;

use super::half_isolated_pod::limits;
use crate::lint::prelude::*;

rule! {
    name: "missing-default-deny",
    group: Network,
    severity: Info,
    presets: [],
    peers: [
        "kubeaudit:MissingDefaultDenyIngressAndEgressNetworkPolicy",
        "kubeaudit:MissingDefaultDenyIngressNetworkPolicy",
        "kubeaudit:MissingDefaultDenyEgressNetworkPolicy",
    ],
    check: Fleet(check),
}

fn check(fleet: &Fleet<'_>, out: &mut Vec<Finding>) {
    let denies = |policy: &&Manifest, direction: &str| {
        let rules = policy.get(&format!("spec.{}", direction.to_ascii_lowercase()));
        policy.get("spec.podSelector").is_some_and(NodeRef::is_empty)
            && limits(policy, direction)
            && rules.is_none_or(NodeRef::is_empty)
    };
    let denied = |direction: &str| -> BTreeSet<&str> {
        let policies = fleet.of_kind(("networking.k8s.io", "NetworkPolicy"));
        let denying = policies.filter(|policy| denies(policy, direction));
        denying.map(|policy| fleet.namespace(policy)).collect()
    };
    let (into, out_of) = (denied("Ingress"), denied("Egress"));
    for namespace in fleet.of_kind(("", "Namespace")) {
        let name = &*namespace.id.name;
        let open = match (into.contains(name), out_of.contains(name)) {
            (true, true) => continue,
            (false, false) => "in or out",
            (false, true) => "in",
            (true, false) => "out",
        };
        let at = Anchor::Route(namespace.number, namespace.route("metadata.name"), Part::Value);
        let message =
            format!("no policy of the namespace `{name}` denies what may go {open} and is not allowed");
        let help = "add a NetworkPolicy with `podSelector: {}`, both `policyTypes` and no rules";
        out.push(Finding::new(&RULE.meta, at, message).help(help));
    }
}
