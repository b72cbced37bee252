use super::grants::{ROLES, report};
use crate::lint::prelude::*;

rule! {
    name: "access-to-create-pods",
    group: Rbac,
    severity: Warning,
    presets: [Security],
    peers: [
        "kube-linter:access-to-create-pods",
        "trivy:KSV-0048",
        "datree:CIS_INVALID_VALUE_CREATE_POD",
    ],
    check: Kinds(ROLES, check),
}

fn check<'m>(_: &Fleet<'m>, role: &'m Manifest, out: &mut Sink<'_>) {
    let makers: [(&str, &[&str]); 3] = [
        ("", &["pods", "replicationcontrollers"]),
        (
            "apps",
            &["daemonsets", "deployments", "replicasets", "statefulsets"],
        ),
        ("batch", &["cronjobs", "jobs"]),
    ];
    for resources in makers {
        report(
            role,
            out,
            resources,
            &["create"],
            "a pod may use every account and Secret of its namespace",
            "remove the verb unless the program starts pods",
        );
    }
}
