use super::low_uid::low_id;
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
    let above = out.number(&ABOVE);
    out.extend(low_id(
        &RULE.meta,
        "group",
        "runAsGroup",
        above,
        workload,
        container,
    ));
}
