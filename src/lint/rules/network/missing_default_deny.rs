use std::collections::BTreeSet;

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
    let denies = |policy: &&Manifest| {
        let selector = policy.get("spec.podSelector");
        let rules = policy.get("spec.ingress");
        selector.is_some_and(NodeRef::is_empty) && rules.is_none_or(NodeRef::is_empty)
    };
    let policies = fleet.of_kind(("networking.k8s.io", "NetworkPolicy"));
    let denied: BTreeSet<&str> = policies
        .filter(denies)
        .map(|policy| fleet.namespace(policy))
        .collect();
    for namespace in fleet.of_kind(("", "Namespace")) {
        let name = &*namespace.id.name;
        if !denied.contains(name) {
            let at = Anchor::Route(namespace.number, namespace.route("metadata.name"), Part::Value);
            let message = format!("the namespace `{name}` has no policy that denies what is not allowed");
            let finding = Finding::new(&RULE.meta, at, message);
            out.push(finding.help("add a NetworkPolicy with `podSelector: {}` and no rules"));
        }
    }
}
