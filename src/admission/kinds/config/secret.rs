//! Secrets: `ValidateSecret` and `ValidateSecretUpdate` of pkg/apis/core/validation/validation.go. `stringData` is `data` that
//! the server encodes. No message shows a value.

use std::collections::BTreeMap;

use serde::de::IgnoredAny;

use super::config_map::{IS_IMMUTABLE, MAX_SIZE, RENAME, decoded_len, key};
use crate::admission::at::At;
use crate::admission::bytes;
use crate::admission::errors::Errors;

/// The value of a key: `stringData` wins.
fn value_of(root: &At<'_, '_>, key: &str) -> Option<Vec<u8>> {
    let (data, texts) = (root.get("data"), root.get("stringData"));
    let text = texts.entries().find(|(name, _)| *name == key);
    match text {
        Some((_, value)) => Some(value.str().as_bytes().to_vec()),
        None => data
            .entries()
            .find(|(name, _)| *name == key)
            .map(|(_, value)| bytes::decoded(value.str()).unwrap_or_default()),
    }
}

pub(super) fn create(root: &At<'_, '_>, errors: &mut Errors<'_>) {
    let (data, texts) = (root.get("data"), root.get("stringData"));
    let mut size = 0;
    for (name, value) in data.entries() {
        if texts.entries().any(|(text, _)| text == name) {
            continue;
        }
        key(&value, name, errors);
        size += decoded_len(value.str());
    }
    for (name, value) in texts.entries() {
        key(&value, name, errors);
        size += value.str().len();
    }
    if size > MAX_SIZE {
        let at = if data.is_given() { &data } else { &texts };
        errors
            .too_long(at, MAX_SIZE)
            .help("put less into it: the server stores at most 1 MiB of values in a Secret");
    }
    typed(root, errors);
}

/// What the types of Secrets that the server knows must have.
fn typed(root: &At<'_, '_>, errors: &mut Errors<'_>) {
    match root.get("type").str() {
        "kubernetes.io/service-account-token" => {
            const ACCOUNT: &str = "kubernetes.io/service-account.name";
            let metadata = root.get("metadata");
            let annotations = metadata.get("annotations");
            let account = annotations.get(ACCOUNT);
            if account.is_empty() {
                errors
                    .required(&account, "")
                    .help("name the service account that the token is for");
            }
        }
        "kubernetes.io/dockercfg" => json(root, ".dockercfg", errors),
        "kubernetes.io/dockerconfigjson" => json(root, ".dockerconfigjson", errors),
        "kubernetes.io/basic-auth" => {
            let keys = ["username", "password"];
            if keys.iter().all(|key| value_of(root, key).is_none()) {
                for key in keys {
                    missing(root, key, errors);
                }
            }
        }
        "kubernetes.io/ssh-auth" if value_of(root, "ssh-privatekey").is_none_or(|key| key.is_empty()) => {
            missing(root, "ssh-privatekey", errors);
        }
        "kubernetes.io/tls" => {
            for key in ["tls.crt", "tls.key"] {
                if value_of(root, key).is_none() {
                    missing(root, key, errors);
                }
            }
        }
        _ => {}
    }
}

fn missing(root: &At<'_, '_>, key: &str, errors: &mut Errors<'_>) {
    let kind = root.get("type");
    errors.required(&root.get("data").get(key), "").help(format!(
        "add the key, here or under `stringData`; a Secret of `type: {}` has it",
        kind.str()
    ));
}

/// A key that must be there and hold a JSON object.
fn json(root: &At<'_, '_>, key: &str, errors: &mut Errors<'_>) {
    let Some(value) = value_of(root, key) else {
        missing(root, key, errors);
        return;
    };
    let first = value.iter().find(|byte| !byte.is_ascii_whitespace());
    let wrong = match serde_json::from_slice::<IgnoredAny>(&value) {
        Ok(_) if matches!(first, Some(b'{' | b'n')) => return,
        Ok(_) => "must be a JSON object".to_owned(),
        Err(error) => format!("must be a JSON object: {error}"),
    };
    let (data, texts) = (root.get("data"), root.get("stringData"));
    let text = texts.get(key);
    let at = if text.is_given() { text } else { data.get(key) };
    errors.invalid_key(&at, &at, "<secret contents redacted>", wrong);
}

pub(super) fn update(old: &At<'_, '_>, new: &At<'_, '_>, errors: &mut Errors<'_>) {
    let kind = new.get("type");
    if kind.str_or("Opaque") != old.get("type").str_or("Opaque") {
        errors
            .immutable(&kind, "field is immutable")
            .help("delete the Secret and create it again, or give the one of the other type another name");
    }
    if !old.get("immutable").is_true() {
        return;
    }
    let immutable = new.get("immutable");
    if !immutable.is_true() {
        errors.forbidden(&immutable, IS_IMMUTABLE);
    }
    let values = |root: &At<'_, '_>| -> BTreeMap<String, Option<Vec<u8>>> {
        ["data", "stringData"]
            .iter()
            .flat_map(|field| {
                let data = root.get(field);
                data.entries()
                    .map(|(key, _)| (key.to_owned(), value_of(root, key)))
                    .collect::<Vec<_>>()
            })
            .collect()
    };
    let (before, after) = (values(old), values(new));
    let is_given_up = old.get("data").entries().any(|(key, _)| !after.contains_key(key));
    let is_changed = after.iter().any(|(key, value)| before.get(key) != Some(value));
    if is_given_up || is_changed {
        let (data, texts) = (new.get("data"), new.get("stringData"));
        let at = if data.is_given() || !texts.is_given() {
            &data
        } else {
            &texts
        };
        errors.forbidden(at, IS_IMMUTABLE).help(RENAME);
    }
}
