use super::capabilities::drops_all;
use crate::lint::prelude::*;

rule! {
    name: "drop-all-capabilities",
    group: SecurityContext,
    severity: Warning,
    presets: [Strict, Security],
    peers: [
        "kubesec:CapDropAll",
        "kubesec:CapDropAny",
        "kubeaudit:CapabilityShouldDropAll",
        "kubeaudit:CapabilityOrSecurityContextMissing",
        "polaris:insecureCapabilities",
        "trivy:KSV-0003",
        "trivy:KSV-0004",
        "trivy:KSV-0106",
        "checkov:CKV_K8S_37",
        "psa:capabilities_restricted",
        "kyverno:drop-all-capabilities",
        "kyverno:disallow-capabilities-strict",
        "gatekeeper:K8sPSPCapabilities",
    ],
    fix: Unsafe,
    check: Container(check),
}

fn check<'m>(_: &Fleet<'m>, workload: &Workload<'m>, container: &Container<'m>, out: &mut Sink<'_>) {
    if !drops_all(container) && !workload.is_windows() {
        out.missing(
            container.at("securityContext.capabilities.drop"),
            format!("{} does not drop all capabilities", container.title(workload)),
            "set `capabilities: {drop: [ALL]}` and add back what is needed",
        );
        let route = container.at("securityContext.capabilities.drop");
        if workload.manifest.at(&route).is_none() {
            out.mend(Fix::risky(Edit::Set(route, vec!["ALL"].into())));
        }
    }
}
