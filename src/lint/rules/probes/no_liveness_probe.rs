use crate::lint::prelude::*;

rule! {
    name: "no-liveness-probe",
    group: Probes,
    severity: Warning,
    presets: [Default],
    peers: [
        "kube-linter:no-liveness-probe",
        "polaris:livenessProbeMissing",
        "checkov:CKV_K8S_8",
        "datree:CONTAINERS_MISSING_LIVENESSPROBE_KEY",
        "popeye:POP-103",
    ],
    check: Container(check),
}

fn check<'m>(_: &Fleet<'m>, workload: &Workload<'m>, container: &Container<'m>, out: &mut Sink<'_>) {
    if workload.runs_to_completion()
        || container.role != Role::Main
        || container.get("livenessProbe").is_some()
        || container.is_pause()
    {
        return;
    }
    out.push(
        Finding::new(
            &RULE.meta,
            workload.at(container.route.clone(), Part::Missing),
            format!("container `{}` of {} has no `livenessProbe`", container.name(), workload.title()),
        )
        .help("add a `livenessProbe` that fails only when a restart would help: a process that hangs is replaced, one that is slow is not"),
    );
}
