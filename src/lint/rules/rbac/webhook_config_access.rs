use super::grants::{ROLES, WRITE, report};
use crate::lint::prelude::*;

rule! {
    name: "webhook-config-access",
    group: Rbac,
    severity: Warning,
    presets: [Recommended, Security],
    peers: [
        "trivy:KSV-0114",
        "checkov:CKV_K8S_155",
        "kyverno:restrict-clusterrole-mutating-validating-admission-webhooks",
    ],
    check: Kinds(ROLES, check),
}

fn check<'m>(_: &Fleet<'m>, role: &'m Manifest, out: &mut Sink<'_>) {
    report(
        role,
        out,
        (
            "admissionregistration.k8s.io",
            &["mutatingwebhookconfigurations", "validatingwebhookconfigurations"],
        ),
        WRITE,
        "a webhook sees and changes every object that is created",
        "name the configurations in `resourceNames`",
    );
}
