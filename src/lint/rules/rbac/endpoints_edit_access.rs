use super::grants::{ROLES, WRITE, report};
use crate::lint::prelude::*;

rule! {
    name: "endpoints-edit-access",
    group: Rbac,
    severity: Warning,
    presets: [Security],
    peers: [
        "gatekeeper:K8sBlockEndpointEditDefaultRole",
        "kyverno:restrict-edit-for-endpoints",
    ],
    check: Kinds(ROLES, check),
}

fn check<'m>(_: &Fleet<'m>, role: &'m Manifest, out: &mut Sink<'_>) {
    for resources in [("", &["endpoints"]), ("discovery.k8s.io", &["endpointslices"])] {
        report(
            role,
            out,
            (resources.0, resources.1),
            WRITE,
            "endpoints may name pods of other namespaces (CVE-2021-25740)",
            "remove it: Kubernetes writes endpoints from selectors",
        );
    }
}
