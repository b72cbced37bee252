//! JSON values as YAML.

use serde_json::Value;

use crate::emit::{Dialect, Emitter};

/// Prints a value as `sigs.k8s.io/yaml` does, and so `kubectl get -o yaml`: keys sorted, in go-yaml v2's style. Its depth
/// is the caller's to bound.
#[must_use]
pub fn print_json(value: &Value) -> String {
    let mut emitter = Emitter::new(Dialect::V2);
    emit(value, &mut emitter);
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
