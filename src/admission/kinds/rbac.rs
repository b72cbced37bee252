//! Roles, bindings and service accounts: pkg/apis/rbac/validation/validation.go.

use super::{KindRules, anything, nothing};
use crate::admission::at::At;
use crate::admission::errors::Errors;
use crate::admission::{label_selector, names};

const GROUP: &str = "rbac.authorization.k8s.io";

pub(super) static KINDS: &[KindRules] = &[
    KindRules {
        group: GROUP,
        kind: "Role",
        name: names::path_segment_name,
        create: role,
        update: anything,
    },
    KindRules {
        group: GROUP,
        kind: "ClusterRole",
        name: names::path_segment_name,
        create: cluster_role,
        update: anything,
    },
    KindRules {
        group: GROUP,
        kind: "RoleBinding",
        name: names::path_segment_name,
        create: role_binding,
        update: binding_update,
    },
    KindRules {
        group: GROUP,
        kind: "ClusterRoleBinding",
        name: names::path_segment_name,
        create: cluster_role_binding,
        update: binding_update,
    },
    KindRules {
        group: "",
        kind: "ServiceAccount",
        name: names::subdomain_name,
        create: nothing,
        update: anything,
    },
];

/// `ValidateRole`.
fn role(root: &At<'_, '_>, errors: &mut Errors<'_>) {
    for rule in root.get("rules").items() {
        policy_rule(&rule, true, errors);
    }
}

/// `ValidateClusterRole`.
fn cluster_role(root: &At<'_, '_>, errors: &mut Errors<'_>) {
    for rule in root.get("rules").items() {
        policy_rule(&rule, false, errors);
    }
    let aggregation = root.get("aggregationRule");
    if aggregation.is_given() {
        let selectors = aggregation.get("clusterRoleSelectors");
        if selectors.is_empty() {
            errors.required(
                &selectors,
                "at least one clusterRoleSelector required if aggregationRule is non-nil",
            );
        }
        for selector in selectors.items() {
            label_selector::check(&selector, errors);
        }
    }
}

/// `ValidatePolicyRule`: resources of groups, or URLs that are no resources.
fn policy_rule(rule: &At<'_, '_>, is_namespaced: bool, errors: &mut Errors<'_>) {
    let verbs = rule.get("verbs");
    if verbs.is_empty() {
        errors
            .required(&verbs, "verbs must contain at least one value")
            .help("say what is allowed, such as `verbs: [get, list, watch]`");
    }
    let urls = rule.get("nonResourceURLs");
    let (groups, resources) = (rule.get("apiGroups"), rule.get("resources"));
    if !urls.is_empty() {
        if is_namespaced {
            errors
                .invalid(&urls, "namespaced rules cannot apply to non-resource URLs")
                .help("use a ClusterRole for URLs");
        }
        if !groups.is_empty() || !resources.is_empty() || !rule.get("resourceNames").is_empty() {
            errors
                .invalid(
                    &urls,
                    "rules cannot apply to both regular resources and non-resource URLs",
                )
                .help("make it two rules");
        }
        return;
    }
    if groups.is_empty() {
        errors
            .required(&groups, "resource rules must supply at least one api group")
            .help("name the groups of the resources; `\"\"` is that of Pods, Services and ConfigMaps");
    }
    if resources.is_empty() {
        errors.required(&resources, "resource rules must supply at least one resource");
    }
}

/// `ValidateRoleBinding`.
fn role_binding(root: &At<'_, '_>, errors: &mut Errors<'_>) {
    role_reference(&root.get("roleRef"), &["Role", "ClusterRole"], errors);
    for subject in root.get("subjects").items() {
        subject_of(&subject, true, errors);
    }
}

/// `ValidateClusterRoleBinding`.
fn cluster_role_binding(root: &At<'_, '_>, errors: &mut Errors<'_>) {
    role_reference(&root.get("roleRef"), &["ClusterRole"], errors);
    for subject in root.get("subjects").items() {
        subject_of(&subject, false, errors);
    }
}

fn role_reference(reference: &At<'_, '_>, kinds: &[&str], errors: &mut Errors<'_>) {
    let group = reference.get("apiGroup");
    if group.str_or(GROUP) != GROUP {
        errors.unsupported(&group, &[GROUP]);
    }
    let kind = reference.get("kind");
    if !kinds.contains(&kind.str()) {
        errors.unsupported(&kind, kinds);
    }
    let name = reference.get("name");
    if name.is_empty() {
        errors.required(&name, "");
    }
    for what in names::path_segment_name(name.str(), false) {
        errors.invalid(&name, what);
    }
}

/// `ValidateRoleBindingSubject`.
fn subject_of(subject: &At<'_, '_>, is_namespaced: bool, errors: &mut Errors<'_>) {
    let (kind, name) = (subject.get("kind"), subject.get("name"));
    if name.is_empty() {
        errors.required(&name, "");
    }
    let group = subject.get("apiGroup");
    match kind.str() {
        "ServiceAccount" => {
            if !name.is_empty() {
                for what in names::dns1123_subdomain(name.str()) {
                    errors.invalid(&name, what);
                }
            }
            if !group.is_empty() {
                errors
                    .unsupported(&group, &[""])
                    .help("remove it; service accounts are of the core group");
            }
            let namespace = subject.get("namespace");
            if !is_namespaced && namespace.is_empty() {
                errors
                    .required(&namespace, "")
                    .help("name the namespace of the service account; a cluster-wide binding has none to default to");
            }
        }
        "User" | "Group" => {
            if group.str_or(GROUP) != GROUP {
                errors.unsupported(&group, &[GROUP]);
            }
        }
        _ => {
            errors.unsupported(&kind, &["ServiceAccount", "User", "Group"]);
        }
    }
}

/// `roleRef` is set once.
fn binding_update(old: &At<'_, '_>, new: &At<'_, '_>, errors: &mut Errors<'_>) {
    let (old, new) = (old.get("roleRef"), new.get("roleRef"));
    let is_same = old.get("kind").str() == new.get("kind").str()
        && old.get("name").str() == new.get("name").str()
        && old.get("apiGroup").str_or(GROUP) == new.get("apiGroup").str_or(GROUP);
    if !is_same {
        errors
            .immutable(&new, "field is immutable")
            .help("delete the binding and create it again, or give the one of the other role another name");
    }
}
