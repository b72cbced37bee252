use crate::lint::prelude::*;

rule! {
    name: "no-node-affinity",
    group: Scheduling,
    severity: Info,
    presets: [],
    peers: ["kube-linter:no-node-affinity"],
    check: Pods(check),
}

fn check<'m>(_: &Fleet<'m>, workload: &Workload<'m>, out: &mut Sink<'_>) {
    if workload.get("affinity.nodeAffinity").is_none() && workload.get("nodeSelector").is_none() {
        out.missing(
            workload.route("affinity"),
            format!("pods of {} may run on any node", workload.title()),
            "add a `nodeAffinity`, if your nodes differ",
        );
    }
}
