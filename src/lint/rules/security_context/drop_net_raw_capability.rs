use super::capabilities::drops;
use crate::lint::prelude::*;

rule! {
    name: "drop-net-raw-capability",
    group: SecurityContext,
    severity: Warning,
    presets: [Security],
    peers: [
        "kube-linter:drop-net-raw-capability",
        "checkov:CKV_K8S_28",
        "datree:CIS_MISSING_VALUE_DROP_NET_RAW",
        "kyverno:drop-cap-net-raw",
    ],
    check: Container(check),
}

fn check<'m>(_: &Fleet<'m>, workload: &Workload<'m>, container: &Container<'m>, out: &mut Sink<'_>) {
    if !drops(container, "NET_RAW") && !workload.is_windows() {
        out.missing(
            container.at("securityContext.capabilities.drop"),
            format!(
                "{} keeps the right to send any packet (`NET_RAW`)",
                container.title(workload)
            ),
            "drop `NET_RAW`, or `ALL`: with it a process can answer for other pods of its node",
        );
    }
}
