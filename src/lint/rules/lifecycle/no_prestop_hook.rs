use crate::lint::prelude::*;

rule! {
    name: "no-prestop-hook",
    group: Lifecycle,
    severity: Info,
    presets: [Availability],
    peers: ["datree:CONTAINERS_MISSING_PRESTOP_KEY"],
    check: Workload(check),
}

fn check<'m>(fleet: &Fleet<'m>, workload: &Workload<'m>, out: &mut Sink<'_>) {
    let Some(service) = fleet.services_of(workload).next() else {
        return;
    };
    if workload.runs_to_completion()
        || workload
            .running()
            .any(|container| container.get("lifecycle.preStop").is_some())
    {
        return;
    }
    let message = format!(
        "pods of {} stop while Service `{}` still sends traffic to them",
        workload.title(),
        service.id.name
    );
    let finding = out
        .at(Route::root().then("spec"), Part::Missing, message)
        .help("add a `preStop` hook of a few seconds to the container that serves: `sleep: {seconds: 5}`")
        .related(
            Anchor::Route(service.number, service.route("spec.selector"), Part::Key),
            "selects the pods",
        );
    out.push(finding);
}
