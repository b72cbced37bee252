use crate::lint::prelude::*;

rule! {
    name: "run-as-root-group",
    group: SecurityContext,
    severity: Warning,
    presets: [Strict, Security],
    peers: ["trivy:KSV-0116", "kyverno:require-non-root-groups", "gatekeeper:K8sPSPFSGroup"],
    check: Container(check),
}

fn check<'m>(_: &Fleet<'m>, workload: &Workload<'m>, container: &Container<'m>, out: &mut Sink<'_>) {
    let Some((group, route)) = workload.security(container, "runAsGroup") else {
        return;
    };
    if group.as_i64() == Some(0) {
        out.value(
            route,
            format!("{} runs in the root group", container.title(workload)),
            "name another group: many files of images and nodes are open to group 0",
        );
    }
}
