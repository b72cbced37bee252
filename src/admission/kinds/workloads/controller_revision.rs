//! ControllerRevision: `ValidateControllerRevisionCreate` of pkg/apis/apps/validation.

use crate::admission::at::At;
use crate::admission::equal;
use crate::admission::errors::Errors;

/// `ValidateControllerRevisionCreate`.
pub(super) fn check(root: &At<'_, '_>, errors: &mut Errors<'_>) {
    errors.not_negative(&root.get("revision"));
    let data = root.get("data");
    match data.node() {
        None => {
            errors.required(&data, "data is mandatory");
        }
        Some(node) if !node.is_mapping() => {
            errors.required(&data, "data must be a valid JSON object");
        }
        Some(_) => {}
    }
}

/// `ValidateControllerRevisionUpdate`.
pub(super) fn check_update(old: &At<'_, '_>, new: &At<'_, '_>, errors: &mut Errors<'_>) {
    let data = new.get("data");
    if !equal::same(&old.get("data"), &data) {
        errors.immutable(&data, "field is immutable");
    }
}
