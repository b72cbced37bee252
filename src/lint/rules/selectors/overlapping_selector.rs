use crate::lint::prelude::*;

rule! {
    name: "overlapping-selector",
    group: Selectors,
    severity: Warning,
    presets: [Default],
    peers: [],
    check: Workload(check),
}

fn check<'m>(fleet: &Fleet<'m>, workload: &Workload<'m>, out: &mut Sink<'_>) {
    let Some(selector) = workload.selector.as_ref().filter(|selector| !selector.is_empty()) else {
        return;
    };
    let other = fleet.first_selected(workload.namespace, selector, |other| {
        // The same object met twice, in two environments' folders say, is one object.
        other.manifest.id != workload.manifest.id
            && !other.runs_to_completion()
            && (adopts_any_pod(workload) || !other.is_pod())
            && is_reported_here(workload, other)
    });
    let Some(other) = other else { return };
    let route = Route::root().then("spec").then("selector");
    let mut finding = Finding::new(
        &RULE.meta,
        workload.at(route.clone(), Part::Key),
        format!(
            "the selector of {} (`{selector}`) also matches the pods of {} in the same namespace",
            workload.title(),
            other.title()
        ),
    )
    .help("give each workload a label of its own, such as `color: blue` and `color: green` or `track: canary`, in its selector and in its pod labels");
    if other.selector.is_some() {
        finding = finding.related(other.at(route, Part::Key), "the other workload");
    }
    out.push(finding);
}

/// Whether it takes over a bare Pod that has its labels. The ReplicaSets of a Deployment also ask for a
/// `pod-template-hash`, and a StatefulSet for a name of its own.
fn adopts_any_pod(workload: &Workload<'_>) -> bool {
    matches!(
        &*workload.manifest.id.kind,
        "DaemonSet" | "ReplicaSet" | "ReplicationController"
    )
}

/// When both select each other's pods, the one that comes later says so; else the one that selects too much.
fn is_reported_here(workload: &Workload<'_>, other: &Workload<'_>) -> bool {
    let mutual = other
        .selector
        .as_ref()
        .is_some_and(|selector| !selector.is_empty() && selector.matches(&workload.labels));
    !mutual || other.manifest.number < workload.manifest.number
}
