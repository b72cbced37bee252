use crate::lint::prelude::*;

rule! {
    name: "interactive-tty",
    group: Lifecycle,
    severity: Info,
    presets: [Strict],
    peers: ["gatekeeper:K8sDisallowInteractiveTTY"],
    check: Container(check),
}

fn check<'m>(_: &Fleet<'m>, workload: &Workload<'m>, container: &Container<'m>, out: &mut Sink<'_>) {
    for (field, has) in [("tty", "has a terminal"), ("stdin", "waits for input")] {
        if container.is_true(field) {
            out.value(
                container.at(field),
                format!("{} {has}", container.title(workload)),
                "remove it; for debugging use `kubectl debug`",
            );
        }
    }
}
