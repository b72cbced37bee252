//! ConfigMaps: `ValidateConfigMap` and `ValidateConfigMapUpdate` of pkg/apis/core/validation/validation.go. The texts about
//! what is immutable are the same for Secrets.

use std::collections::BTreeMap;

use crate::admission::at::At;
use crate::admission::errors::Errors;
use crate::admission::names;

/// The most that the values of a ConfigMap or Secret may take together, in bytes.
pub(super) const MAX_SIZE: usize = 1024 * 1024;

pub(super) const IS_IMMUTABLE: &str = "field is immutable when `immutable` is set";

pub(super) const RENAME: &str = "give the changed one another name, and use that where this one is used";

/// The keys of `data`, `binaryData` and `stringData`: `IsConfigMapKey`.
pub(super) fn key(value: &At<'_, '_>, key: &str, errors: &mut Errors<'_>) {
    for what in names::config_map_key(key) {
        errors.invalid_key(value, value, key, what);
    }
}

/// The length of what a base64 text stands for, in bytes; the schema stage says when it is none.
pub(super) fn decoded_len(text: &str) -> usize {
    let digits = text
        .bytes()
        .filter(|byte| !matches!(byte, b'\n' | b'\r' | b'='))
        .count();
    digits * 3 / 4
}

pub(super) fn create(root: &At<'_, '_>, errors: &mut Errors<'_>) {
    let (data, binary) = (root.get("data"), root.get("binaryData"));
    let mut size = 0;
    for (name, value) in data.entries() {
        key(&value, name, errors);
        if binary.entries().any(|(other, _)| other == name) {
            errors.invalid_key(&value, &value, name, "duplicate of key present in binaryData");
        }
        size += value.str().len();
    }
    for (name, value) in binary.entries() {
        key(&value, name, errors);
        size += decoded_len(value.str());
    }
    if size > MAX_SIZE {
        let at = if data.is_given() { &data } else { &binary };
        errors
            .too_long(at, MAX_SIZE)
            .help("put less into it: the server stores at most 1 MiB of values in a ConfigMap");
    }
}

pub(super) fn update(old: &At<'_, '_>, new: &At<'_, '_>, errors: &mut Errors<'_>) {
    if !old.get("immutable").is_true() {
        return;
    }
    let immutable = new.get("immutable");
    if !immutable.is_true() {
        errors.forbidden(&immutable, IS_IMMUTABLE);
    }
    for field in ["data", "binaryData"] {
        let (old, new) = (old.get(field), new.get(field));
        let values = |data: &At<'_, '_>| -> BTreeMap<String, String> {
            data.entries()
                .map(|(key, value)| (key.to_owned(), value.str().to_owned()))
                .collect()
        };
        if values(&old) != values(&new) {
            errors.forbidden(&new, IS_IMMUTABLE).help(RENAME);
        }
    }
}
