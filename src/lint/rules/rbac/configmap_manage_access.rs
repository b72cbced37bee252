use super::grants::{ROLES, WRITE, report};
use crate::lint::prelude::*;

rule! {
    name: "configmap-manage-access",
    group: Rbac,
    severity: Info,
    presets: [],
    peers: ["trivy:KSV-0049"],
    check: Kinds(ROLES, check),
}

fn check<'m>(_: &Fleet<'m>, role: &'m Manifest, out: &mut Sink<'_>) {
    report(
        role,
        out,
        ("", &["configmaps"]),
        WRITE,
        "it changes the settings of every program in the namespace",
        "name the ConfigMaps in `resourceNames`",
    );
}
