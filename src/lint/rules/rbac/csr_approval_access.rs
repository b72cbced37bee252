use super::grants::{ROLES, report};
use crate::lint::prelude::*;

rule! {
    name: "csr-approval-access",
    group: Rbac,
    severity: Warning,
    presets: [Recommended, Security],
    peers: ["checkov:CKV_K8S_156", "kyverno:restrict-clusterrole-csr"],
    check: Kinds(ROLES, check),
}

fn check<'m>(_: &Fleet<'m>, role: &'m Manifest, out: &mut Sink<'_>) {
    report(
        role,
        out,
        ("certificates.k8s.io", &["certificatesigningrequests/approval"]),
        &["update", "patch"],
        "who approves requests makes users of any name",
        "remove it unless the program is an approver",
    );
}
