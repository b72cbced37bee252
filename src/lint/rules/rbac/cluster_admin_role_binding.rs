use super::grants::BINDINGS;
use crate::lint::prelude::*;

rule! {
    name: "cluster-admin-role-binding",
    group: Rbac,
    severity: Warning,
    presets: [Recommended, Security],
    peers: [
        "kube-linter:cluster-admin-role-binding",
        "polaris:clusterrolebindingClusterAdmin",
        "polaris:rolebindingClusterAdminClusterRole",
        "polaris:rolebindingClusterAdminRole",
        "trivy:KSV-0111",
        "datree:CIS_INVALID_ROLE_CLUSTER_ADMIN",
        "kyverno:restrict-binding-clusteradmin",
    ],
    check: Kinds(BINDINGS, check),
}

fn check<'m>(_: &Fleet<'m>, binding: &'m Manifest, out: &mut Sink<'_>) {
    if binding
        .get("roleRef.name")
        .is_some_and(|name| name.str() == "cluster-admin")
    {
        out.value(
            binding.route("roleRef.name"),
            format!(
                "{} `{}` gives the right to do everything",
                binding.id.kind, binding.id.name
            ),
            "write a role with the verbs and resources that are really called, and bind that",
        );
    }
}
