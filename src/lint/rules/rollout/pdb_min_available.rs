use super::budget::BUDGETS;
use crate::lint::prelude::*;
use crate::manifest::quantity::{Amount, Rounding};

rule! {
    name: "pdb-min-available",
    group: Rollout,
    severity: Warning,
    presets: [Default, Availability],
    peers: [
        "kube-linter:pdb-min-available",
        "polaris:pdbDisruptionsIsZero",
        "kyverno:pdb-minavailable-check",
        "kyverno:deployment-replicas-higher-than-pdb",
        "kyverno:require-replicas-allow-disruption",
        "popeye:POP-901",
    ],
    check: Kinds(BUDGETS, check),
}

fn check<'m>(fleet: &Fleet<'m>, budget: &'m Manifest, out: &mut Sink<'_>) {
    let Some(wanted) = budget.get("spec.minAvailable").and_then(Amount::of) else {
        return;
    };
    let name = &budget.id.name;
    let help = "use `maxUnavailable: 1`, which holds for any number of pods, or run one pod more";
    if let Amount::Percent(100..) = wanted {
        out.value(
            budget.route("spec.minAvailable"),
            format!("PodDisruptionBudget `{name}` wants all pods available: draining a node never ends"),
            help,
        );
        return;
    }
    let Some(pods) = fleet.pods_of_budget(budget).filter(|pods| *pods > 0) else {
        return;
    };
    // What must be available rounds up (`pkg/controller/disruption`).
    if wanted.of_total(pods, Rounding::Up) >= pods {
        let are = if pods == 1 {
            "is 1 pod"
        } else {
            &format!("are {pods} pods")
        };
        out.value(
            budget.route("spec.minAvailable"),
            format!("PodDisruptionBudget `{name}` wants {wanted} available and there {are}: draining a node never ends"),
            help,
        );
    }
}
