use crate::lint::prelude::*;
use crate::manifest::GroupKind;

rule! {
    name: "dangling-rolebinding",
    group: References,
    severity: Warning,
    presets: [Default],
    confidence: Likely,
    peers: ["popeye:POP-1300"],
    check: Kinds(BINDINGS, check),
}

fn check<'m>(fleet: &Fleet<'m>, binding: &'m Manifest, out: &mut Sink<'_>) {
    let own = fleet.namespace(binding);
    let role = binding.get("roleRef.name").map_or("", NodeRef::str);
    let (kind, namespace) = match binding.get("roleRef.kind").map_or("", NodeRef::str) {
        "Role" => ("Role", Some(own)),
        _ => ("ClusterRole", None),
    };
    let is_built_in =
        matches!(role, "admin" | "cluster-admin" | "edit" | "view") || role.starts_with("system:");
    if !is_built_in && fleet.is_missing((GROUP, kind), namespace, role) {
        let help = match fleet.nearest_name((GROUP, kind), namespace, role) {
            Some(nearest) => format!("did you mean `{nearest}`?"),
            None => "correct its name or its kind, `Role` or `ClusterRole`".to_owned(),
        };
        out.value(
            binding.route("roleRef.name"),
            format!(
                "{} `{}` gives the {kind} `{role}`, which is not there",
                binding.id.kind, binding.id.name
            ),
            help,
        );
    }
    for (index, subject) in binding
        .get("subjects")
        .into_iter()
        .flat_map(NodeRef::items)
        .enumerate()
    {
        let text = |key| subject.get(key).map_or("", NodeRef::str);
        let namespace = Some(text("namespace"))
            .filter(|namespace| !namespace.is_empty())
            .unwrap_or(own);
        let account = ("", "ServiceAccount");
        if text("kind") == "ServiceAccount" && fleet.is_missing(account, Some(namespace), text("name")) {
            let help = match fleet.nearest_name(account, Some(namespace), text("name")) {
                Some(nearest) => format!("did you mean `{nearest}`?"),
                None => format!("the namespace `{namespace}` has no such account: correct name or namespace"),
            };
            out.value(
                binding.route("subjects").then(index).then("name"),
                format!(
                    "{} `{}` gives its role to the ServiceAccount `{}`, which is not there",
                    binding.id.kind,
                    binding.id.name,
                    text("name")
                ),
                help,
            );
        }
    }
}

const GROUP: &str = "rbac.authorization.k8s.io";
const BINDINGS: &[GroupKind<'static>] = &[(GROUP, "ClusterRoleBinding"), (GROUP, "RoleBinding")];
