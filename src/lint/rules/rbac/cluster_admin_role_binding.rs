use super::grants::{BINDINGS, allows_everything, is_of_kubernetes};
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

fn check<'m>(fleet: &Fleet<'m>, binding: &'m Manifest, out: &mut Sink<'_>) {
    let text = |path| binding.get(path).map_or("", NodeRef::str);
    let (kind, name) = (text("roleRef.kind"), text("roleRef.name"));
    let namespace = (kind == "Role").then(|| fleet.namespace(binding));
    let bound = || fleet.object(("rbac.authorization.k8s.io", kind), namespace, name);
    if is_of_kubernetes(binding) {
        return;
    }
    if name == "cluster-admin" || bound().is_some_and(allows_everything) {
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
