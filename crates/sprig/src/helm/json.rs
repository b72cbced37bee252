//! `toJson`, `fromJson` and their forms. Helm's own `fromJson` gives a dict, with the error under `Error`.

use plimsoll_gotpl::{FuncError, Functions, List, Map, Str, Type, Value};

use crate::json::{Decoded, Style, decode, encode, wrong_type};

/// `toJson V` — the empty string on errors.
fn to_json(value: Value) -> Vec<u8> {
    encode(&value, Style::COMPACT).unwrap_or_default()
}

/// `mustToJson V`
fn must_to_json(value: Value) -> Result<Vec<u8>, FuncError> {
    encode(&value, Style::COMPACT)
}

/// `toPrettyJson V` — indented by 2; the empty string on errors.
fn to_pretty_json(value: Value) -> Vec<u8> {
    encode(&value, Style::PRETTY).unwrap_or_default()
}

/// `mustToPrettyJson V`
fn must_to_pretty_json(value: Value) -> Result<Vec<u8>, FuncError> {
    encode(&value, Style::PRETTY)
}

/// `toRawJson V`, `mustToRawJson V` — with `<`, `>` and `&` as they are.
fn to_raw_json(value: Value) -> Result<Vec<u8>, FuncError> {
    encode(&value, Style::RAW)
}

/// `fromJson S` — a dict, which holds the error, if there is one, under `Error`.
fn from_json(text: Str) -> Map {
    let failed = |message: String| Map::from_pairs([("Error", Value::from(message))]);
    match decode(&text) {
        Err(message) => failed(message),
        Ok(Decoded {
            value: Value::Map(map),
            error,
        }) => {
            if let Some(message) = error {
                // It is not nil: it was just made.
                let _ = map.insert("Error", Value::from(message));
            }
            map
        }
        // null makes the map nil.
        Ok(decoded) if decoded.kind() == "null" => Map::nil(Type::MAP),
        Ok(decoded) => failed(wrong_type(decoded.kind(), Type::MAP)),
    }
}

/// `fromJsonArray S` — a list; its only item is the error, if there is one.
fn from_json_array(text: Str) -> List {
    let failed = |message: String| List::new(vec![Value::from(message)]);
    match decode(&text) {
        Err(message) => failed(message),
        Ok(Decoded {
            value: Value::List(list),
            error: None,
        }) => list,
        Ok(Decoded {
            value: Value::List(_),
            error: Some(message),
        }) => failed(message),
        Ok(decoded) if decoded.kind() == "null" => List::nil(Type::LIST),
        Ok(decoded) => failed(wrong_type(decoded.kind(), Type::LIST)),
    }
}

/// `mustFromJson S` — any value.
fn must_from_json(text: Str) -> Result<Value, FuncError> {
    match decode(&text) {
        Ok(Decoded { value, error: None }) => Ok(value),
        Ok(Decoded {
            error: Some(message), ..
        })
        | Err(message) => Err(FuncError::new(message)),
    }
}

pub(super) fn add(functions: &mut Functions) {
    functions.add("toJson", to_json);
    functions.add("mustToJson", must_to_json);
    functions.add("toPrettyJson", to_pretty_json);
    functions.add("mustToPrettyJson", must_to_pretty_json);
    functions.add("toRawJson", to_raw_json);
    functions.add("mustToRawJson", to_raw_json);
    functions.add("fromJson", from_json);
    functions.add("fromJsonArray", from_json_array);
    functions.add("mustFromJson", must_from_json);
}
