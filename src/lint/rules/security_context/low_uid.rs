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
    if workload.get("hostUsers").and_then(NodeRef::as_bool) != Some(false) {
        let above = out.number(&ABOVE);
        out.extend(low_id(
            &RULE.meta,
            "user",
            "runAsUser",
            above,
            workload,
            container,
        ));
    }
}

/// The id of user or group that a container runs with, where it is low or the image's.
pub(super) fn low_id(
    rule: &'static RuleMeta,
    what: &str,
    field: &str,
    above: i64,
    workload: &Workload<'_>,
    container: &Container<'_>,
) -> Option<Finding> {
    let title = container.title(workload);
    let (at, message) = match workload.security(container, field) {
        Some((node, route)) => {
            let id = node.as_i64().filter(|id| *id <= above)?;
            let message = format!("{title} runs as {what} {id}, which may be one of the node's");
            (workload.at(route, Part::Value), message)
        }
        None => (
            workload.at(container.route.clone(), Part::Missing),
            format!("{title} runs as the {what} of its image, which may be one of the node's"),
        ),
    };
    Some(
        Finding::new(rule, at, message).help(format!("set `securityContext.{field}` to an id above {above}")),
    )
}
