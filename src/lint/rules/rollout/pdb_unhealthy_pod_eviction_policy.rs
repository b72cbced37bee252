use super::budget::BUDGETS;
use crate::lint::prelude::*;

rule! {
    name: "pdb-unhealthy-pod-eviction-policy",
    group: Rollout,
    severity: Info,
    presets: [Strict, Availability],
    peers: ["kube-linter:pdb-unhealthy-pod-eviction-policy"],
    fix: Unsafe,
    check: Kinds(BUDGETS, check),
}

fn check<'m>(_: &Fleet<'m>, budget: &'m Manifest, out: &mut Sink<'_>) {
    if budget.get("spec.unhealthyPodEvictionPolicy").is_none() {
        out.missing(
            budget.route("spec.unhealthyPodEvictionPolicy"),
            format!(
                "PodDisruptionBudget `{}` lets pods that are not healthy block a drain",
                budget.id.name
            ),
            "set `unhealthyPodEvictionPolicy: AlwaysAllow`",
        );
        let route = budget.route("spec.unhealthyPodEvictionPolicy");
        out.mend(Fix::risky(Edit::Set(route, "AlwaysAllow".into())));
    }
}
