use crate::lint::prelude::*;

rule! {
    name: "run-as-non-root-uid-zero",
    group: SecurityContext,
    severity: Error,
    presets: [Default, Security],
    peers: [],
    check: Container(check),
}

fn check<'m>(_: &Fleet<'m>, workload: &Workload<'m>, container: &Container<'m>, out: &mut Sink<'_>) {
    let Some((user, route)) = workload.security(container, "runAsUser") else {
        return;
    };
    let Some((non_root, required)) = workload.security(container, "runAsNonRoot") else {
        return;
    };
    if user.as_i64() == Some(0) && non_root.as_bool() == Some(true) && !workload.is_windows() {
        let message = format!(
            "{} never starts: `runAsNonRoot` forbids the user 0 it is given",
            container.title(workload)
        );
        let finding = out
            .at(route, Part::Value, message)
            .help("name a user above 0, or remove `runAsUser` if the image names one")
            .related(workload.at(required, Part::Key), "forbids it");
        out.push(finding);
    }
}
