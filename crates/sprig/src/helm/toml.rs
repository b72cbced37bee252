//! `toToml`, `mustToToml`, `fromToml`.

use plimsoll_gotpl::{FuncError, Functions, Map, Str, Value};

use crate::Profile;
use crate::toml::{decode, encode};

/// `toToml V` — the error's own text on errors.
fn to_toml(value: Value) -> Result<Vec<u8>, FuncError> {
    match encode(&value) {
        // Go panics on nil before it can return an error.
        Err(error) if matches!(value, Value::Nil) || error.limit.is_some() => Err(error),
        Err(error) => Ok(error.message.into_bytes()),
        Ok(text) => Ok(text),
    }
}

/// `mustToToml V`
fn must_to_toml(value: Value) -> Result<Vec<u8>, FuncError> {
    encode(&value)
}

/// `fromToml S` — a dict, which holds the error, if there is one, under `Error`.
fn from_toml(text: Str) -> Map {
    decode(&text).unwrap_or_else(|message| Map::from_pairs([("Error", Value::from(message))]))
}

pub(super) fn add(functions: &mut Functions, profile: Profile) {
    functions.add("toToml", to_toml);
    if profile == Profile::Helm4 {
        functions.add("mustToToml", must_to_toml);
    }
    functions.add("fromToml", from_toml);
}
