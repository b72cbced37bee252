use super::capabilities::{DANGEROUS, added};
use crate::lint::prelude::*;

rule! {
    name: "dangerous-capability",
    group: SecurityContext,
    severity: Warning,
    presets: [Recommended, Security],
    peers: [
        "polaris:dangerousCapabilities",
        "kubeaudit:CapabilityAdded",
        "kubesec:CapSysAdmin",
        "trivy:KSV-0005",
        "trivy:KSV-0119",
        "trivy:KSV-0120",
        "checkov:CKV_K8S_39",
        "kyverno:disallow-capabilities",
    ],
    check: Container(check),
}

fn check<'m>(_: &Fleet<'m>, workload: &Workload<'m>, container: &Container<'m>, out: &mut Sink<'_>) {
    for added in added(container) {
        let name = &*added.name;
        if DANGEROUS.contains(&name) {
            out.value(
                added.route(),
                format!(
                    "{} is given `{name}`, which leads to the node",
                    container.title(workload)
                ),
                "remove it, or suppress this with the reason why the program needs it",
            );
        }
    }
}
