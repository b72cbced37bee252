use crate::lint::prelude::*;

rule! {
    name: "unset-cpu-limit",
    group: Resources,
    severity: Info,
    presets: [],
    peers: [
        "kube-score:container-resources",
        "polaris:cpuLimitsMissing",
        "checkov:CKV_K8S_11",
        "trivy:KSV-0011",
        "kubesec:LimitsCPU",
        "datree:CONTAINERS_MISSING_CPU_LIMIT_KEY",
        "kubeaudit:LimitsCPUNotSet",
        "kubeaudit:LimitsNotSet",
        "kyverno:require-cpu-limits",
        "gatekeeper:K8sContainerLimits",
    ],
    check: Container(check),
}

fn check<'m>(_: &Fleet<'m>, workload: &Workload<'m>, container: &Container<'m>, out: &mut Sink<'_>) {
    let path = "resources.limits.cpu";
    if container.role != Role::Init && container.get(path).is_none() && workload.get(path).is_none() {
        out.missing(
            container.at(path),
            format!("{} has no limit of cpu", container.title(workload)),
            "set `resources.limits.cpu`",
        );
    }
}
