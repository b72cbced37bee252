use crate::lint::prelude::*;

rule! {
    name: "privilege-escalation-not-disabled",
    group: SecurityContext,
    severity: Warning,
    presets: [Strict, Security],
    peers: [
        "polaris:privilegeEscalationAllowed",
        "trivy:KSV-0001",
        "checkov:CKV_K8S_20",
        "datree:CONTAINERS_MISSING_KEY_ALLOWPRIVILEGEESCALATION",
        "kubeaudit:AllowPrivilegeEscalationNil",
        "psa:allowPrivilegeEscalation",
        "kyverno:disallow-privilege-escalation",
        "gatekeeper:K8sPSPAllowPrivilegeEscalationContainer",
    ],
    fix: Unsafe,
    check: Container(check),
}

fn check<'m>(_: &Fleet<'m>, workload: &Workload<'m>, container: &Container<'m>, out: &mut Sink<'_>) {
    if container
        .get("securityContext.allowPrivilegeEscalation")
        .is_none()
        && !workload.is_windows()
    {
        out.missing(
            container.at("securityContext.allowPrivilegeEscalation"),
            format!(
                "{} does not set `allowPrivilegeEscalation: false`",
                container.title(workload)
            ),
            "set it: unless it is false, a set-uid binary in the image can make root of any user",
        );
        let route = container.at("securityContext.allowPrivilegeEscalation");
        out.mend(Fix::risky(Edit::Set(route, false.into())));
    }
}
