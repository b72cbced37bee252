use crate::lint::prelude::*;

rule! {
    name: "networkpolicy-ineffective",
    group: Network,
    severity: Warning,
    presets: [Default, Security],
    peers: [],
    check: Kinds(&[("networking.k8s.io", "NetworkPolicy")], check),
}

fn check<'m>(_: &Fleet<'m>, policy: &'m Manifest, out: &mut Sink<'_>) {
    let Some(types) = policy.get("spec.policyTypes").filter(|types| !types.is_empty()) else {
        return;
    };
    for (rules, direction) in [("ingress", "Ingress"), ("egress", "Egress")] {
        let path = format!("spec.{rules}");
        let has_rules = policy.get(&path).is_some_and(|rules| !rules.is_empty());
        if has_rules && !types.items().any(|kind| kind.str() == direction) {
            out.key(
                policy.route(&path),
                format!("the `{rules}` rules of NetworkPolicy `{}` change nothing: `policyTypes` does not name {direction}", policy.id.name),
                format!("add `{direction}` to `policyTypes`, or remove the rules"),
            );
        }
    }
}
