//! Lists: `list`, `append`, `first`, `uniq`, `slice` … They take a slice of any type and give new `[]interface {}`,
//! but for `slice`, whose result shares the array and the type of what it was cut from.
//!
//! A function and its `must` form differ only in Go (panic or error); here and in templates they are one.

use plimsoll_gotpl::func::{Rest, Strings};
use plimsoll_gotpl::{Context, FuncError, Functions, List, Str, Type, Value};

use crate::Profile;
use crate::defaults::is_empty;
use crate::panics;
use crate::types::{deep_equal, strings_of, strval, to_int64};

/// The type of `chunk`'s result.
const LISTS: &Type = &Type::Slice(Type::LIST);

/// The slice that a function was given, or Sprig's complaint: `what` and the kind.
fn slice_of(value: Value, what: &str) -> Result<List, FuncError> {
    match value {
        Value::List(list) => Ok(list),
        // Sprig asks the nil reflect.Type for its kind.
        Value::Nil => Err(panics::nil_dereference()),
        other => Err(FuncError::new(format!("{what} {}", other.kind()))),
    }
}

/// `list V…` (also `tuple`)
fn list(items: Rest<Value>) -> List {
    List::new(items.0)
}

/// `append L V` (also `push`) — a copy of L with V behind.
fn append(list: Value, item: Value) -> Result<List, FuncError> {
    let list = slice_of(list, "Cannot push on type")?;
    let mut items = Vec::with_capacity(list.len() + 1);
    items.extend(list.iter());
    items.push(item);
    Ok(List::new(items))
}

/// `prepend L V` — a copy of L with V in front.
fn prepend(list: Value, item: Value) -> Result<List, FuncError> {
    let list = slice_of(list, "Cannot prepend on type")?;
    let mut items = Vec::with_capacity(list.len() + 1);
    items.push(item);
    items.extend(list.iter());
    Ok(List::new(items))
}

/// `first L` — nil of an empty list.
fn first(list: Value) -> Result<Value, FuncError> {
    Ok(slice_of(list, "Cannot find first on type")?
        .get(0)
        .unwrap_or_default())
}

/// `last L` — nil of an empty list.
fn last(list: Value) -> Result<Value, FuncError> {
    let list = slice_of(list, "Cannot find last on type")?;
    Ok(list.iter().next_back().unwrap_or_default())
}

/// `rest L` — all but the first; nil of an empty list.
fn rest(list: Value) -> Result<List, FuncError> {
    let list = slice_of(list, "Cannot find rest on type")?;
    if list.is_empty() {
        return Ok(List::nil(Type::LIST));
    }
    Ok(list.iter().skip(1).collect())
}

/// `initial L` — all but the last; nil of an empty list.
fn initial(list: Value) -> Result<List, FuncError> {
    let list = slice_of(list, "Cannot find initial on type")?;
    if list.is_empty() {
        return Ok(List::nil(Type::LIST));
    }
    Ok(list.iter().take(list.len() - 1).collect())
}

/// `reverse L`
fn reverse(list: Value) -> Result<List, FuncError> {
    Ok(slice_of(list, "Cannot find reverse on type")?
        .iter()
        .rev()
        .collect())
}

/// `compact L` — without the empty items.
fn compact(list: Value) -> Result<List, FuncError> {
    let list = slice_of(list, "Cannot compact on type")?;
    Ok(list.iter().filter(|item| !is_empty(item)).collect())
}

/// `uniq L` — of equal items the first.
fn uniq(list: Value, cx: &mut Context<'_>) -> Result<List, FuncError> {
    let list = slice_of(list, "Cannot find uniq on type")?;
    let mut unique: Vec<Value> = Vec::new();
    for item in list.iter() {
        cx.spend(unique.len() as u64)?;
        if !unique.iter().any(|seen| deep_equal(item.clone(), seen.clone())) {
            unique.push(item);
        }
    }
    Ok(List::new(unique))
}

/// `without L V…` — without the items equal to one of V.
fn without(list: Value, omit: Rest<Value>) -> Result<List, FuncError> {
    let list = slice_of(list, "Cannot find without on type")?;
    Ok(list
        .iter()
        .filter(|item| !omit.0.iter().any(|other| deep_equal(item.clone(), other.clone())))
        .collect())
}

/// `has V L` — whether an item equals V, type included; never in nil.
fn has(needle: Value, list: Value) -> Result<bool, FuncError> {
    if matches!(list, Value::Nil) {
        return Ok(false);
    }
    let list = slice_of(list, "Cannot find has on type")?;
    Ok(list.iter().any(|item| deep_equal(needle.clone(), item)))
}

/// `slice L [START [END]]` — `L[START:END]`, the same array; nil of an empty list.
fn slice(list: Value, indices: Rest<Value>) -> Result<Value, FuncError> {
    let list = slice_of(list, "list should be type of slice or array but")?;
    if list.is_empty() {
        return Ok(Value::Nil);
    }
    let start = indices.0.first().map_or(Ok(0), |v| usize::try_from(to_int64(v)));
    let end = indices
        .0
        .get(1)
        .map_or(Ok(list.len()), |v| usize::try_from(to_int64(v)));
    match (start, end) {
        (Ok(start), Ok(end)) => list.slice(start, end),
        _ => None,
    }
    .map(Value::List)
    .ok_or_else(|| FuncError::new("reflect.Value.Slice: slice index out of bounds"))
}

/// `concat L…` — one list of the items of all.
fn concat(lists: Rest<Value>) -> Result<Value, FuncError> {
    let mut items = Vec::new();
    for list in lists.0 {
        match list {
            Value::List(list) => items.extend(list.iter()),
            Value::Nil => return Err(panics::nil_dereference()),
            other => {
                return Err(FuncError::new(format!(
                    "Cannot concat type {} as list",
                    other.kind()
                )));
            }
        }
    }
    Ok(Value::List(if items.is_empty() {
        List::nil(Type::LIST)
    } else {
        List::new(items)
    }))
}

/// `chunk N L` — lists of N items, the last one of what is left.
fn chunk(cx: &mut Context<'_>, size: isize, list: Value) -> Result<Value, FuncError> {
    let list = slice_of(list, "Cannot chunk type")?;
    let (len, wanted) = (list.len() as f64, size as f64);
    // Sprig counts in floats, with the consequences for sizes of 0 and below.
    let chunks = crate::types::truncate_float(((len - 1.0) / wanted).floor() + 1.0);
    let chunks = usize::try_from(chunks).map_err(|_| panics::makeslice())?;
    cx.spend(chunks as u64)?;
    let mut lists = Vec::with_capacity(chunks.min(list.len()));
    for i in 0..chunks {
        let mut length = size;
        if i + 1 == chunks {
            length = crate::types::truncate_float((len % wanted).floor()) as isize;
            if length == 0 {
                length = size;
            }
        }
        let length = usize::try_from(length).map_err(|_| panics::makeslice())?;
        let start = i.saturating_mul(length.max(usize::try_from(size).unwrap_or(0)));
        let items: Vec<Value> = list.iter().skip(start).take(length).collect();
        if items.len() < length {
            return Err(FuncError::new("reflect: slice index out of range"));
        }
        lists.push(Value::list(items));
    }
    Ok(Value::List(List::typed(LISTS, lists)))
}

/// `sortAlpha L` — the items as strings, in order. A `[]string` is sorted in place, as in Go.
fn sort_alpha(value: Value) -> Result<Strings, FuncError> {
    match &value {
        Value::List(_) => {
            let strings = strings_of(&value)?;
            strings.change(|items| items.sort_by(|a, b| a.as_str().cmp(&b.as_str())));
            Ok(Strings(strings))
        }
        other => Ok(Strings(List::strings([strval(other)?]))),
    }
}

/// `join SEP L` — the items as strings with SEP between them.
fn join(separator: Str, value: Value) -> Result<Str, FuncError> {
    let strings = strings_of(&value)?;
    let mut out: Vec<u8> = Vec::new();
    for (i, item) in strings.iter().enumerate() {
        if i > 0 {
            out.extend_from_slice(&separator);
        }
        if let Value::Str(text) = &item {
            out.extend_from_slice(text);
        }
    }
    Ok(out.into())
}

/// Adds the functions of this area.
pub(crate) fn add(functions: &mut Functions, _: Profile) {
    functions.add("list", list);
    functions.add("tuple", list);
    for name in ["append", "push", "mustAppend", "mustPush"] {
        functions.add(name, append);
    }
    for name in ["prepend", "mustPrepend"] {
        functions.add(name, prepend);
    }
    for name in ["first", "mustFirst"] {
        functions.add(name, first);
    }
    for name in ["last", "mustLast"] {
        functions.add(name, last);
    }
    for name in ["rest", "mustRest"] {
        functions.add(name, rest);
    }
    for name in ["initial", "mustInitial"] {
        functions.add(name, initial);
    }
    for name in ["reverse", "mustReverse"] {
        functions.add(name, reverse);
    }
    for name in ["compact", "mustCompact"] {
        functions.add(name, compact);
    }
    for name in ["uniq", "mustUniq"] {
        functions.add_with_context(name, |cx: &mut Context<'_>, list: Value| uniq(list, cx));
    }
    for name in ["without", "mustWithout"] {
        functions.add(name, without);
    }
    for name in ["has", "mustHas"] {
        functions.add(name, has);
    }
    for name in ["slice", "mustSlice"] {
        functions.add(name, slice);
    }
    functions.add("concat", concat);
    for name in ["chunk", "mustChunk"] {
        functions.add_with_context(name, chunk);
        functions.result_type(name, LISTS);
    }
    functions.add("sortAlpha", sort_alpha);
    functions.add("join", join);
}
