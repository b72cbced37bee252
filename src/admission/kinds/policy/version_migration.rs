//! StorageVersionMigration: pkg/apis/storagemigration/validation.

use crate::admission::at::At;
use crate::admission::errors::Errors;
use crate::admission::{equal, names};

/// Checks what is to be migrated.
pub(super) fn check(root: &At<'_, '_>, errors: &mut Errors<'_>) {
    let spec = root.get("spec");
    let target = spec.get("resource");
    let resource = target.get("resource");
    if resource.is_empty() {
        errors.required(&resource, "resource is required to be set");
    } else {
        let wrong = names::dns1035_label(resource.str());
        if !wrong.is_empty() {
            errors.invalid(&resource, wrong.join(","));
        }
    }
    let group = target.get("group");
    if !group.is_empty() {
        let wrong = names::dns1123_subdomain(group.str());
        if !wrong.is_empty() {
            errors.invalid(&group, wrong.join(","));
        }
    }
}

/// A migration is for one thing.
pub(super) fn update(old: &At<'_, '_>, new: &At<'_, '_>, errors: &mut Errors<'_>) {
    let spec = new.get("spec");
    if !equal::same(&old.get("spec"), &spec) {
        errors.immutable(&spec, "field is immutable");
    }
}
