//! What of a Secret is shown: which of its values are equal, and nothing else.
//!
//! Marks are fixed words. A digest, even a short one, would let anyone test guesses; a length would help.

use serde_json::{Map, Value};

/// What is shown of what a Secret holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Secrets {
    /// Marks.
    Masked,
    /// All of it, as it is written.
    Shown,
}

/// A value that is the same on both sides, or is on one side only.
const EQUAL: &str = "******";
/// The old one of two different values.
const BEFORE: &str = "****** (before)";
/// The new one of two different values.
const AFTER: &str = "****** (after)";

/// `kubectl apply` keeps the whole object in this annotation, secrets included.
const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// Replaces what two sides of one Secret hold by marks. Two values get the same mark only if they were equal.
pub(super) fn mask(mut old: Option<&mut Value>, mut new: Option<&mut Value>) {
    for field in ["data", "stringData"] {
        pair(
            old.as_deref_mut().and_then(|object| object.get_mut(field)),
            new.as_deref_mut().and_then(|object| object.get_mut(field)),
        );
    }
    pair(old.and_then(last_applied), new.and_then(last_applied));
}

fn last_applied(object: &mut Value) -> Option<&mut Value> {
    object
        .get_mut("metadata")?
        .get_mut("annotations")?
        .get_mut(LAST_APPLIED)
}

fn pair(old: Option<&mut Value>, new: Option<&mut Value>) {
    match (old, new) {
        (Some(Value::Object(old)), Some(Value::Object(new))) => pair_maps(old, new),
        (Some(old), Some(new)) if old == new => {
            fill(old, EQUAL);
            fill(new, EQUAL);
        }
        (Some(old), Some(new)) => {
            fill(old, BEFORE);
            fill(new, AFTER);
        }
        (Some(side), None) | (None, Some(side)) => fill(side, EQUAL),
        (None, None) => {}
    }
}

fn pair_maps(old: &mut Map<String, Value>, new: &mut Map<String, Value>) {
    for (key, value) in old.iter_mut() {
        pair(Some(value), new.get_mut(key));
    }
    for (_, value) in new.iter_mut().filter(|(key, _)| !old.contains_key(*key)) {
        pair(None, Some(value));
    }
}

/// Replaces every scalar by the mark; the keys of a mapping stay.
fn fill(value: &mut Value, mark: &str) {
    match value {
        Value::Object(map) => map.values_mut().for_each(|value| fill(value, mark)),
        Value::Array(items) => items.iter_mut().for_each(|value| fill(value, mark)),
        Value::Null => {}
        scalar => *scalar = Value::from(mark),
    }
}
