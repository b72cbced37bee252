//! RuntimeClass: `ValidateRuntimeClass` of pkg/apis/node/validation.

use crate::admission::at::At;
use crate::admission::equal::Tree;
use crate::admission::errors::Errors;
use crate::admission::{metadata, names, pod, resource_names};

/// Checks a new class; `v1alpha1` had its fields in `spec`, and is gone.
pub(super) fn check(root: &At<'_, '_>, errors: &mut Errors<'_>) {
    let handler = root.get("handler");
    if handler.is_blank() {
        errors.required(&handler, "");
    } else if handler.is_given() {
        for what in names::dns1123_label(handler.str()) {
            errors.invalid(&handler, what);
        }
    }
    let overhead = root.get("overhead");
    let fixed = overhead.get("podFixed");
    for (name, amount) in fixed.entries() {
        for what in resource_names::of_container(name) {
            errors.invalid_key(&fixed, &amount, name, what);
        }
        resource_names::amount(name, &amount, errors);
    }
    let scheduling = root.get("scheduling");
    metadata::labels(&scheduling.get("nodeSelector"), errors);
    let tolerations = scheduling.get("tolerations");
    pod::tolerations::tolerations(&tolerations, errors);
    let mut seen = Vec::new();
    for toleration in tolerations.items() {
        let mut tree = Tree::of(&toleration, "");
        if let Some(tree) = &mut tree {
            tree.set("tolerationSeconds", None);
        }
        if seen.contains(&tree) {
            errors.duplicate(&toleration);
        } else {
            seen.push(tree);
        }
    }
}

/// `ValidateRuntimeClassUpdate`.
pub(super) fn check_update(old: &At<'_, '_>, new: &At<'_, '_>, errors: &mut Errors<'_>) {
    let handler = new.get("handler");
    if old.get("handler").str() != handler.str() {
        errors
            .immutable(&handler, "field is immutable")
            .help("make a new class under another name, and let pods use it");
    }
}
