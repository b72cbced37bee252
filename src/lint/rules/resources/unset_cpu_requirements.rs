use super::requests;
use crate::lint::prelude::*;

rule! {
    name: "unset-cpu-requirements",
    group: Resources,
    severity: Warning,
    presets: [Recommended],
    peers: [
        "kube-linter:unset-cpu-requirements",
        "kube-score:container-resources",
        "polaris:cpuRequestsMissing",
        "kubesec:RequestsCPU",
        "trivy:KSV-0015",
        "checkov:CKV_K8S_10",
    ],
    check: Container(check),
}

fn check<'m>(fleet: &Fleet<'m>, workload: &Workload<'m>, container: &Container<'m>, out: &mut Sink<'_>) {
    requests::check(fleet, ("cpu", "memory"), "100m", workload, container, out);
}
