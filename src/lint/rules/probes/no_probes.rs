use crate::lint::prelude::*;

rule! {
    name: "no-probes",
    group: Probes,
    severity: Info,
    presets: [],
    peers: ["popeye:POP-102", "kyverno:require-pod-probes"],
    check: Container(check),
}

fn check<'m>(_: &Fleet<'m>, workload: &Workload<'m>, container: &Container<'m>, out: &mut Sink<'_>) {
    let probes = ["livenessProbe", "readinessProbe", "startupProbe"];
    if workload.runs_to_completion()
        || container.role == Role::Init
        || probes.iter().any(|probe| container.get(probe).is_some())
    {
        return;
    }
    out.missing(
        container.at("livenessProbe"),
        format!("{} has no probe at all", container.title(workload)),
        "add a `readinessProbe` if it serves, and a `livenessProbe` if a restart can help it",
    );
}
