use crate::lint::prelude::*;

rule! {
    name: "progress-deadline",
    group: Rollout,
    severity: Warning,
    presets: [Default, Availability],
    peers: [],
    check: Kinds(&[("apps", "Deployment")], check),
}

fn check<'m>(fleet: &Fleet<'m>, deployment: &'m Manifest, out: &mut Sink<'_>) {
    let number = |path| deployment.get(path).and_then(NodeRef::as_i64);
    let Some(deadline) = number("spec.progressDeadlineSeconds") else {
        return;
    };
    let Some(workload) = fleet.workload(deployment.number) else {
        return;
    };
    let delays = workload.running().map(|container| {
        container
            .get("readinessProbe.initialDelaySeconds")
            .and_then(NodeRef::as_i64)
            .unwrap_or(0)
    });
    let ready = number("spec.minReadySeconds").unwrap_or(0);
    let soonest = delays.max().unwrap_or(0).saturating_add(ready);
    if deadline > ready && soonest >= deadline {
        out.value(
            deployment.route("spec.progressDeadlineSeconds"),
            format!("a rollout of {} counts as failed after {deadline} s, and no pod can be available before {soonest} s", workload.title()),
            "raise it well above what a start takes, or remove it: the default is 600",
        );
    }
}
