use crate::lint::prelude::*;

rule! {
    name: "host-port",
    group: SecurityContext,
    severity: Warning,
    presets: [Recommended, Security],
    peers: [
        "polaris:hostPortSet",
        "trivy:KSV-0024",
        "checkov:CKV_K8S_26",
        "datree:CONTAINERS_INCORRECT_KEY_HOSTPORT",
        "psa:hostPorts",
        "kyverno:disallow-host-ports",
    ],
    check: Container(check),
}

fn check<'m>(_: &Fleet<'m>, workload: &Workload<'m>, container: &Container<'m>, out: &mut Sink<'_>) {
    if workload.is_true("hostNetwork") {
        return;
    }
    for port in container.items("ports") {
        let Some(number) = port
            .get("hostPort")
            .and_then(NodeRef::as_i64)
            .filter(|number| *number != 0)
        else {
            continue;
        };
        out.value(
            port.at("hostPort"),
            format!("{} opens port {number} on its node", container.title(workload)),
            "remove `hostPort` and reach the pod through a Service: only one pod of a node can have the port",
        );
    }
}
