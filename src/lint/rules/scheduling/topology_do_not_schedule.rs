use crate::lint::prelude::*;

rule! {
    name: "topology-do-not-schedule",
    group: Scheduling,
    severity: Info,
    presets: [],
    peers: ["datree:EKS_INVALID_VALUE_DONOOTSCHEDULE"],
    check: Workload(check),
}

fn check<'m>(_: &Fleet<'m>, workload: &Workload<'m>, out: &mut Sink<'_>) {
    let path = "topologySpreadConstraints";
    for (index, constraint) in workload
        .get(path)
        .into_iter()
        .flat_map(NodeRef::items)
        .enumerate()
    {
        if constraint
            .get("whenUnsatisfiable")
            .is_some_and(|when| when.str() == "DoNotSchedule")
        {
            out.value(
                workload.route(path).then(index).then("whenUnsatisfiable"),
                format!("pods of {} wait rather than be spread unevenly", workload.title()),
                "use `ScheduleAnyway`, if running matters more than being spread",
            );
        }
    }
}
