//! Defaults that a definition of a custom kind gives: they must be what their own schema takes.

use plimsoll_yaml::NodeRef;
use serde_json::Map;

use super::structural::{Structural, check, decode};
use crate::manifest::json;

/// What is wrong with the default of a schema, in sentences about the value; nothing when it fits, or when the schema
/// cannot be read.
pub(crate) fn wrong_default(schema: NodeRef<'_>, default: NodeRef<'_>) -> Vec<String> {
    let read = || {
        let schema = Structural::read(&json::sent(schema).ok()?, &Map::new())?;
        Some((schema, json::sent(default).ok()?))
    };
    let Some((schema, value)) = read() else {
        return Vec::new();
    };
    if decode::has_unknown(&schema, &value) {
        return vec!["must not have unknown fields".to_owned()];
    }
    check::check_value(&schema, &value, default)
        .into_iter()
        .map(|found| found.message.replace("`(root)`", "it"))
        .collect()
}
