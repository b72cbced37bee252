//! Mappings joined and cut. Page: `docs/jinja/merge.md`.

use std::sync::Arc;

use minijinja::value::{Rest, Value, ValueKind};
use minijinja::{Environment, Error};

use super::super::mapping::Mapping;
use super::invalid;

/// How deep mappings are merged; deeper ones are taken whole.
const MAX_DEPTH: usize = 64;

pub(super) fn add(env: &mut Environment<'_>) {
    env.add_filter("merge", merge);
    env.add_filter("pick", |value: &Value, keys: Rest<String>| {
        cut(value, &keys, true)
    });
    env.add_filter("omit", |value: &Value, keys: Rest<String>| {
        cut(value, &keys, false)
    });
}

/// `base | merge(over, …)`: the keys of all; where several have one, the last wins, and mappings are merged in turn.
fn merge(base: &Value, over: Rest<Value>) -> Result<Value, Error> {
    over.iter()
        .try_fold(base.clone(), |merged, over| merge_two(&merged, over, 0))
}

fn merge_two(base: &Value, over: &Value, depth: usize) -> Result<Value, Error> {
    let mut entries = entries(base)?;
    for (key, value) in self::entries(over)? {
        match entries.iter_mut().find(|(known, _)| *known == key) {
            Some((_, known)) if is_map(known) && is_map(&value) && depth < MAX_DEPTH => {
                *known = merge_two(known, &value, depth + 1)?;
            }
            Some((_, known)) => *known = value,
            None => entries.push((key, value)),
        }
    }
    Ok(Mapping::value(entries))
}

/// `map | pick("a", "b")` keeps these keys, `map | omit("a", "b")` all others.
fn cut(value: &Value, keys: &[String], keep: bool) -> Result<Value, Error> {
    let entries = entries(value)?
        .into_iter()
        .filter(|(key, _)| keys.iter().any(|cut| **cut == **key) == keep);
    Ok(Mapping::value(entries))
}

fn is_map(value: &Value) -> bool {
    value.kind() == ValueKind::Map
}

/// The entries of a mapping; none of null, for an empty mapping is often written as nothing.
fn entries(value: &Value) -> Result<Vec<(Arc<str>, Value)>, Error> {
    if value.is_none() {
        return Ok(Vec::new());
    }
    if !is_map(value) {
        return Err(invalid(format!(
            "a mapping is needed, this is a {}",
            value.kind()
        )));
    }
    value
        .try_iter()?
        .map(|key| {
            let value = value.get_item(&key)?;
            let key = key.as_str().map_or_else(|| Arc::from(key.to_string()), Arc::from);
            Ok((key, value))
        })
        .collect()
}
