use super::budget::BUDGETS;
use crate::lint::prelude::*;
use crate::manifest::quantity::Amount;

rule! {
    name: "pdb-too-strict",
    group: Rollout,
    severity: Info,
    presets: [],
    peers: ["kyverno:require-reasonable-pdbs"],
    check: Kinds(BUDGETS, check),
}

fn check<'m>(_: &Fleet<'m>, budget: &'m Manifest, out: &mut Sink<'_>) {
    for (field, strict) in [("minAvailable", 51..=99), ("maxUnavailable", 1..=49)] {
        let path = format!("spec.{field}");
        if let Some(Amount::Percent(percent)) = budget.get(&path).and_then(Amount::of)
            && strict.contains(&percent)
        {
            out.value(
                budget.route(&path),
                format!(
                    "PodDisruptionBudget `{}` allows less than half of its pods to go",
                    budget.id.name
                ),
                "allow half, if the program can bear it: drains then go faster",
            );
        }
    }
}
