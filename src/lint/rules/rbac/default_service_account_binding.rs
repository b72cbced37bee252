use super::grants::{BINDINGS, subjects};
use crate::lint::prelude::*;

rule! {
    name: "default-service-account-binding",
    group: Rbac,
    severity: Warning,
    presets: [Recommended, Security],
    peers: ["checkov:CKV_K8S_42"],
    check: Kinds(BINDINGS, check),
}

fn check<'m>(_: &Fleet<'m>, binding: &'m Manifest, out: &mut Sink<'_>) {
    for (route, subject) in subjects(binding) {
        let is = |key, word| {
            subject
                .get(key)
                .is_some_and(|node: NodeRef<'_>| node.str() == word)
        };
        if is("kind", "ServiceAccount") && is("name", "default") {
            out.value(
                route.then("name"),
                format!(
                    "{} `{}` gives its role to every pod that names no ServiceAccount",
                    binding.id.kind, binding.id.name
                ),
                "make a ServiceAccount for the program, name it in its pods, and bind the role to that",
            );
        }
    }
}
