use super::grants::{ROLES, report};
use crate::lint::prelude::*;

rule! {
    name: "access-to-node-proxy",
    group: Rbac,
    severity: Warning,
    presets: [Recommended, Security],
    peers: [
        "trivy:KSV-0047",
        "checkov:CKV2_K8S_2",
        "kyverno:restrict-clusterrole-nodesproxy",
    ],
    check: Kinds(ROLES, check),
}

fn check<'m>(_: &Fleet<'m>, role: &'m Manifest, out: &mut Sink<'_>) {
    report(
        role,
        out,
        ("", &["nodes/proxy"]),
        &["create", "get"],
        "the kubelet runs commands in every pod of its node",
        "use `nodes/metrics` and `nodes/stats` for monitoring",
    );
}
