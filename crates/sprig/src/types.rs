//! What a value is, and turning it into another: `typeOf`, `kindIs`, `deepEqual`, `int`, `float64`, `toString` …
//!
//! The number conversions are those of `spf13/cast` v1.7.0, which never fail: what is no number is 0.

use std::collections::HashSet;

use plimsoll_gostd::fmt::sprint;
use plimsoll_gostd::strconv::{self, FloatSize};
use plimsoll_gotpl::value::MAX_DEPTH;
use plimsoll_gotpl::{FuncError, Functions, List, Map, Object, Str, Type, Value};

use crate::Profile;

/// `typeOf V` — Go's `%T`.
fn type_of(value: Value) -> Str {
    match &value {
        Value::Nil => Str::literal("<nil>"),
        other => other.ty().to_string().into(),
    }
}

/// `typeIs T V` — whether `typeOf V` is T.
fn type_is(target: Str, value: Value) -> bool {
    target == type_of(value)
}

/// `typeIsLike T V` — whether V is a T or a pointer to one.
fn type_is_like(target: Str, value: Value) -> bool {
    let ty = type_of(value);
    target == ty || ty.strip_prefix(b"*").is_some_and(|name| *name == *target)
}

/// `kindOf V` — Go's kind: `map`, `slice`, `string`, `invalid` for nil …
fn kind_of(value: Value) -> &'static str {
    value.kind().name()
}

/// `kindIs K V` — whether `kindOf V` is K.
fn kind_is(target: Str, value: Value) -> bool {
    target == kind_of(value)
}

/// `toString V` — strings and bytes as they are, everything else as `%v` prints it.
fn to_string(value: Value) -> Result<Str, FuncError> {
    strval(&value)
}

/// `toStrings L` — the items as strings, nil ones left out; of what is no list, the one string.
fn to_strings(value: Value) -> Result<List, FuncError> {
    strings_of(&value)
}

/// `int V`
fn int(value: Value) -> isize {
    to_int64(&value) as isize
}

/// `int64 V`
fn int64(value: Value) -> i64 {
    to_int64(&value)
}

/// `float64 V`
fn float64(value: Value) -> f64 {
    to_float64(&value)
}

/// `atoi S` — a decimal integer; 0 if it is none, and the nearest one if it is out of range.
fn atoi(text: Str) -> isize {
    match strconv::atoi(&text) {
        Ok(number) => number as isize,
        Err(error) => strconv::saturated_int(&text, &error) as isize,
    }
}

/// `toDecimal V` — the digits of V read as an octal number; 0 if they are none.
fn to_decimal(value: Value) -> Result<i64, FuncError> {
    let text = print(&value)?;
    Ok(strconv::parse_int(&text, 8, 64).unwrap_or(0))
}

/// Go's `%v`.
///
/// # Errors
/// The value is too large or too deeply nested.
pub(crate) fn print(value: &Value) -> Result<Str, FuncError> {
    match sprint(std::slice::from_ref(value)) {
        Ok(text) => Ok(text.into()),
        Err(error) => Err(FuncError::new(error.to_string())),
    }
}

/// Sprig's `strval`: what every function that joins anything calls.
///
/// # Errors
/// As `print`.
pub(crate) fn strval(value: &Value) -> Result<Str, FuncError> {
    match value {
        Value::Str(text) => Ok(text.clone()),
        // Of the type []byte only: a defined type of bytes prints its numbers.
        Value::List(list) if list.ty() == Type::BYTES => Ok(list.to_bytes().unwrap_or_default()),
        Value::Int(number, _) => Ok(number.to_string().into()),
        other => print(other),
    }
}

/// Sprig's `strslice`. A `[]string` is given back itself, not a copy.
///
/// # Errors
/// As `print`.
pub(crate) fn strings_of(value: &Value) -> Result<List, FuncError> {
    match value {
        Value::List(list) if list.ty() == Type::STRINGS => Ok(list.clone()),
        Value::List(list) => {
            let mut strings = Vec::with_capacity(list.len());
            for item in list.iter().filter(|item| !matches!(item, Value::Nil)) {
                strings.push(strval(&item)?);
            }
            Ok(List::strings(strings))
        }
        Value::Nil => Ok(List::strings([])),
        other => Ok(List::strings([strval(other)?])),
    }
}

/// `int64(f)` as amd64 computes it: what does not fit is the least integer.
pub(crate) fn truncate_float(value: f64) -> i64 {
    const LIMIT: f64 = 9_223_372_036_854_775_808.0;
    if (-LIMIT..LIMIT).contains(&value) {
        value as i64
    } else {
        i64::MIN
    }
}

/// `cast.ToInt64`
pub(crate) fn to_int64(value: &Value) -> i64 {
    match value {
        Value::Int(number, _) => *number,
        Value::Uint(number, _) => *number as i64,
        Value::Float(number) => truncate_float(*number),
        Value::Float32(number) => truncate_float(f64::from(*number)),
        Value::Str(text) => strconv::parse_int(trim_zero_decimal(text), 0, 64).unwrap_or(0),
        Value::Bool(value) => i64::from(*value),
        Value::Object(object) => cast_object(object).unwrap_or(0),
        _ => 0,
    }
}

/// `cast.ToFloat64`
pub(crate) fn to_float64(value: &Value) -> f64 {
    match value {
        Value::Int(number, _) => *number as f64,
        Value::Uint(number, _) => *number as f64,
        Value::Float(number) => *number,
        Value::Float32(number) => f64::from(*number),
        Value::Str(text) => strconv::parse_float(text, FloatSize::F64).unwrap_or(0.0),
        Value::Bool(value) => f64::from(u8::from(*value)),
        Value::Object(object) => cast_object(object).map_or(0.0, |number| number as f64),
        _ => 0.0,
    }
}

/// The defined types that `cast` knows; others, as `time.Duration`, are 0 to it.
fn cast_object(object: &Object) -> Option<i64> {
    matches!(object.ty(), Type::Named(named) if matches!(named.name, "time.Month" | "time.Weekday"))
        .then(|| object.basic()?.as_int())
        .flatten()
}

/// `cast.trimZeroDecimal`: `12.00` is `12`; `12.` stays, for a zero must follow the point.
fn trim_zero_decimal(text: &[u8]) -> &[u8] {
    let whole = text.trim_ascii_end_zeros();
    match whole.strip_suffix(b".") {
        Some(integer) if whole.len() < text.len() => integer,
        _ => text,
    }
}

trait TrimZeros {
    fn trim_ascii_end_zeros(&self) -> &[u8];
}

impl TrimZeros for [u8] {
    fn trim_ascii_end_zeros(&self) -> &[u8] {
        let end = self.iter().rposition(|b| *b != b'0').map_or(0, |last| last + 1);
        self.get(..end).unwrap_or_default()
    }
}

/// `deepEqual A B` — Go's `reflect.DeepEqual`: also the types must be the same, and NaN differs from itself.
pub(crate) fn deep_equal(a: Value, b: Value) -> bool {
    equal(&a, &b, 0, &mut HashSet::new())
}

/// Depth from which pairs in comparison are remembered, to end on values that hold themselves.
const REMEMBER_FROM: usize = 32;

fn equal(a: &Value, b: &Value, depth: usize, seen: &mut HashSet<(usize, usize)>) -> bool {
    if depth > MAX_DEPTH {
        return false;
    }
    match (a, b) {
        (Value::Nil, Value::Nil) => true,
        (Value::Bool(a), Value::Bool(b)) => a == b,
        (Value::Int(a, ak), Value::Int(b, bk)) => a == b && ak == bk,
        (Value::Uint(a, ak), Value::Uint(b, bk)) => a == b && ak == bk,
        (Value::Float(a), Value::Float(b)) => a == b,
        (Value::Float32(a), Value::Float32(b)) => a == b,
        (Value::Complex(ar, ai), Value::Complex(br, bi)) => ar == br && ai == bi,
        (Value::Str(a), Value::Str(b)) => a == b,
        (Value::List(a), Value::List(b)) => {
            a.ty() == b.ty()
                && a.is_nil() == b.is_nil()
                && a.len() == b.len()
                && (same_array(a, b)
                    || again(a.id(), b.id(), depth, seen)
                    || a.iter()
                        .zip(b.iter())
                        .all(|(a, b)| equal(&a, &b, depth + 1, seen)))
        }
        (Value::Map(a), Value::Map(b)) => {
            a.ty() == b.ty()
                && a.is_nil() == b.is_nil()
                && a.len() == b.len()
                && (a.id() == b.id()
                    || again(a.id(), b.id(), depth, seen)
                    || equal_entries(a, b, depth, seen))
        }
        (Value::Object(a), Value::Object(b)) => equal_objects(a, b, depth, seen),
        (Value::NilPtr(a), Value::NilPtr(b)) => a == b,
        _ => false,
    }
}

/// Whether the pair is being compared already, further out; only deep ones are remembered.
fn again(a: usize, b: usize, depth: usize, seen: &mut HashSet<(usize, usize)>) -> bool {
    depth >= REMEMBER_FROM && !seen.insert((a, b))
}

/// Whether both are the same part of one array. Parts of it that begin elsewhere are told apart by their items.
fn same_array(a: &List, b: &List) -> bool {
    a.id() == b.id() && a.capacity() == b.capacity()
}

fn equal_entries(a: &Map, b: &Map, depth: usize, seen: &mut HashSet<(usize, usize)>) -> bool {
    a.to_vec()
        .iter()
        .all(|(key, a)| b.get(key).is_some_and(|b| equal(a, &b, depth + 1, seen)))
}

fn equal_objects(a: &Object, b: &Object, depth: usize, seen: &mut HashSet<(usize, usize)>) -> bool {
    if a.ty() != b.ty() {
        return false;
    }
    if a.same(b) || a.target().equal(b.target()) {
        return true;
    }
    if let (Some(a), Some(b)) = (a.basic(), b.basic()) {
        return equal(&a, &b, depth + 1, seen);
    }
    let fields = a.target().ty().fields();
    !fields.is_empty()
        && (0..fields.len()).all(|i| equal(&a.target().field(i), &b.target().field(i), depth + 1, seen))
}

/// Adds the functions of this area.
pub(crate) fn add(functions: &mut Functions, _: Profile) {
    functions.add("typeOf", type_of);
    functions.add("typeIs", type_is);
    functions.add("typeIsLike", type_is_like);
    functions.add("kindOf", kind_of);
    functions.add("kindIs", kind_is);
    functions.add("deepEqual", deep_equal);
    functions.add("toString", to_string);
    functions.add("toStrings", |value: Value| {
        to_strings(value).map(plimsoll_gotpl::func::Strings)
    });
    functions.add("int", int);
    functions.add("int64", int64);
    functions.add("float64", float64);
    functions.add("atoi", atoi);
    functions.add("toDecimal", to_decimal);
}
