use crate::lint::prelude::*;

rule! {
    name: "host-pid",
    group: SecurityContext,
    severity: Warning,
    presets: [Recommended, Security],
    peers: [
        "kube-linter:host-pid",
        "polaris:hostPIDSet",
        "kubesec:HostPID",
        "kubeaudit:NamespaceHostPIDTrue",
        "trivy:KSV-0010",
        "checkov:CKV_K8S_17",
        "datree:CONTAINERS_INCORRECT_HOSTPID_VALUE_TRUE",
    ],
    check: Workload(check),
}

fn check<'m>(_: &Fleet<'m>, workload: &Workload<'m>, out: &mut Sink<'_>) {
    if workload.is_true("hostPID") {
        out.value(
            workload.route("hostPID"),
            format!("pods of {} see all processes of their node", workload.title()),
            "remove `hostPID`: through `/proc` a container reads the environment and files of every other one on the node",
        );
    }
}
