//! What to use when a value is empty: `default`, `coalesce`, `ternary` … "Empty" is the zero value of its type, or
//! of length 0; structs never are.

use plimsoll_gotpl::func::Rest;
use plimsoll_gotpl::{Functions, Value};

use crate::Profile;

/// `default D V` — V, or D if V is empty or not given.
fn default(fallback: Value, given: Rest<Value>) -> Value {
    match given.0.into_iter().next() {
        Some(value) if !is_empty(&value) => value,
        _ => fallback,
    }
}

/// `empty V`
fn empty(value: Value) -> bool {
    is_empty(&value)
}

/// `coalesce V…` — the first that is not empty, or nil.
fn coalesce(values: Rest<Value>) -> Value {
    values
        .0
        .into_iter()
        .find(|value| !is_empty(value))
        .unwrap_or_default()
}

/// `all V…` — whether none is empty.
fn all(values: Rest<Value>) -> bool {
    !values.0.iter().any(is_empty)
}

/// `any V…` — whether one is not empty.
fn any(values: Rest<Value>) -> bool {
    !values.0.iter().all(is_empty)
}

/// `ternary A B C` — A if C, else B.
fn ternary(yes: Value, no: Value, condition: bool) -> Value {
    if condition { yes } else { no }
}

/// Sprig's `empty`, which agrees with `template.IsTrue` on every kind of value that a template can hold.
pub(crate) fn is_empty(value: &Value) -> bool {
    !value.truth()
}

/// Adds the functions of this area.
pub(crate) fn add(functions: &mut Functions, _: Profile) {
    functions.add("default", default);
    functions.add("empty", empty);
    functions.add("coalesce", coalesce);
    functions.add("all", all);
    functions.add("any", any);
    functions.add("ternary", ternary);
}
