//! What of a Pod may change: `ValidatePodUpdate` of pkg/apis/core/validation.

use std::collections::BTreeSet;

use super::annotations::{APPARMOR, MIRROR};
use crate::admission::at::At;
use crate::admission::defaults;
use crate::admission::equal::{self, Tree};
use crate::admission::errors::Errors;

/// What the server says of everything else.
const OTHERWISE: &str = "pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)";

/// Checks a changed Pod.
pub(in crate::admission) fn update(old: &At<'_, '_>, new: &At<'_, '_>, errors: &mut Errors<'_>) {
    annotations(old, new, errors);
    let (before, after) = (old.get("spec"), new.get("spec"));
    for list in ["containers", "initContainers"] {
        let at = after.get(list);
        if at.len() != before.get(list).len() {
            errors
                .forbidden(&at, "pod updates may not add or remove containers")
                .help("delete the pod and create it again, or let a Deployment do so");
            return;
        }
    }
    deadline(&before, &after, errors);
    tolerations(&before.get("tolerations"), &after.get("tolerations"), errors);
    gates(
        &before.get("schedulingGates"),
        &after.get("schedulingGates"),
        errors,
    );
    rest(&before, &after, errors);
}

/// `ValidatePodSpecificAnnotationUpdates`.
fn annotations(old: &At<'_, '_>, new: &At<'_, '_>, errors: &mut Errors<'_>) {
    let (before, after) = (old.get("metadata"), new.get("metadata"));
    let (before, after) = (before.get("annotations"), after.get("annotations"));
    let kind = |key: &str| {
        if key.starts_with(APPARMOR) {
            Some("AppArmor annotations")
        } else if key == MIRROR {
            Some("mirror pod annotation")
        } else {
            None
        }
    };
    for (key, value) in before.entries() {
        let at = after.get(key);
        if let Some(kind) = kind(key)
            && (!at.is_given() || at.str() != value.str())
        {
            errors.forbidden(&at, format!("may not remove or update {kind}"));
        }
    }
    for (key, at) in after.entries() {
        if let Some(kind) = kind(key)
            && !before.get(key).is_given()
        {
            errors.forbidden(&at, format!("may not add {kind}"));
        }
    }
}

/// The deadline may be set, and lowered.
fn deadline(old: &At<'_, '_>, new: &At<'_, '_>, errors: &mut Errors<'_>) {
    let at = new.get("activeDeadlineSeconds");
    match (old.get("activeDeadlineSeconds").int(), at.int()) {
        (Some(before), Some(after)) if before < after => {
            errors.immutable(&at, "must be less than or equal to previous value");
        }
        (Some(_), None) => {
            errors.immutable(&at, "must not update from a positive integer to nil value");
        }
        _ => {}
    }
}

/// `validateOnlyAddedTolerations`: only `tolerationSeconds` of one that is there may change.
fn tolerations(old: &At<'_, '_>, new: &At<'_, '_>, errors: &mut Errors<'_>) {
    let of = |toleration: &At<'_, '_>| {
        let mut tree = Tree::of(toleration, "").unwrap_or_else(Tree::empty);
        tree.set("tolerationSeconds", None);
        tree
    };
    let kept: Vec<Tree> = new.items().map(|toleration| of(&toleration)).collect();
    if !old.items().all(|toleration| kept.contains(&of(&toleration))) {
        errors.forbidden(
            new,
            "existing toleration can not be modified except its tolerationSeconds",
        );
    }
}

/// `validateOnlyDeletedSchedulingGates`.
fn gates(old: &At<'_, '_>, new: &At<'_, '_>, errors: &mut Errors<'_>) {
    for gate in new.items() {
        let name = gate.get("name");
        if !old.items().any(|before| before.get("name").str() == name.str()) {
            errors.forbidden(
                &name,
                format!(
                    "only deletion is allowed, but found new scheduling gate '{}'",
                    name.str()
                ),
            );
        }
    }
}

/// Everything else stays as it is.
fn rest(old: &At<'_, '_>, new: &At<'_, '_>, errors: &mut Errors<'_>) {
    let tree = |at: &At<'_, '_>| Tree::of(at, "spec").unwrap_or_else(Tree::empty);
    let (mut before, mut after) = (tree(old), tree(new));
    for list in ["containers", "initContainers"] {
        let images: Vec<Option<Tree>> = before
            .items_mut(list)
            .map(|container| container.get("image").cloned())
            .collect();
        for (container, image) in after.items_mut(list).zip(images) {
            container.set("image", image);
        }
    }
    for field in ["activeDeadlineSeconds", "schedulingGates", "tolerations"] {
        after.set(field, before.get(field).cloned());
    }
    // A client that does not know the field leaves it out.
    if after.get("resources").is_none() {
        after.set("resources", before.get("resources").cloned());
    }
    if !old.get("schedulingGates").is_empty() {
        gated(old, new, errors);
        after.set("nodeSelector", before.get("nodeSelector").cloned());
        same_node_affinity(&before, &mut after);
    }
    for tree in [&mut before, &mut after] {
        // A negative time is stored as 1.
        if matches!(tree.get("terminationGracePeriodSeconds"), Some(Tree::Int(..0))) {
            tree.set("terminationGracePeriodSeconds", Some(Tree::Int(1)));
        }
        defaults::pod(tree);
    }
    for key in changed(&before, &after) {
        match (before.get(&key), after.get(&key)) {
            (Some(Tree::List(old)), Some(Tree::List(list)))
                if ["containers", "initContainers"].contains(&key.as_str()) =>
            {
                let at = new.get(&key);
                for ((container, old), now) in at.items().zip(old).zip(list) {
                    for field in changed(old, now) {
                        refuse(&container.get(&field), errors);
                    }
                }
            }
            _ => refuse(&new.get(&key), errors),
        }
    }
}

fn refuse(at: &At<'_, '_>, errors: &mut Errors<'_>) {
    errors
        .forbidden(at, OTHERWISE)
        .help("delete the pod and create it again, or let a Deployment do so");
}

/// The fields in which two structs differ.
fn changed(old: &Tree, new: &Tree) -> BTreeSet<String> {
    let (Tree::Map(before), Tree::Map(after)) = (old, new) else {
        return BTreeSet::new();
    };
    before
        .keys()
        .chain(after.keys())
        .filter(|key| before.get(*key) != after.get(*key))
        .cloned()
        .collect()
}

/// What of a pod that waits to be scheduled may change further: `validateNodeSelectorMutation` and
/// `validateNodeAffinityMutation`.
fn gated(old: &At<'_, '_>, new: &At<'_, '_>, errors: &mut Errors<'_>) {
    let (before, after) = (old.get("nodeSelector"), new.get("nodeSelector"));
    let kept = before.entries().all(|(key, value)| {
        let now = after.get(key);
        now.is_given() && now.str() == value.str()
    });
    if !kept {
        errors.invalid(
            &after,
            "only additions to spec.nodeSelector are allowed (no mutations or deletions)",
        );
    }
    let required = "requiredDuringSchedulingIgnoredDuringExecution";
    let (before, after) = (old.get("affinity"), new.get("affinity"));
    let (before, after) = (before.get("nodeAffinity"), after.get("nodeAffinity"));
    let (before, after) = (before.get(required), after.get(required));
    let (before, after) = (before.get("nodeSelectorTerms"), after.get("nodeSelectorTerms"));
    if before.is_empty() {
        return;
    }
    if before.len() != after.len() {
        errors.invalid(
            &after,
            "no additions/deletions to non-empty NodeSelectorTerms list are allowed",
        );
        return;
    }
    for (old, new) in before.items().zip(after.items()) {
        let fields = ["matchExpressions", "matchFields"];
        let was_empty = fields.iter().all(|field| old.get(field).is_empty());
        let is_empty = fields.iter().all(|field| new.get(field).is_empty());
        let only_more = fields.iter().all(|field| {
            let (old, new) = (old.get(field), new.get(field));
            new.len() >= old.len()
                && old
                    .items()
                    .zip(new.items())
                    .all(|(old, new)| equal::same(&old, &new))
        });
        if was_empty && !is_empty || !only_more {
            errors.invalid(&new, "only additions are allowed (no mutations or deletions)");
        }
    }
}

/// Makes the node affinity of the new pod that of the old, as what was checked already.
fn same_node_affinity(before: &Tree, after: &mut Tree) {
    let old = before
        .get("affinity")
        .and_then(|affinity| affinity.get("nodeAffinity"))
        .cloned();
    match (&old, after.get_mut("affinity")) {
        (None, None) => {}
        (Some(_), None) => after.ensure("affinity").set("nodeAffinity", old),
        (_, Some(affinity)) => {
            affinity.set("nodeAffinity", old);
            if *affinity == Tree::empty() && before.get("affinity").is_none() {
                after.set("affinity", None);
            }
        }
    }
}
