//! The builtin functions of text/template, `text/template/funcs.go`.
//!
//! Most of them see values as reflection does (`Val`), where a nil interface and no value at all differ, which is why
//! they are not in a `Functions` table. `and`, `or` and `call` are the executor's, since they decide what is evaluated.

use plimsoll_gostd::fmt;
use plimsoll_gostd::strconv::{decode_rune, unicode::is_print};

use crate::func::FuncError;
use crate::types::{Kind, Type};
use crate::value::{List, Str, UintKind, Value};

/// A value as `reflect.Value` has it. `Nil` with `interface` is a nil interface, without it no value at all.
#[derive(Clone, Default)]
pub(crate) struct Val {
    pub(crate) value: Value,
    /// It was taken from a place of an interface type (an element of `[]interface {}`).
    pub(crate) interface: bool,
}

impl Val {
    pub(crate) const INVALID: Self = Self {
        value: Value::Nil,
        interface: false,
    };

    pub(crate) fn new(value: Value) -> Self {
        Self {
            value,
            interface: false,
        }
    }

    /// Taken from a place of that type.
    pub(crate) fn of(value: Value, ty: &'static Type) -> Self {
        Self {
            value,
            interface: ty.kind() == Kind::Interface,
        }
    }

    pub(crate) fn is_invalid(&self) -> bool {
        !self.interface && matches!(self.value, Value::Nil)
    }

    /// Go's `reflect.Value.Type`.
    pub(crate) fn ty(&self) -> &'static Type {
        if self.interface {
            &Type::Any
        } else {
            self.value.ty()
        }
    }
}

macro_rules! builtins {
    ($($name:literal => $builtin:ident,)*) => {
        /// A function that is in every set.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum Builtin {
            $($builtin,)*
        }

        impl Builtin {
            pub(crate) fn named(name: &str) -> Option<Self> {
                match name {
                    $($name => Some(Self::$builtin),)*
                    _ => None,
                }
            }

            pub(crate) fn name(self) -> &'static str {
                match self {
                    $(Self::$builtin => $name,)*
                }
            }
        }
    };
}

builtins! {
    "and" => And,
    "call" => Call,
    "html" => Html,
    "index" => Index,
    "slice" => Slice,
    "js" => Js,
    "len" => Len,
    "not" => Not,
    "or" => Or,
    "print" => Print,
    "printf" => Printf,
    "println" => Println,
    "urlquery" => UrlQuery,
    "eq" => Eq,
    "ge" => Ge,
    "gt" => Gt,
    "le" => Le,
    "lt" => Lt,
    "ne" => Ne,
}

const REFLECT: &Type = &Type::Reflect;
const ANY: &Type = &Type::Any;

impl Builtin {
    /// Types of the parameters, the last that of an element when variadic.
    pub(crate) fn params(self) -> (&'static [&'static Type], bool) {
        match self {
            Self::And | Self::Or | Self::Call | Self::Index | Self::Slice | Self::Eq => {
                (&[REFLECT, REFLECT], true)
            }
            Self::Html | Self::Js | Self::UrlQuery | Self::Print | Self::Println => (&[ANY], true),
            Self::Printf => (&[&Type::String, ANY], true),
            Self::Len | Self::Not => (&[REFLECT], false),
            Self::Ge | Self::Gt | Self::Le | Self::Lt | Self::Ne => (&[REFLECT, REFLECT], false),
        }
    }

    /// Calls it; the arguments fit its parameters.
    pub(crate) fn call(self, args: &[Val]) -> Result<Val, FuncError> {
        let invalid = Val::INVALID;
        let first = args.first().unwrap_or(&invalid);
        let second = args.get(1).unwrap_or(&invalid);
        let rest = args.get(1..).unwrap_or_default();
        let text = |text: Str| Ok(Val::new(Value::Str(text)));
        let truth = |truth: bool| Ok(Val::new(Value::Bool(truth)));
        match self {
            // The executor does these.
            Self::And | Self::Or | Self::Call => Ok(Val::INVALID),
            Self::Index => index(first, rest),
            Self::Slice => slice(first, rest),
            Self::Len => length(first),
            Self::Not => truth(!first.value.truth()),
            Self::Print => text(crate::print::sprint(&values(args))?),
            Self::Println => text(crate::print::sprintln(&values(args))?),
            Self::Printf => {
                let format = first.value.as_str().cloned().unwrap_or_default();
                text(crate::print::sprintf(&format, &values(rest))?)
            }
            Self::Html => text(html_escape(&joined(args)?)),
            Self::Js => text(js_escape(&joined(args)?)),
            Self::UrlQuery => text(query_escape(&joined(args)?)),
            Self::Eq => truth(eq(first, rest)?),
            Self::Ne => truth(!eq(first, std::slice::from_ref(second))?),
            Self::Lt => truth(lt(first, second)?),
            Self::Le => truth(le(first, second)?),
            Self::Gt => truth(!le(first, second)?),
            Self::Ge => truth(!lt(first, second)?),
        }
    }
}

fn values(args: &[Val]) -> Vec<Value> {
    args.iter().map(|arg| arg.value.clone()).collect()
}

/// What a pointer points to; whether a nil was met on the way. Interfaces are dropped.
pub(crate) fn indirect(val: &Val) -> (Value, bool) {
    match &val.value {
        Value::Nil => (Value::Nil, val.interface),
        Value::NilPtr(ty) => (Value::NilPtr(ty), true),
        Value::Object(object) if object.is_pointer() => (Value::Object(object.deref()), false),
        value => (value.clone(), false),
    }
}

/// A defined type that is not a struct, as the plain value it is made of.
fn plain(value: &Value) -> Value {
    match value {
        Value::Object(object) => object.basic().unwrap_or_else(|| value.clone()),
        value => value.clone(),
    }
}

fn index_arg(index: &Value, capacity: usize) -> Result<usize, FuncError> {
    let at = match plain(index) {
        Value::Int(value, _) => value,
        Value::Uint(value, _) => value as i64,
        Value::Nil => return Err("cannot index slice/array with nil".into()),
        _ => return Err(format!("cannot index slice/array with type {}", index.ty()).into()),
    };
    match usize::try_from(at) {
        Ok(at) if at <= capacity => Ok(at),
        _ => Err(format!("index out of range: {at}").into()),
    }
}

fn index(item: &Val, indexes: &[Val]) -> Result<Val, FuncError> {
    if matches!(item.value, Value::Nil) {
        return Err("index of untyped nil".into());
    }
    let mut item = Val::new(item.value.clone());
    for at in indexes {
        let (container, nil) = indirect(&item);
        if nil {
            return Err("index of nil pointer".into());
        }
        item = match &plain(&container) {
            Value::List(list) => {
                let at = index_arg(&at.value, list.len())?;
                let value = list.get(at).ok_or("reflect: slice index out of range")?;
                Val::of(value, list.ty().elem().unwrap_or(ANY))
            }
            Value::Str(text) => {
                let at = index_arg(&at.value, text.len())?;
                let byte = *text.get(at).ok_or("reflect: string index out of range")?;
                Val::new(Value::Uint(u64::from(byte), UintKind::Uint8))
            }
            Value::Map(map) => {
                let key = match &at.value {
                    Value::Str(key) => key,
                    Value::Nil => return Err("value is nil; should be of type string".into()),
                    other => return Err(format!("value has type {}; should be string", other.ty()).into()),
                };
                let elem = map.ty().elem().unwrap_or(ANY);
                Val::of(map.get(key).unwrap_or_else(|| Value::zero(elem)), elem)
            }
            _ => return Err(format!("can't index item of type {}", container.ty()).into()),
        };
    }
    Ok(item)
}

fn slice(item: &Val, indexes: &[Val]) -> Result<Val, FuncError> {
    if matches!(item.value, Value::Nil) {
        return Err("slice of untyped nil".into());
    }
    let (item, nil) = indirect(&Val::new(item.value.clone()));
    if nil {
        return Err("slice of nil pointer".into());
    }
    if indexes.len() > 3 {
        return Err(format!("too many slice indexes: {}", indexes.len()).into());
    }
    let (length, capacity) = match &item {
        Value::Str(text) => {
            if indexes.len() == 3 {
                return Err("cannot 3-index slice a string".into());
            }
            (text.len(), text.len())
        }
        Value::List(list) => (list.len(), list.capacity()),
        _ => return Err(format!("can't slice item of type {}", item.ty()).into()),
    };
    let mut bounds = [0, length, 0];
    for (bound, index) in bounds.iter_mut().zip(indexes) {
        if index.interface {
            // Go forgets here, unlike in `index`, to look into the interface.
            return Err("cannot index slice/array with type interface {}".into());
        }
        *bound = index_arg(&index.value, capacity)?;
    }
    let [low, high, max] = bounds;
    if low > high {
        return Err(format!("invalid slice index: {low} > {high}").into());
    }
    if indexes.len() == 3 && high > max {
        return Err(format!("invalid slice index: {high} > {max}").into());
    }
    match &item {
        Value::Str(text) => Ok(Val::new(Value::Str(Str::new(&text[low..high])))),
        Value::List(list) => {
            let part = if indexes.len() == 3 {
                // The capacity ends at max, so the part gets an array of its own.
                let whole = list.slice(0, max).unwrap_or_else(|| list.clone());
                List::typed(list.ty(), whole.to_vec()).slice(low, high)
            } else {
                list.slice(low, high)
            };
            Ok(Val::new(Value::List(
                part.ok_or("reflect.Value.Slice: slice index out of bounds")?,
            )))
        }
        _ => Ok(Val::INVALID),
    }
}

fn length(item: &Val) -> Result<Val, FuncError> {
    if item.is_invalid() {
        return Err("reflect: call of reflect.Value.Type on zero Value".into());
    }
    let (item, nil) = indirect(item);
    if nil {
        return Err("len of nil pointer".into());
    }
    let length = match plain(&item) {
        Value::Str(text) => text.len(),
        Value::List(list) => list.len(),
        Value::Map(map) => map.len(),
        _ => return Err(format!("len of type {}", item.ty()).into()),
    };
    Ok(Val::new(Value::int(length as i64)))
}

#[derive(PartialEq, Eq, Clone, Copy)]
enum Class {
    Bool,
    Complex,
    Int,
    Float,
    String,
    Uint,
    None,
}

fn class(value: &Value) -> Class {
    match value {
        Value::Bool(_) => Class::Bool,
        Value::Int(..) => Class::Int,
        Value::Uint(..) => Class::Uint,
        Value::Float(_) | Value::Float32(_) => Class::Float,
        Value::Complex(..) => Class::Complex,
        Value::Str(_) => Class::String,
        _ => Class::None,
    }
}

fn incompatible(a: &Val, b: &Val) -> FuncError {
    format!(
        "incompatible types for comparison: {} and {}",
        a.value.ty(),
        b.value.ty()
    )
    .into()
}

fn comparable(ty: &'static Type) -> bool {
    match ty.underlying() {
        Type::Slice(_) | Type::Map(_) | Type::Func(_) => false,
        Type::Struct(fields) => fields.iter().all(|field| comparable(field.ty)),
        _ => true,
    }
}

/// Go's `==` between two values whose types are comparable.
fn same(a: &Value, b: &Value) -> bool {
    if a.ty() != b.ty() {
        return false;
    }
    match (a, b) {
        (Value::Object(a), Value::Object(b)) => {
            if a.is_pointer() {
                return a.same(b);
            }
            if a.same(b) || a.target().equal(b.target()) {
                return true;
            }
            let count = a.ty().fields().len();
            count > 0 && (0..count).all(|i| same(&a.target().field(i), &b.target().field(i)))
        }
        (Value::NilPtr(_), Value::NilPtr(_)) | (Value::Nil, Value::Nil) => true,
        _ => class(a) != Class::None && basic_eq(a, b) == Some(true),
    }
}

/// Equality of plain values; none when their classes cannot be compared.
fn basic_eq(a: &Value, b: &Value) -> Option<bool> {
    Some(match (a, b) {
        (Value::Bool(a), Value::Bool(b)) => a == b,
        (Value::Int(a, _), Value::Int(b, _)) => a == b,
        (Value::Uint(a, _), Value::Uint(b, _)) => a == b,
        (Value::Int(a, _), Value::Uint(b, _)) | (Value::Uint(b, _), Value::Int(a, _)) => {
            u64::try_from(*a).is_ok_and(|a| a == *b)
        }
        (Value::Complex(a, b), Value::Complex(c, d)) => a == c && b == d,
        (Value::Str(a), Value::Str(b)) => a == b,
        _ => a.as_float()? == b.as_float()?,
    })
}

fn eq(first: &Val, others: &[Val]) -> Result<bool, FuncError> {
    if others.is_empty() {
        return Err("missing argument for comparison".into());
    }
    let a = plain(&first.value);
    let class_a = class(&a);
    for other in others {
        let b = plain(&other.value);
        let class_b = class(&b);
        let truth = if let (true, Some(truth)) = (class_a != Class::None, basic_eq(&a, &b)) {
            truth
        } else if class_a != class_b {
            if !matches!(a, Value::Nil) && !matches!(b, Value::Nil) {
                return Err(incompatible(first, other));
            }
            false
        } else {
            eq_composite(first, other)?
        };
        if truth {
            return Ok(true);
        }
    }
    Ok(false)
}

fn eq_composite(first: &Val, other: &Val) -> Result<bool, FuncError> {
    let (a, b) = (&first.value, &other.value);
    let text = |verb: &str, value: &Value| -> Result<String, FuncError> {
        let printed = fmt::sprintf(verb.as_bytes(), std::slice::from_ref(value))?;
        Ok(String::from_utf8_lossy(&printed).into_owned())
    };
    if a.kind() != b.kind() && !matches!(a, Value::Nil) && !matches!(b, Value::Nil) {
        return Err(format!(
            "non-comparable types {}: {}, {}: {}",
            text("%s", a)?,
            a.ty(),
            b.ty(),
            text("%v", b)?
        )
        .into());
    }
    if a.is_nil() || b.is_nil() {
        return Ok(a.is_nil() == b.is_nil());
    }
    if !comparable(b.ty()) {
        return Err(format!("non-comparable type {}: {}", text("%s", b)?, b.ty()).into());
    }
    Ok(same(a, b))
}

fn lt(first: &Val, second: &Val) -> Result<bool, FuncError> {
    let bad = || FuncError::from("invalid type for comparison");
    let (a, b) = (plain(&first.value), plain(&second.value));
    if class(&a) == Class::None || class(&b) == Class::None {
        return Err(bad());
    }
    Ok(match (&a, &b) {
        (Value::Int(a, _), Value::Int(b, _)) => a < b,
        (Value::Uint(a, _), Value::Uint(b, _)) => a < b,
        (Value::Int(a, _), Value::Uint(b, _)) => u64::try_from(*a).is_ok_and(|a| a < *b) || *a < 0,
        (Value::Uint(a, _), Value::Int(b, _)) => u64::try_from(*b).is_ok_and(|b| *a < b),
        (Value::Str(a), Value::Str(b)) => a < b,
        _ => match (a.as_float(), b.as_float()) {
            (Some(a), Some(b)) => a < b,
            _ if class(&a) == class(&b) => return Err(bad()),
            _ => return Err(incompatible(first, second)),
        },
    })
}

fn le(first: &Val, second: &Val) -> Result<bool, FuncError> {
    if lt(first, second)? {
        return Ok(true);
    }
    eq(first, std::slice::from_ref(second))
}

/// What the escapers escape: the arguments printed as an action would print them.
fn joined(args: &[Val]) -> Result<Str, FuncError> {
    if let [only] = args
        && let Value::Str(text) = &only.value
    {
        return Ok(text.clone());
    }
    let printable: Vec<Value> = args.iter().map(|arg| printable(&arg.value)).collect();
    crate::print::sprint(&printable)
}

/// What is printed of a value: what a pointer points to, and `<no value>` for none.
pub(crate) fn printable(value: &Value) -> Value {
    match value {
        Value::Nil => Value::literal("<no value>"),
        Value::Object(object) if object.is_pointer() => Value::Object(object.deref()),
        other => other.clone(),
    }
}

/// `template.HTMLEscapeString`.
pub fn html_escape(text: &Str) -> Str {
    if !text
        .iter()
        .any(|c| matches!(c, b'\'' | b'"' | b'&' | b'<' | b'>' | 0))
    {
        return text.clone();
    }
    let mut out = Vec::with_capacity(text.len() + 16);
    for &c in text.iter() {
        let escaped: &[u8] = match c {
            0 => "\u{fffd}".as_bytes(),
            b'"' => b"&#34;",
            b'\'' => b"&#39;",
            b'&' => b"&amp;",
            b'<' => b"&lt;",
            b'>' => b"&gt;",
            _ => {
                out.push(c);
                continue;
            }
        };
        out.extend_from_slice(escaped);
    }
    out.into()
}

/// `template.JSEscapeString`.
pub fn js_escape(text: &Str) -> Str {
    let mut out = Vec::with_capacity(text.len());
    let mut rest: &[u8] = text;
    while let Some(&c) = rest.first() {
        if c < 0x80 {
            rest = &rest[1..];
            match c {
                b'\\' => out.extend_from_slice(b"\\\\"),
                b'\'' => out.extend_from_slice(b"\\'"),
                b'"' => out.extend_from_slice(b"\\\""),
                b'<' => out.extend_from_slice(b"\\u003C"),
                b'>' => out.extend_from_slice(b"\\u003E"),
                b'&' => out.extend_from_slice(b"\\u0026"),
                b'=' => out.extend_from_slice(b"\\u003D"),
                0..=0x1f => out.extend_from_slice(format!("\\u{c:04X}").as_bytes()),
                _ => out.push(c),
            }
            continue;
        }
        let (decoded, width) = decode_rune(rest);
        match decoded {
            Some(decoded) if !is_print(decoded) => {
                out.extend_from_slice(format!("\\u{:04X}", u32::from(decoded)).as_bytes());
            }
            _ => out.extend_from_slice(&rest[..width]),
        }
        rest = &rest[width..];
    }
    out.into()
}

/// `url.QueryEscape`.
pub fn query_escape(text: &Str) -> Str {
    let mut out = Vec::with_capacity(text.len());
    for &c in text.iter() {
        match c {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => out.push(c),
            b' ' => out.push(b'+'),
            _ => out.extend_from_slice(format!("%{c:02X}").as_bytes()),
        }
    }
    out.into()
}
