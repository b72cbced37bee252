use super::grants::{ROLES, WRITE, report};
use crate::lint::prelude::*;

rule! {
    name: "rolebinding-self-service",
    group: Rbac,
    severity: Warning,
    presets: [Recommended, Security],
    peers: ["trivy:KSV-0055"],
    check: Kinds(ROLES, check),
}

fn check<'m>(_: &Fleet<'m>, role: &'m Manifest, out: &mut Sink<'_>) {
    report(
        role,
        out,
        (
            "rbac.authorization.k8s.io",
            &["clusterrolebindings", "clusterroles", "rolebindings", "roles"],
        ),
        WRITE,
        "it passes its rights on to anybody",
        "remove it unless the program manages accounts",
    );
}
