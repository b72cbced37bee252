use super::grants::{BINDINGS, subjects};
use crate::lint::prelude::*;

rule! {
    name: "system-group-binding",
    group: Rbac,
    severity: Warning,
    presets: [Default, Security],
    peers: [
        "kubesec:BindingsToSystemAnonymous",
        "trivy:KSV-0122",
        "trivy:KSV-0123",
        "trivy:KSV-1011",
        "datree:CIS_INVALID_VALUE_SYSTEM_MASTERS",
        "kyverno:restrict-binding-system-groups",
        "gatekeeper:K8sDisallowAnonymous",
    ],
    check: Kinds(BINDINGS, check),
}

fn check<'m>(_: &Fleet<'m>, binding: &'m Manifest, out: &mut Sink<'_>) {
    if binding
        .get("roleRef.name")
        .is_some_and(|role| role.str().starts_with("system:"))
    {
        return;
    }
    for (route, subject) in subjects(binding) {
        let name = subject.get("name").map_or("", NodeRef::str);
        let who = match name {
            "system:anonymous" | "system:unauthenticated" => "callers without credentials",
            "system:authenticated" => "every account of the cluster",
            "system:masters" => "a group that no role limits",
            _ => continue,
        };
        out.value(
            route.then("name"),
            format!(
                "{} `{}` gives its role to {who}",
                binding.id.kind, binding.id.name
            ),
            "name the users, groups or ServiceAccounts that are meant",
        );
    }
}
