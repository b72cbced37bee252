use crate::lint::prelude::*;

rule! {
    name: "multiple-pdb",
    group: Rollout,
    severity: Error,
    presets: [Default, Availability],
    peers: ["popeye:POP-209"],
    check: Workload(check),
}

fn check<'m>(fleet: &Fleet<'m>, workload: &Workload<'m>, out: &mut Sink<'_>) {
    let budgets: Vec<&Manifest> = fleet.budgets_of(workload).collect();
    let [first, second, ..] = budgets.as_slice() else {
        return;
    };
    let selector = |budget: &Manifest| Anchor::Route(budget.number, budget.route("spec.selector"), Part::Key);
    let message = format!(
        "the PodDisruptionBudgets `{}` and `{}` both count the pods of {}: they can never be evicted",
        first.id.name,
        second.id.name,
        workload.title()
    );
    let finding = out
        .at(workload.manifest.route("metadata.name"), Part::Value, message)
        .help("remove one, or make the selectors exclude each other")
        .related(selector(first), "counts them")
        .related(selector(second), "counts them too");
    out.push(finding);
}
