use super::budget::BUDGETS;
use crate::lint::prelude::*;

rule! {
    name: "pdb-no-policy",
    group: Rollout,
    severity: Warning,
    presets: [Default, Availability],
    peers: ["kube-score:poddisruptionbudget-has-policy"],
    check: Kinds(BUDGETS, check),
}

fn check<'m>(_: &Fleet<'m>, budget: &'m Manifest, out: &mut Sink<'_>) {
    if budget.get("spec.minAvailable").is_none() && budget.get("spec.maxUnavailable").is_none() {
        out.missing(
            budget.route("spec.maxUnavailable"),
            format!(
                "PodDisruptionBudget `{}` does not say how many pods may go",
                budget.id.name
            ),
            "write `maxUnavailable: 1`, or what the program can bear",
        );
    }
}
