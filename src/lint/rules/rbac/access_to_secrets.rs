use super::grants::{ROLES, report};
use crate::lint::prelude::*;

rule! {
    name: "access-to-secrets",
    group: Rbac,
    severity: Warning,
    presets: [Security],
    peers: [
        "kube-linter:access-to-secrets",
        "trivy:KSV-0041",
        "trivy:KSV-0113",
        "checkov:CKV2_K8S_5",
        "datree:CIS_INVALID_VERB_SECRETS",
        "kyverno:restrict-secret-role-verbs",
    ],
    check: Kinds(ROLES, check),
}

fn check<'m>(_: &Fleet<'m>, role: &'m Manifest, out: &mut Sink<'_>) {
    report(
        role,
        out,
        ("", &["secrets"]),
        &["get", "list", "watch"],
        "it reads every Secret in reach",
        "name the Secrets in `resourceNames`, or mount them into the pod",
    );
}
