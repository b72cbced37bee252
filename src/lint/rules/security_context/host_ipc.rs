use crate::lint::prelude::*;

rule! {
    name: "host-ipc",
    group: SecurityContext,
    severity: Warning,
    presets: [Recommended, Security],
    peers: [
        "kube-linter:host-ipc",
        "polaris:hostIPCSet",
        "kubesec:HostIPC",
        "kubeaudit:NamespaceHostIPCTrue",
        "trivy:KSV-0008",
        "checkov:CKV_K8S_18",
        "datree:CONTAINERS_INCORRECT_HOSTIPC_VALUE_TRUE",
    ],
    check: Workload(check),
}

fn check<'m>(_: &Fleet<'m>, workload: &Workload<'m>, out: &mut Sink<'_>) {
    if workload.is_true("hostIPC") {
        out.value(
            workload.route("hostIPC"),
            format!(
                "pods of {} share memory with the processes of their node",
                workload.title()
            ),
            "remove `hostIPC`: containers of one pod share memory with each other without it",
        );
    }
}
