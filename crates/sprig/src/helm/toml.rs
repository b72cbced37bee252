//! `toToml`, `mustToToml`, `fromToml`.

use plimsoll_gotpl::{Context, FuncError, Functions, Map, Str, Value};

use crate::toml::{decode, encode};
use crate::{Env, Profile, dates};

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
fn from_toml(cx: &mut Context<'_>, text: Str) -> Result<Map, FuncError> {
    let local = dates::local_zone(cx)?;
    let now = Env::of(cx)?.clock.unix_nanos().div_euclid(1_000_000_000);
    Ok(decode(&text, local, i64::try_from(now).unwrap_or_default())
        .unwrap_or_else(|message| Map::from_pairs([("Error", Value::from(message))])))
}

pub(super) fn add(functions: &mut Functions, profile: Profile) {
    functions.add("toToml", to_toml);
    if profile == Profile::Helm4 {
        functions.add("mustToToml", must_to_toml);
    }
    functions.add_with_context("fromToml", from_toml);
}
