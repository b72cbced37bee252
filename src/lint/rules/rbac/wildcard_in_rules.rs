use super::grants::{ROLES, grants, is_of_kubernetes};
use crate::lint::prelude::*;

rule! {
    name: "wildcard-in-rules",
    group: Rbac,
    severity: Warning,
    presets: [Recommended, Security],
    peers: [
        "kube-linter:wildcard-in-rules",
        "polaris:clusterrolePodExecAttach",
        "polaris:rolePodExecAttach",
        "trivy:KSV-0044",
        "trivy:KSV-0045",
        "trivy:KSV-0046",
        "trivy:KSV-0112",
        "checkov:CKV_K8S_49",
        "datree:CIS_INVALID_WILDCARD_ROLE",
        "kyverno:restrict-wildcard-resources",
        "kyverno:restrict-wildcard-verbs",
    ],
    check: Kinds(ROLES, check),
}

fn check<'m>(_: &Fleet<'m>, role: &'m Manifest, out: &mut Sink<'_>) {
    if is_of_kubernetes(role) {
        return;
    }
    for grant in grants(role) {
        let is_own = grant
            .words("apiGroups")
            .all(|(_, group)| group.contains('.') && !group.ends_with(".k8s.io"));
        for (list, all) in [("resources", "all resources"), ("verbs", "all verbs")] {
            let Some((route, _)) = grant.words(list).find(|(_, word)| *word == "*") else {
                continue;
            };
            if !is_own {
                out.value(
                    route,
                    format!("{} `{}` allows {all}", role.id.kind, role.id.name),
                    "name what is really called: this also allows what will be added later",
                );
            }
        }
    }
}
