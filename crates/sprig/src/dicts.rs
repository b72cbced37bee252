//! Dictionaries: `dict`, `set`, `pick`, `merge`, `dig` … Maps are shared: `set`, `unset` and the merges change the one
//! they are given, and what they put into it stays shared with where it came from.
//!
//! Go walks maps in random order; where that shows (`keys`, `values`), the order here is that of the sorted keys.

use plimsoll_gotpl::func::Rest;
use plimsoll_gotpl::value::MAX_DEPTH;
use plimsoll_gotpl::{Context, FuncError, Functions, List, Map, Str, Type, Value};

use crate::Profile;
use crate::defaults::is_empty;
use crate::panics;
use crate::types::strval;

/// `dict K V …` — a key without a value gets the empty string.
fn dict(pairs: Rest<Value>) -> Result<Map, FuncError> {
    let map = Map::new();
    let mut pairs = pairs.0.into_iter();
    while let Some(key) = pairs.next() {
        map.insert(strval(&key)?, pairs.next().unwrap_or(Value::literal("")))?;
    }
    Ok(map)
}

/// `get D K` — the empty string of a missing key.
fn get(dict: Map, key: Str) -> Value {
    dict.get(&key).unwrap_or(Value::literal(""))
}

/// `set D K V` — changes D and gives it.
fn set(dict: Map, key: Str, value: Value) -> Result<Map, FuncError> {
    dict.insert(key, value)?;
    Ok(plain(dict))
}

/// `unset D K` — changes D and gives it.
fn unset(dict: Map, key: Str) -> Map {
    dict.remove(&key);
    plain(dict)
}

/// `hasKey D K`
fn has_key(dict: Map, key: Str) -> bool {
    dict.contains_key(&key)
}

/// `pluck K D…` — the values of K in those of D that have it.
fn pluck(key: Str, dicts: Rest<Map>) -> List {
    dicts.0.iter().filter_map(|dict| dict.get(&key)).collect()
}

/// `keys D…`
fn keys(dicts: Rest<Map>) -> Vec<Str> {
    dicts.0.iter().flat_map(Map::keys).collect()
}

/// `values D`
fn values(dict: Map) -> List {
    List::new(dict.values())
}

/// `pick D K…` — a new dict of those keys.
fn pick(dict: Map, keys: Rest<Str>) -> Map {
    Map::from_pairs(
        keys.0
            .into_iter()
            .filter_map(|key| dict.get(&key).map(|value| (key, value))),
    )
}

/// `omit D K…` — a new dict without those keys.
fn omit(dict: Map, keys: Rest<Str>) -> Map {
    Map::from_pairs(dict.to_vec().into_iter().filter(|(key, _)| !keys.0.contains(key)))
}

/// The result type is `map[string]interface {}` whatever named map type came in.
fn plain(dict: Map) -> Map {
    if dict.ty() == Type::MAP {
        dict
    } else {
        dict.with_type(Type::MAP)
    }
}

/// `reflect.Value.SetMapIndex` with a value out of `source`: what a map of any values holds does not fit into one of
/// strings, whatever it is.
fn store(dict: &Map, source: &Map, key: Str, value: Value) -> Result<(), FuncError> {
    if let (Some(to), Some(from)) = (dict.ty().elem(), source.ty().elem())
        && *to != Type::Any
        && to != from
    {
        return Err(FuncError::new(format!(
            "reflect.Value.SetMapIndex: value of type {from} is not assignable to type {to}"
        )));
    }
    dict.insert(key, value).map(|_| ())
}

/// What `merge` does with a key that both have.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Winner {
    /// The value of the first dict, unless it is empty.
    First,
    /// The value of the later dict, also an empty one.
    Later,
}

/// `merge D S…` — fills D with what only S has, deeply; D's own values win unless they are empty.
fn merge(cx: &mut Context<'_>, dict: Map, sources: Rest<Map>) -> Result<Value, FuncError> {
    merge_all(cx, dict, sources.0, Winner::First)
}

/// `mergeOverwrite D S…` — as `merge`, but values of S win.
fn merge_overwrite(cx: &mut Context<'_>, dict: Map, sources: Rest<Map>) -> Result<Value, FuncError> {
    merge_all(cx, dict, sources.0, Winner::Later)
}

fn merge_all(cx: &mut Context<'_>, dict: Map, sources: Vec<Map>, winner: Winner) -> Result<Value, FuncError> {
    let mut dict = plain(dict);
    for source in sources {
        if dict.is_nil() && !source.is_nil() {
            dict = Map::new();
        }
        merge_into(cx, &dict, &source, winner, 0)?;
    }
    Ok(Value::Map(dict))
}

/// `mergo.deepMerge` v1.0.1 of two maps, as far as templates can reach it (structs are values to it here).
fn merge_into(
    cx: &mut Context<'_>,
    dict: &Map,
    source: &Map,
    winner: Winner,
    depth: usize,
) -> Result<(), FuncError> {
    if depth > MAX_DEPTH {
        return Err(FuncError::limit(plimsoll_gotpl::Limit::Depth));
    }
    // A nil map inside of another cannot be replaced there: mergo assigns to a variable of its own and stops.
    if dict.is_nil() {
        return Ok(());
    }
    let entries = source.to_vec();
    cx.spend(entries.len() as u64)?;
    for (key, new) in entries {
        if matches!(new, Value::Nil) {
            if winner == Winner::Later {
                store(dict, source, key, new)?;
            }
            continue;
        }
        let old = dict.get(&key);
        if let (Some(Value::Map(old)), Value::Map(new)) = (&old, &new) {
            merge_into(cx, old, new, winner, depth + 1)?;
            // Looked at only now: merging may have filled it.
            if !old.is_empty() {
                continue;
            }
        }
        if winner == Winner::Later || old.is_none_or(|old| is_empty(&old)) {
            store(dict, source, key, new)?;
        }
    }
    Ok(())
}

/// `deepCopy V` — lists and maps anew, all the way down.
fn deep_copy(cx: &mut Context<'_>, value: Value) -> Result<Value, FuncError> {
    if matches!(value, Value::Nil) {
        // The library asks the zero reflect.Value for its type.
        return Err(FuncError::new(
            "reflect: call of reflect.Value.Type on zero Value",
        ));
    }
    copy(cx, value, 0)
}

fn copy(cx: &mut Context<'_>, value: Value, depth: usize) -> Result<Value, FuncError> {
    if depth > MAX_DEPTH {
        return Err(FuncError::limit(plimsoll_gotpl::Limit::Depth));
    }
    Ok(match value {
        Value::List(list) if !list.is_nil() => {
            cx.spend(list.len() as u64)?;
            let items = list.iter().map(|item| copy(cx, item, depth + 1));
            Value::List(List::typed(list.ty(), items.collect::<Result<_, _>>()?))
        }
        Value::Map(map) if !map.is_nil() => {
            cx.spend(map.len() as u64)?;
            let entries = map
                .to_vec()
                .into_iter()
                .map(|(key, item)| Ok((key, copy(cx, item, depth + 1)?)));
            Value::Map(Map::typed(map.ty(), entries.collect::<Result<_, FuncError>>()?))
        }
        // The library makes a new struct and copies its exported fields; a version has none.
        Value::Object(object) => crate::semver::blank_copy(&object).unwrap_or(Value::Object(object)),
        other => other,
    })
}

/// `dig K… DEFAULT D` — the value at a path of keys, or the default where a key is missing.
fn dig(path: Rest<Value>) -> Result<Value, FuncError> {
    const MAP: &str = "map[string]interface {}";
    let mut path = path.0;
    if path.len() < 3 {
        return Err(FuncError::new("dig needs at least three arguments"));
    }
    let (Some(dict), Some(default)) = (path.pop(), path.pop()) else {
        return Err(FuncError::new("dig needs at least three arguments"));
    };
    // A named map type, as that of `.Values`, is not the type asserted.
    let as_map = |value: &Value| match value {
        Value::Map(map) if map.ty() == Type::MAP => Ok(map.clone()),
        other => Err(panics::conversion(other, MAP)),
    };
    let mut dict = as_map(&dict)?;
    if let Some(key) = path.iter().find(|key| key.as_str().is_none()) {
        return Err(panics::conversion(key, "string"));
    }
    let mut keys = path.iter().filter_map(Value::as_str).peekable();
    while let Some(key) = keys.next() {
        match dict.get(key) {
            None => return Ok(default),
            Some(value) if keys.peek().is_none() => return Ok(value),
            Some(value) => dict = as_map(&value)?,
        }
    }
    Ok(default)
}

/// Adds the functions of this area.
pub(crate) fn add(functions: &mut Functions, _: Profile) {
    functions.add("dict", dict);
    functions.add("get", get);
    functions.add("set", set);
    functions.add("unset", unset);
    functions.add("hasKey", has_key);
    functions.add("pluck", pluck);
    functions.add("keys", keys);
    functions.add("values", values);
    functions.add("pick", pick);
    functions.add("omit", omit);
    for name in ["merge", "mustMerge"] {
        functions.add_with_context(name, merge);
    }
    for name in ["mergeOverwrite", "mustMergeOverwrite"] {
        functions.add_with_context(name, merge_overwrite);
    }
    for name in ["deepCopy", "mustDeepCopy"] {
        functions.add_with_context(name, deep_copy);
    }
    functions.add("dig", dig);
}
