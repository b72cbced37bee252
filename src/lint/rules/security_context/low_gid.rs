use crate::lint::prelude::*;

rule! {
    name: "low-gid",
    group: SecurityContext,
    severity: Info,
    presets: [],
    parameters: [Number(ABOVE)],
    peers: [
        "kube-score:container-security-context-user-group-id",
        "kubesec:RunAsGroup",
        "trivy:KSV-0021",
        "datree:CONTAINERS_INCORRECT_RUNASGROUP_VALUE_LOWGID",
    ],
    check: Container(check),
}

static ABOVE: Number = Number {
    name: "above",
    about: "The id that a container's group must be above",
    least: 0,
    default: 10_000,
};

fn check<'m>(_: &Fleet<'m>, workload: &Workload<'m>, container: &Container<'m>, out: &mut Sink<'_>) {
    let Some((group, route)) = workload.security(container, "runAsGroup") else {
        return;
    };
    if let Some(id) = group.as_i64().filter(|id| (1..=out.number(&ABOVE)).contains(id)) {
        out.value(
            route,
            format!(
                "{} runs as group {id}, which may be a group of the node",
                container.title(workload)
            ),
            format!("use an id above {}", out.number(&ABOVE)),
        );
    }
}
