use super::grants::{ROLES, report};
use crate::lint::prelude::*;

rule! {
    name: "access-to-exec",
    group: Rbac,
    severity: Warning,
    presets: [Security],
    peers: [
        "polaris:clusterrolePodExecAttach",
        "polaris:rolePodExecAttach",
        "trivy:KSV-0053",
        "trivy:KSV-0054",
        "checkov:CKV2_K8S_2",
        "datree:CONTAINERS_INCORRECT_RESOURCES_VERBS_VALUE",
    ],
    check: Kinds(ROLES, check),
}

fn check<'m>(_: &Fleet<'m>, role: &'m Manifest, out: &mut Sink<'_>) {
    report(
        role,
        out,
        ("", &["pods/exec", "pods/attach"]),
        &["create", "get"],
        "it runs commands with the rights of any pod in reach",
        "remove it unless the program really opens shells in pods",
    );
}
