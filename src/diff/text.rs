//! The unified text difference of two objects.

use plimsoll_yaml::emit::{Dialect, Emitter};
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
    let mut emitter = Emitter::new(Dialect::V2);
    if let Some(object) = object {
        emit(object, &mut emitter);
    }
    emitter.finish()
}

fn emit(value: &Value, emitter: &mut Emitter) {
    match value {
        Value::Null => emitter.null(),
        Value::Bool(value) => emitter.bool(*value),
        Value::Number(number) => match (number.as_i64(), number.as_u64()) {
            (Some(number), _) => emitter.int(number),
            (None, Some(number)) => emitter.uint(number),
            (None, None) => emitter.float(number.as_f64().unwrap_or(f64::NAN)),
        },
        Value::String(text) => emitter.string(text),
        Value::Array(items) => {
            emitter.begin_sequence(items.len());
            items.iter().for_each(|item| emit(item, emitter));
            emitter.end();
        }
        Value::Object(map) => {
            let mut entries: Vec<(&String, &Value)> = map.iter().collect();
            Dialect::V2.sort_by_key(&mut entries, |(key, _)| key);
            emitter.begin_mapping(entries.len());
            for (key, value) in entries {
                emitter.string(key);
                emit(value, emitter);
            }
            emitter.end();
        }
    }
}
