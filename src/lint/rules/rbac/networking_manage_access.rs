use super::grants::{ROLES, WRITE, report};
use crate::lint::prelude::*;

rule! {
    name: "networking-manage-access",
    group: Rbac,
    severity: Info,
    presets: [],
    peers: ["trivy:KSV-0056"],
    check: Kinds(ROLES, check),
}

fn check<'m>(_: &Fleet<'m>, role: &'m Manifest, out: &mut Sink<'_>) {
    let resources: [(&str, &[&str]); 2] = [
        ("", &["services"]),
        ("networking.k8s.io", &["ingresses", "networkpolicies"]),
    ];
    for resources in resources {
        report(
            role,
            out,
            resources,
            WRITE,
            "it leads traffic of the namespace elsewhere",
            "remove what the program does not manage",
        );
    }
}
