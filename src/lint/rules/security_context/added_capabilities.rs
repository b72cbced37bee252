use super::capabilities::{ALLOWED, DANGEROUS, added};
use crate::lint::prelude::*;

rule! {
    name: "added-capabilities",
    group: SecurityContext,
    severity: Warning,
    presets: [Strict, Security],
    peers: [
        "polaris:dangerousCapabilities",
        "kubeaudit:CapabilityAdded",
        "trivy:KSV-0022",
        "checkov:CKV_K8S_25",
        "datree:CONTAINERS_INVALID_CAPABILITIES_VALUE",
        "psa:capabilities_baseline",
        "kyverno:disallow-capabilities",
        "kyverno:psp-restrict-adding-capabilities",
    ],
    check: Container(check),
}

fn check<'m>(_: &Fleet<'m>, workload: &Workload<'m>, container: &Container<'m>, out: &mut Sink<'_>) {
    for added in added(container) {
        let name = &*added.name;
        if !ALLOWED.contains(&name) && !DANGEROUS.contains(&name) {
            out.value(
                added.route(),
                format!("{} is given the capability `{name}`", container.title(workload)),
                "remove it, or suppress this with the reason why the program needs it",
            );
        }
    }
}
