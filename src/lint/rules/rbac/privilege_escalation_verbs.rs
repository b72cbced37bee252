use super::grants::{ROLES, grants};
use crate::lint::prelude::*;

rule! {
    name: "privilege-escalation-verbs",
    group: Rbac,
    severity: Warning,
    presets: [Recommended, Security],
    peers: [
        "trivy:KSV-0043",
        "trivy:KSV-0050",
        "trivy:KSV-0051",
        "trivy:KSV-0052",
        "checkov:CKV2_K8S_1",
        "checkov:CKV2_K8S_3",
        "checkov:CKV_K8S_157",
        "checkov:CKV_K8S_158",
        "datree:CIS_INVALID_VALUE_BIND_IMPERSONATE_ESCALATE",
        "kyverno:restrict-escalation-verbs-roles",
    ],
    check: Kinds(ROLES, check),
}

fn check<'m>(_: &Fleet<'m>, role: &'m Manifest, out: &mut Sink<'_>) {
    for grant in grants(role).filter(|grant| !grant.is_narrow()) {
        let of_roles = grant
            .resource("rbac.authorization.k8s.io", &["roles", "clusterroles", "*"])
            .is_some();
        let of_accounts = ["", "authentication.k8s.io"].iter().any(|group| {
            grant
                .resource(group, &["users", "groups", "serviceaccounts", "*"])
                .is_some()
        });
        for (route, verb) in grant.words("verbs") {
            let is_way_up = match verb {
                "bind" | "escalate" => of_roles,
                "impersonate" => of_accounts,
                _ => false,
            };
            if is_way_up {
                out.value(
                    route,
                    format!(
                        "{} `{}` allows `{verb}`, by which it takes any right",
                        role.id.kind, role.id.name
                    ),
                    "remove the verb, or name what it is for in `resourceNames`",
                );
            }
        }
    }
}
