use super::selecting::{Selecting, unselecting};
use crate::lint::prelude::*;

rule! {
    name: "dangling-pdb",
    group: References,
    severity: Warning,
    presets: [Default, Availability],
    confidence: Likely,
    peers: ["popeye:POP-900"],
    check: Kinds(&[("policy", "PodDisruptionBudget")], check),
}

fn check<'m>(fleet: &Fleet<'m>, budget: &'m Manifest, out: &mut Sink<'_>) {
    let Some(Selecting { nearest, selector }) = unselecting(fleet, budget, "spec.selector") else {
        return;
    };
    out.key(
        budget.route("spec.selector"),
        format!(
            "PodDisruptionBudget `{}` counts no pod of the input: none has the labels `{selector}`",
            budget.id.name
        ),
        nearest,
    );
}
