use crate::lint::prelude::*;

rule! {
    name: "privilege-escalation-container",
    group: SecurityContext,
    severity: Warning,
    presets: [Recommended, Security],
    peers: [
        "kube-linter:privilege-escalation-container",
        "polaris:privilegeEscalationAllowed",
        "kubesec:AllowPrivilegeEscalation",
        "kubeaudit:AllowPrivilegeEscalationTrue",
    ],
    check: Container(check),
}

fn check<'m>(_: &Fleet<'m>, workload: &Workload<'m>, container: &Container<'m>, out: &mut Sink<'_>) {
    if container.is_true("securityContext.allowPrivilegeEscalation") {
        out.value(
            container.at("securityContext.allowPrivilegeEscalation"),
            format!("processes of {} may gain rights that their parent does not have", container.title(workload)),
            "set `allowPrivilegeEscalation: false`: with `true`, a set-uid binary in the image makes root of any user",
        );
    }
}
