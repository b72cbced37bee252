//! Classes of volumes, and what they offer where: StorageClasses, VolumeAttributesClasses and CSIStorageCapacities of
//! pkg/apis/storage/validation/validation.go.

use std::collections::{BTreeMap, BTreeSet};

use crate::admission::at::At;
use crate::admission::errors::Errors;
use crate::admission::quantity::Quantity;
use crate::admission::{equal, label_selector, names};

const MAX_PARAMETERS: usize = 512;

/// Keys and values together, in bytes.
const MAX_PARAMETERS_SIZE: usize = 256 * 1024;

const IMMUTABLE: &str = "field is immutable";

const RENAME: &str = "give the changed class another name; volumes keep what they were made with";

/// `ValidateStorageClass`.
pub(super) fn storage_class(root: &At<'_, '_>, errors: &mut Errors<'_>) {
    provisioner(&root.get("provisioner"), errors);
    parameters(&root.get("parameters"), errors);
    let policy = root.get("reclaimPolicy");
    if !policy.is_empty() && !matches!(policy.str(), "Delete" | "Retain") {
        errors.unsupported(&policy, &["Delete", "Retain"]);
    }
    let mode = root.get("volumeBindingMode");
    if mode.is_given() && !matches!(mode.str(), "Immediate" | "WaitForFirstConsumer") {
        errors.unsupported(&mode, &["Immediate", "WaitForFirstConsumer"]);
    }
    topologies(&root.get("allowedTopologies"), errors);
}

/// `validateProvisioner`.
fn provisioner(name: &At<'_, '_>, errors: &mut Errors<'_>) {
    if name.is_empty() {
        errors.required(name, "");
        return;
    }
    for what in names::qualified_name(&name.str().to_lowercase()) {
        errors.invalid(name, what);
    }
}

/// `validateParameters`.
fn parameters(parameters: &At<'_, '_>, errors: &mut Errors<'_>) {
    if parameters.len() > MAX_PARAMETERS {
        errors
            .too_long(parameters, MAX_PARAMETERS)
            .help("give at most 512 parameters");
        return;
    }
    let mut size = 0;
    for (key, value) in parameters.entries() {
        if key.is_empty() {
            errors.invalid_key(parameters, &value, key, "field can not be empty.");
        }
        size += key.len() + value.str().len();
    }
    if size > MAX_PARAMETERS_SIZE {
        errors.too_long(parameters, MAX_PARAMETERS_SIZE);
    }
}

/// `validateAllowedTopologies`. A term without expressions is the same as none, which the server calls a duplicate.
fn topologies(topologies: &At<'_, '_>, errors: &mut Errors<'_>) {
    let mut known: BTreeSet<BTreeMap<&str, BTreeSet<&str>>> = BTreeSet::new();
    known.insert(BTreeMap::new());
    for term in topologies.items() {
        let expressions = term.get("matchLabelExpressions");
        let mut values_of: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for expression in expressions.items() {
            let (key, values) = (expression.get("key"), expression.get("values"));
            if values.is_empty() {
                errors.required(&values, "");
            }
            let mut given = BTreeSet::new();
            for value in values.items() {
                if !given.insert(value.str()) {
                    errors.duplicate(&value);
                }
            }
            for what in names::qualified_name(key.str()) {
                errors.invalid(&key, what);
            }
            if values_of.insert(key.str(), given).is_some() {
                errors.duplicate(&key);
            }
        }
        if !known.insert(values_of) {
            errors
                .duplicate(&expressions)
                .help("each term must have expressions, and others than the terms before it");
        }
    }
}

pub(super) fn storage_class_update(old: &At<'_, '_>, new: &At<'_, '_>, errors: &mut Errors<'_>) {
    let parameters = new.get("parameters");
    if !equal::same(&old.get("parameters"), &parameters) {
        errors.immutable(&parameters, IMMUTABLE).help(RENAME);
    }
    for (field, default) in [
        ("provisioner", ""),
        ("reclaimPolicy", "Delete"),
        ("volumeBindingMode", "Immediate"),
    ] {
        let (before, after) = (old.get(field), new.get(field));
        if before.as_str().unwrap_or(default) != after.as_str().unwrap_or(default) {
            errors.immutable(&after, IMMUTABLE).help(RENAME);
        }
    }
}

/// `ValidateVolumeAttributesClass`.
pub(super) fn attributes_class(root: &At<'_, '_>, errors: &mut Errors<'_>) {
    provisioner(&root.get("driverName"), errors);
    let at = root.get("parameters");
    parameters(&at, errors);
    if at.is_empty() {
        errors.required(&at, "must contain at least one key/value pair");
    }
}

pub(super) fn attributes_class_update(old: &At<'_, '_>, new: &At<'_, '_>, errors: &mut Errors<'_>) {
    let driver = new.get("driverName");
    if old.get("driverName").str() != driver.str() {
        errors
            .forbidden(&driver, "updates to driverName are forbidden.")
            .help(RENAME);
    }
    let parameters = new.get("parameters");
    if !equal::same(&old.get("parameters"), &parameters) {
        errors
            .forbidden(&parameters, "updates to parameters are forbidden.")
            .help(RENAME);
    }
}

/// `ValidateCSIStorageCapacity`.
pub(super) fn capacity(root: &At<'_, '_>, errors: &mut Errors<'_>) {
    label_selector::check(&root.get("nodeTopology"), errors);
    let class = root.get("storageClassName");
    for what in names::dns1123_subdomain(class.str()) {
        errors.invalid(&class, what);
    }
    let capacity = root.get("capacity");
    if Quantity::of(&capacity).is_some_and(Quantity::is_negative) {
        errors.invalid(&capacity, "must be greater than or equal to 0");
    }
}

pub(super) fn capacity_update(old: &At<'_, '_>, new: &At<'_, '_>, errors: &mut Errors<'_>) {
    for field in ["nodeTopology", "storageClassName"] {
        let after = new.get(field);
        if !equal::same(&old.get(field), &after) {
            errors.immutable(&after, IMMUTABLE);
        }
    }
}
