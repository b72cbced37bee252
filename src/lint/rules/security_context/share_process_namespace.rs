use crate::lint::prelude::*;

rule! {
    name: "share-process-namespace",
    group: SecurityContext,
    severity: Info,
    presets: [Strict, Security],
    peers: [],
    check: Workload(check),
}

fn check<'m>(_: &Fleet<'m>, workload: &Workload<'m>, out: &mut Sink<'_>) {
    if workload.is_true("shareProcessNamespace") {
        out.value(
            workload.route("shareProcessNamespace"),
            format!(
                "the containers of {} see each other's processes, environment and files",
                workload.title()
            ),
            "remove it unless one container really watches another",
        );
    }
}
