use crate::lint::prelude::*;

rule! {
    name: "topology-spread-missing",
    group: Scheduling,
    severity: Info,
    presets: [],
    peers: ["polaris:topologySpreadConstraint", "kyverno:topologyspreadconstraints-policy"],
    check: Pods(check),
}

fn check<'m>(_: &Fleet<'m>, workload: &Workload<'m>, out: &mut Sink<'_>) {
    let is_one_a_node = &*workload.manifest.id.kind == "DaemonSet";
    if !workload.runs_to_completion()
        && !is_one_a_node
        && workload
            .get("topologySpreadConstraints")
            .is_none_or(NodeRef::is_empty)
    {
        out.push(
            out.at(
                Route::root().then("spec"),
                Part::Missing,
                format!("pods of {} are not spread by a constraint", workload.title()),
            )
            .help("add `topologySpreadConstraints` over `topology.kubernetes.io/zone`"),
        );
    }
}
