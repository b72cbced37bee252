use super::budget::BUDGETS;
use crate::lint::prelude::*;
use crate::manifest::quantity::Amount;

rule! {
    name: "pdb-max-unavailable",
    group: Rollout,
    severity: Warning,
    presets: [Default, Availability],
    peers: [
        "kube-linter:pdb-max-unavailable",
        "polaris:pdbDisruptionsIsZero",
        "kyverno:pdb-maxunavailable",
        "gatekeeper:K8sPodDisruptionBudget",
    ],
    check: Kinds(BUDGETS, check),
}

fn check<'m>(_: &Fleet<'m>, budget: &'m Manifest, out: &mut Sink<'_>) {
    let amount = budget.get("spec.maxUnavailable").and_then(Amount::of);
    if let Some(Amount::Count(0) | Amount::Percent(0)) = amount {
        out.value(
            budget.route("spec.maxUnavailable"),
            format!(
                "PodDisruptionBudget `{}` allows no pod to be taken away: draining a node never ends",
                budget.id.name
            ),
            "allow at least one, `maxUnavailable: 1`",
        );
    }
}
