use crate::lint::prelude::*;

rule! {
    name: "too-many-containers",
    group: Lifecycle,
    severity: Info,
    presets: [],
    peers: ["kyverno:limit-containers-per-pod"],
    check: Workload(check),
}

fn check<'m>(_: &Fleet<'m>, workload: &Workload<'m>, out: &mut Sink<'_>) {
    let count = workload.running().count();
    if count > 4 {
        out.value(
            workload.route("containers").then(0_usize),
            format!("pods of {} have {count} containers", workload.title()),
            "move what can stand alone into a workload of its own",
        );
    }
}
