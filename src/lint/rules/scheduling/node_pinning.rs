use crate::lint::prelude::*;

rule! {
    name: "node-pinning",
    group: Scheduling,
    severity: Warning,
    presets: [Recommended, Availability],
    peers: ["kyverno:restrict-node-selection"],
    check: Workload(check),
}

fn check<'m>(_: &Fleet<'m>, workload: &Workload<'m>, out: &mut Sink<'_>) {
    if workload
        .get("nodeName")
        .is_some_and(|name| !name.str().is_empty())
    {
        out.value(
            workload.route("nodeName"),
            format!("pods of {} are tied to one node by its name", workload.title()),
            "use a `nodeSelector` or an affinity with a label of the nodes that are meant",
        );
    }
}
