use crate::lint::prelude::*;

rule! {
    name: "low-uid",
    group: SecurityContext,
    severity: Info,
    presets: [],
    parameters: [Number(ABOVE)],
    peers: [
        "kube-score:container-security-context-user-group-id",
        "kubesec:RunAsUser",
        "trivy:KSV-0020",
        "checkov:CKV_K8S_40",
        "datree:CONTAINERS_INCORRECT_RUNASUSER_VALUE_LOWUID",
    ],
    check: Container(check),
}

static ABOVE: Number = Number {
    name: "above",
    about: "The id that a container's user must be above",
    least: 0,
    default: 10_000,
};

fn check<'m>(_: &Fleet<'m>, workload: &Workload<'m>, container: &Container<'m>, out: &mut Sink<'_>) {
    let Some((user, route)) = workload.security(container, "runAsUser") else {
        return;
    };
    let Some(id) = user.as_i64().filter(|id| (1..=out.number(&ABOVE)).contains(id)) else {
        return;
    };
    if workload.get("hostUsers").and_then(NodeRef::as_bool) != Some(false) {
        out.value(
            route,
            format!(
                "{} runs as user {id}, which may be an account of the node",
                container.title(workload)
            ),
            format!("use an id above {}", out.number(&ABOVE)),
        );
    }
}
