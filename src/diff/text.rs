//! The unified text difference of two objects.

use serde_json::Value;
use similar::TextDiff;

/// Both objects as YAML with sorted keys, compared line by line; hunks only, without file headers.
pub(super) fn unified(old: Option<&Value>, new: Option<&Value>, context: usize) -> String {
    let (old, new) = (yaml(old), yaml(new));
    TextDiff::from_lines(old.as_str(), new.as_str())
        .unified_diff()
        .context_radius(context)
        .missing_newline_hint(false)
        .to_string()
}

/// An object as `kubectl get -o yaml` would print it; nothing for a side that is not there.
fn yaml(object: Option<&Value>) -> String {
    object
        .map(|object| serde_yaml::to_string(&sorted(object)).unwrap_or_default())
        .unwrap_or_default()
}

fn sorted(value: &Value) -> Value {
    match value {
        Value::Object(map) => {
            let mut entries: Vec<(&String, &Value)> = map.iter().collect();
            entries.sort_unstable_by_key(|(key, _)| *key);
            Value::Object(
                entries
                    .into_iter()
                    .map(|(key, value)| (key.clone(), sorted(value)))
                    .collect(),
            )
        }
        Value::Array(items) => items.iter().map(sorted).collect(),
        scalar => scalar.clone(),
    }
}
