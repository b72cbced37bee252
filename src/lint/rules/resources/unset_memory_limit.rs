use crate::lint::prelude::*;

rule! {
    name: "unset-memory-limit",
    group: Resources,
    severity: Warning,
    presets: [Recommended],
    peers: [
        "kube-linter:unset-memory-requirements",
        "kube-score:container-resources",
        "polaris:memoryLimitsMissing",
        "checkov:CKV_K8S_13",
        "trivy:KSV-0018",
        "kubesec:LimitsMemory",
        "datree:CONTAINERS_MISSING_MEMORY_LIMIT_KEY",
        "kubeaudit:LimitsMemoryNotSet",
        "kubeaudit:LimitsNotSet",
        "popeye:POP-107",
        "kyverno:require-requests-limits",
        "gatekeeper:K8sContainerLimits",
    ],
    check: Container(check),
}

fn check<'m>(fleet: &Fleet<'m>, workload: &Workload<'m>, container: &Container<'m>, out: &mut Sink<'_>) {
    let path = "resources.limits.memory";
    if container.role == Role::Init
        || container.get(path).is_some()
        || workload.get(path).is_some()
        || fleet.has_default_request(workload.namespace, "memory")
    {
        return;
    }
    out.missing(
        container.at(path),
        format!("{} may take all memory of its node", container.title(workload)),
        "set `resources.limits.memory` to what the program may need at most",
    );
}
