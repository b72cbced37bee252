//! An object as the API server reads it: JSON.

use std::borrow::Cow;

use plimsoll_yaml::json::{self, Builder};
use plimsoll_yaml::{DecodeError, Kind, NodeRef};
use serde_json::{Map, Value};

/// Reads a node as the JSON that kubectl sends for it.
///
/// # Errors
/// What JSON cannot hold (infinities, keys that are lists), so that no client can send it.
pub fn sent(node: NodeRef<'_>) -> Result<Value, DecodeError> {
    json::build(node, &mut Json)
}

/// Reads a node. What JSON cannot hold is read as the text it is written in.
pub fn of(node: NodeRef<'_>) -> Value {
    sent(node).unwrap_or_else(|_| lenient(node))
}

/// [`of`] for an object that Helm and the server would refuse: nothing may be lost, for the difference is still shown.
fn lenient(node: NodeRef<'_>) -> Value {
    match node.kind() {
        Kind::Scalar => sent(node).unwrap_or_else(|_| Value::from(node.source_text())),
        Kind::Sequence => node.items().map(lenient).collect(),
        Kind::Mapping => Value::Object(
            node.merged_entries()
                .map(|(key, value)| {
                    let key = key
                        .json_key()
                        .unwrap_or_else(|_| Cow::Borrowed(key.source_text()));
                    (key.into_owned(), lenient(value))
                })
                .collect(),
        ),
    }
}

struct Json;

impl Builder for Json {
    type Value = Value;
    type List = Vec<Value>;
    type Map = Map<String, Value>;

    fn null(&mut self, _: NodeRef<'_>) -> Value {
        Value::Null
    }

    fn bool(&mut self, value: bool, _: NodeRef<'_>) -> Value {
        Value::from(value)
    }

    fn int(&mut self, value: i64, _: NodeRef<'_>) -> Value {
        Value::from(value)
    }

    fn uint(&mut self, value: u64, _: NodeRef<'_>) -> Value {
        Value::from(value)
    }

    fn float(&mut self, value: f64, _: NodeRef<'_>) -> Value {
        // JSON text has one spelling for `1` and `1.0`, so they are one value here.
        let is_whole = value.fract() == 0.0 && value.abs() < 9_007_199_254_740_992.0;
        if is_whole {
            Value::from(value as i64)
        } else {
            Value::from(value)
        }
    }

    fn string(&mut self, value: Cow<'_, str>, _: NodeRef<'_>) -> Value {
        Value::from(value)
    }

    fn list(&mut self, len: usize, _: NodeRef<'_>) -> Vec<Value> {
        Vec::with_capacity(len)
    }

    fn push(&mut self, list: &mut Vec<Value>, value: Value) {
        list.push(value);
    }

    fn end_list(&mut self, list: Vec<Value>, _: NodeRef<'_>) -> Value {
        Value::Array(list)
    }

    fn map(&mut self, len: usize, _: NodeRef<'_>) -> Map<String, Value> {
        Map::with_capacity(len)
    }

    fn insert(&mut self, map: &mut Map<String, Value>, key: Cow<'_, str>, _: NodeRef<'_>, value: Value) {
        map.insert(key.into_owned(), value);
    }

    fn end_map(&mut self, map: Map<String, Value>, _: NodeRef<'_>) -> Value {
        Value::Object(map)
    }
}
