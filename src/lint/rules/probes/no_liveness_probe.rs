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
    if !lacks_probe(workload, container) || !can_be_asked(container) {
        return;
    }
    out.missing(
        container.at("livenessProbe"),
        format!("{} has no `livenessProbe`", container.title(workload)),
        "add a `livenessProbe` that fails only when a restart would help: a process that hangs is replaced, one that is slow is not",
    );
}

/// Whether nothing restarts a container, which runs as long as its pod, when it hangs.
pub(super) fn lacks_probe(workload: &Workload<'_>, container: &Container<'_>) -> bool {
    !workload.runs_to_completion()
        && container.role == Role::Main
        && container.get("livenessProbe").is_none()
        && !container.is_pause()
        && !container.is_injected()
}

/// Whether the manifest shows something that a probe can ask: a port, or another probe that asks already. A worker that
/// opens nothing, or a shell that sleeps until somebody uses it, may have no answer to give.
pub(super) fn can_be_asked(container: &Container<'_>) -> bool {
    let asked = ["readinessProbe", "startupProbe"];
    !container.ports.is_empty() || asked.iter().any(|probe| container.get(probe).is_some())
}
