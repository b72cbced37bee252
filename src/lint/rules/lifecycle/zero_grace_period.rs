use crate::lint::prelude::*;

rule! {
    name: "zero-grace-period",
    group: Lifecycle,
    severity: Warning,
    presets: [Default, Availability],
    peers: [],
    check: Workload(check),
}

fn check<'m>(fleet: &Fleet<'m>, workload: &Workload<'m>, out: &mut Sink<'_>) {
    let path = "terminationGracePeriodSeconds";
    let serves = fleet.services_of(workload).next().is_some() || &*workload.manifest.id.kind == "StatefulSet";
    if serves && !workload.is_placeholder() && workload.get(path).and_then(NodeRef::as_i64) == Some(0) {
        out.value(
            workload.route(path),
            format!("pods of {} are killed without time to stop", workload.title()),
            "remove it, or give the program the time that it needs; the default is 30 seconds",
        );
    }
}
