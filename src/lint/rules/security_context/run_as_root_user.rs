use crate::lint::prelude::*;

rule! {
    name: "run-as-root-user",
    group: SecurityContext,
    severity: Warning,
    presets: [Recommended, Security],
    peers: [
        "trivy:KSV-0105",
        "psa:runAsUser",
        "kyverno:require-run-as-non-root-user",
        "kubeaudit:RunAsUserCSCRoot",
        "kubeaudit:RunAsUserPSCRoot",
    ],
    check: Container(check),
}

fn check<'m>(_: &Fleet<'m>, workload: &Workload<'m>, container: &Container<'m>, out: &mut Sink<'_>) {
    let Some((user, route)) = workload.security(container, "runAsUser") else {
        return;
    };
    let non_root = workload.security(container, "runAsNonRoot");
    if user.as_i64() != Some(0)
        || container.role == Role::Init
        || non_root.is_some_and(|(node, _)| node.as_bool() == Some(true))
        || workload.get("hostUsers").and_then(NodeRef::as_bool) == Some(false)
    {
        return;
    }
    out.value(
        route,
        format!("{} runs as root", container.title(workload)),
        "name another user, and give it what it writes: volumes by `fsGroup`, the rest in the image",
    );
}
