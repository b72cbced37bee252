use super::requests::is_unset;
use crate::lint::prelude::*;

rule! {
    name: "unset-requests",
    group: Resources,
    severity: Warning,
    presets: [Default],
    peers: ["kube-score:container-resources"],
    check: Workload(check),
}

fn check<'m>(fleet: &Fleet<'m>, workload: &Workload<'m>, out: &mut Sink<'_>) {
    // A Job that an installer runs and waits for is gone in seconds.
    if workload.is_test() || workload.runs_to_completion() && workload.manifest.hook().is_some() {
        return;
    }
    let asks_nothing = |container: &&Container<'m>| {
        ["cpu", "memory"]
            .iter()
            .all(|resource| is_unset(fleet, workload, container, resource))
    };
    let working = workload
        .running()
        .filter(|container| !container.is_pause() && !container.is_injected());
    let asking_nothing: Vec<&Container<'m>> = working.filter(asks_nothing).collect();
    let Some(first) = asking_nothing.first() else {
        return;
    };
    let names: Vec<String> = asking_nothing
        .iter()
        .map(|container| format!("`{}`", container.name()))
        .collect();
    let (subject, verb) = match names.as_slice() {
        [name] => (format!("container {name}"), "requests"),
        names => (format!("containers {}", names.join(", ")), "request"),
    };
    out.missing(
        first.at("resources.requests"),
        format!("{subject} of {} {verb} neither cpu nor memory", workload.title()),
        "set `resources.requests` to what each needs in normal use, such as `{cpu: 100m, memory: 128Mi}`: the scheduler places pods by it, and a node short of memory ends those first that asked for none",
    );
}
