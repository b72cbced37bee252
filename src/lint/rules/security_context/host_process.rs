use crate::lint::prelude::*;

rule! {
    name: "host-process",
    group: SecurityContext,
    severity: Warning,
    presets: [Recommended, Security],
    peers: [
        "polaris:hostProcess",
        "trivy:KSV-0103",
        "datree:EKS_INVALID_HOSTPROCESS_VALUE",
        "psa:windowsHostProcess",
        "kyverno:disallow-host-process",
        "gatekeeper:K8sPSPHostProcess",
    ],
    check: Container(check),
}

fn check<'m>(_: &Fleet<'m>, workload: &Workload<'m>, container: &Container<'m>, out: &mut Sink<'_>) {
    let Some((node, route)) = workload.security(container, "windowsOptions.hostProcess") else {
        return;
    };
    if node.as_bool() == Some(true) {
        out.value(
            route,
            format!("{} runs as a process of its node", container.title(workload)),
            "remove `hostProcess` unless the container administers the node: nothing isolates it",
        );
    }
}
