use super::requests;
use crate::lint::prelude::*;

rule! {
    name: "unset-memory-requirements",
    group: Resources,
    severity: Warning,
    presets: [Recommended],
    peers: [
        "kube-linter:unset-memory-requirements",
        "kube-score:container-resources",
        "polaris:memoryRequestsMissing",
        "kubesec:RequestsMemory",
        "trivy:KSV-0016",
        "checkov:CKV_K8S_12",
    ],
    check: Container(check),
}

fn check<'m>(fleet: &Fleet<'m>, workload: &Workload<'m>, container: &Container<'m>, out: &mut Sink<'_>) {
    requests::check(fleet, ("memory", "cpu"), "128Mi", workload, container, out);
}
