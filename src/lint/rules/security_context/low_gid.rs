use crate::lint::prelude::*;

rule! {
    name: "low-gid",
    group: SecurityContext,
    severity: Info,
    presets: [],
    peers: [
        "kube-score:container-security-context-user-group-id",
        "kubesec:RunAsGroup",
        "trivy:KSV-0021",
        "datree:CONTAINERS_INCORRECT_RUNASGROUP_VALUE_LOWGID",
    ],
    check: Container(check),
}

fn check<'m>(_: &Fleet<'m>, workload: &Workload<'m>, container: &Container<'m>, out: &mut Sink<'_>) {
    let Some((group, route)) = workload.security(container, "runAsGroup") else {
        return;
    };
    if let Some(id) = group.as_i64().filter(|id| (1..=10_000).contains(id)) {
        out.value(
            route,
            format!(
                "{} runs as group {id}, which may be a group of the node",
                container.title(workload)
            ),
            "use an id above 10000",
        );
    }
}
