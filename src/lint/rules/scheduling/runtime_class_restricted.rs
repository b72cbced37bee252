use crate::lint::prelude::*;

rule! {
    name: "runtime-class-restricted",
    group: Scheduling,
    severity: Warning,
    presets: [],
    parameters: [Globs(ALLOWED)],
    peers: ["kyverno:restrict-runtimeclass"],
    check: Workload(check),
}

static ALLOWED: Globs = Globs {
    name: "allowed",
    about: "Runtime classes that pods may name: gvisor, kata-*",
    default: &[],
};

fn check<'m>(_: &Fleet<'m>, workload: &Workload<'m>, out: &mut Sink<'_>) {
    let Some(class) = workload.get("runtimeClassName").map(NodeRef::str) else {
        return;
    };
    if !out.allows(&ALLOWED, class) {
        out.value(
            workload.route("runtimeClassName"),
            format!("pods of {} run by the runtime class `{class}`", workload.title()),
            format!("name one that this project allows: {}", out.listed(&ALLOWED)),
        );
    }
}
