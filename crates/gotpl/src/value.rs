//! `Value`: what a Go template sees through reflection.
//!
//! Lists and maps are handles: cloning one shares it, and a map changed through one handle is changed for every
//! holder, as in Go. Number kinds are kept, because `typeOf`, `eq` and `printf` observe them. `Nil` is the untyped
//! nil (a nil `interface {}`); nil slices and maps are `List::nil` and `Map::nil`, which have a type.
//!
//! Values live in one thread (`Rc`). Dropping is iterative, so depth of nesting never costs stack; whoever *walks* a
//! value must bound its depth with `MAX_DEPTH`, since maps can hold themselves.
//!
//! ```
//! use plimsoll_gotpl::{List, Map, Str, Type, Value};
//! let labels = Map::from_pairs([("app", Value::from("web")), ("replicas", Value::int(3))]);
//! assert_eq!(labels.get("app").and_then(|v| v.as_str().cloned()), Some(Str::from("web")));
//! labels.insert("tier", Value::from("front")).unwrap();       // seen by every clone of `labels`
//! let list = List::new(vec![Value::Map(labels), Value::Nil]); // []interface {}
//! let words = List::strings([Str::from("a")]);                // []string
//! assert_eq!(Value::List(words).ty().to_string(), "[]string");
//! assert_eq!(list.len(), 2);
//! ```

use std::any::Any;
use std::cell::{Ref, RefCell};
use std::collections::BTreeMap;
use std::fmt;
use std::rc::Rc;

use crate::func::{FuncError, FuncValue};
pub use crate::string::Str;
use crate::types::{Kind, Type};

/// How deep whoever walks a value may go before giving up.
pub const MAX_DEPTH: usize = 1_000;

/// The width of a signed integer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IntKind {
    Int,
    Int8,
    Int16,
    Int32,
    Int64,
}

/// The width of an unsigned integer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UintKind {
    Uint,
    Uint8,
    Uint16,
    Uint32,
    Uint64,
}

/// A value of a template.
#[derive(Clone, Default)]
pub enum Value {
    /// Untyped nil.
    #[default]
    Nil,
    Bool(bool),
    Int(i64, IntKind),
    Uint(u64, UintKind),
    /// `float64`
    Float(f64),
    /// `float32`
    Float32(f32),
    /// `complex128`; only constants make it
    Complex(f64, f64),
    Str(Str),
    List(List),
    Map(Map),
    /// A struct, a pointer to one, or a value of a defined type with methods.
    Object(Object),
    /// A nil pointer of that (pointer) type.
    NilPtr(&'static Type),
    Func(FuncValue),
}

impl Value {
    /// A string value; use `Value::literal` for text known when compiling.
    pub fn str(text: impl Into<Str>) -> Self {
        Self::Str(text.into())
    }

    /// A string that is borrowed from the program.
    pub const fn literal(text: &'static str) -> Self {
        Self::Str(Str::literal(text))
    }

    /// A Go `int`.
    pub const fn int(value: i64) -> Self {
        Self::Int(value, IntKind::Int)
    }

    /// A Go `int64`.
    pub const fn int64(value: i64) -> Self {
        Self::Int(value, IntKind::Int64)
    }

    /// A Go `float64`.
    pub const fn float(value: f64) -> Self {
        Self::Float(value)
    }

    /// A `[]interface {}`.
    pub fn list(items: Vec<Self>) -> Self {
        Self::List(List::new(items))
    }

    /// Go type of the value; `interface {}` for nil.
    pub fn ty(&self) -> &'static Type {
        match self {
            Self::Nil => &Type::Any,
            Self::Bool(_) => &Type::Bool,
            Self::Int(_, kind) => match kind {
                IntKind::Int => &Type::Int,
                IntKind::Int8 => &Type::Int8,
                IntKind::Int16 => &Type::Int16,
                IntKind::Int32 => &Type::Int32,
                IntKind::Int64 => &Type::Int64,
            },
            Self::Uint(_, kind) => match kind {
                UintKind::Uint => &Type::Uint,
                UintKind::Uint8 => &Type::Uint8,
                UintKind::Uint16 => &Type::Uint16,
                UintKind::Uint32 => &Type::Uint32,
                UintKind::Uint64 => &Type::Uint64,
            },
            Self::Float(_) => &Type::Float64,
            Self::Float32(_) => &Type::Float32,
            Self::Complex(..) => &Type::Complex128,
            Self::Str(_) => &Type::String,
            Self::List(list) => list.ty,
            Self::Map(map) => map.ty,
            Self::Object(object) => object.ty,
            Self::NilPtr(ty) => ty,
            Self::Func(func) => func.ty(),
        }
    }

    /// Go kind of the value; `Invalid` for nil.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Nil => Kind::Invalid,
            Self::Str(_) => Kind::String,
            Self::Map(_) => Kind::Map,
            Self::List(_) => Kind::Slice,
            other => other.ty().kind(),
        }
    }

    /// The text of a string.
    pub fn as_str(&self) -> Option<&Str> {
        match self {
            Self::Str(text) => Some(text),
            _ => None,
        }
    }

    /// The value of a signed integer of any width.
    pub fn as_int(&self) -> Option<i64> {
        match self {
            Self::Int(value, _) => Some(*value),
            _ => None,
        }
    }

    /// The value of an unsigned integer of any width.
    pub fn as_uint(&self) -> Option<u64> {
        match self {
            Self::Uint(value, _) => Some(*value),
            _ => None,
        }
    }

    /// The value of a floating-point number of any width.
    pub fn as_float(&self) -> Option<f64> {
        match self {
            Self::Float(value) => Some(*value),
            Self::Float32(value) => Some(f64::from(*value)),
            _ => None,
        }
    }

    /// The value of a bool.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(value) => Some(*value),
            _ => None,
        }
    }

    /// The list, of any element type.
    pub fn as_list(&self) -> Option<&List> {
        match self {
            Self::List(list) => Some(list),
            _ => None,
        }
    }

    /// The map, of any element type.
    pub fn as_map(&self) -> Option<&Map> {
        match self {
            Self::Map(map) => Some(map),
            _ => None,
        }
    }

    /// The object of the program behind a struct or a pointer to it.
    pub fn downcast<T: GoObject>(&self) -> Option<&T> {
        match self {
            Self::Object(object) => object.downcast(),
            _ => None,
        }
    }

    /// Nil of any type: what Go's `reflect.Value.IsNil` and the untyped nil say.
    pub fn is_nil(&self) -> bool {
        match self {
            Self::Nil | Self::NilPtr(_) => true,
            Self::List(list) => list.is_nil(),
            Self::Map(map) => map.is_nil(),
            _ => false,
        }
    }

    /// Go's `template.IsTrue`: not the zero value of its type; structs are true.
    pub fn truth(&self) -> bool {
        match self {
            Self::Nil | Self::NilPtr(_) => false,
            Self::Bool(value) => *value,
            Self::Int(value, _) => *value != 0,
            Self::Uint(value, _) => *value != 0,
            Self::Float(value) => *value != 0.0,
            Self::Float32(value) => *value != 0.0,
            Self::Complex(re, im) => *re != 0.0 || *im != 0.0,
            Self::Str(text) => !text.is_empty(),
            Self::List(list) => !list.is_empty(),
            Self::Map(map) => !map.is_empty(),
            Self::Object(object) => object.basic().is_none_or(|value| value.truth()),
            Self::Func(_) => true,
        }
    }

    /// The zero value of a type, as `reflect.Zero` makes it. Of a struct type that has no data of its own here,
    /// nil.
    pub fn zero(ty: &'static Type) -> Self {
        match ty.underlying() {
            Type::Bool => Self::Bool(false),
            Type::Int => Self::Int(0, IntKind::Int),
            Type::Int8 => Self::Int(0, IntKind::Int8),
            Type::Int16 => Self::Int(0, IntKind::Int16),
            Type::Int32 => Self::Int(0, IntKind::Int32),
            Type::Int64 => Self::Int(0, IntKind::Int64),
            Type::Uint => Self::Uint(0, UintKind::Uint),
            Type::Uint8 => Self::Uint(0, UintKind::Uint8),
            Type::Uint16 => Self::Uint(0, UintKind::Uint16),
            Type::Uint32 => Self::Uint(0, UintKind::Uint32),
            Type::Uint64 => Self::Uint(0, UintKind::Uint64),
            Type::Float32 => Self::Float32(0.0),
            Type::Float64 => Self::Float(0.0),
            Type::Complex128 => Self::Complex(0.0, 0.0),
            Type::String => Self::Str(Str::EMPTY),
            Type::Slice(_) => Self::List(List::nil(ty)),
            Type::Map(_) => Self::Map(Map::nil(ty)),
            Type::Ptr(_) => Self::NilPtr(ty),
            Type::Struct(fields) => Self::Object(Object::new(StructValue {
                ty,
                fields: fields.iter().map(|field| Self::zero(field.ty)).collect(),
            })),
            _ => Self::Nil,
        }
    }
}

/// A Go slice: a shared array, the part of it that is seen, and the type.
#[derive(Clone)]
pub struct List {
    ty: &'static Type,
    body: Option<Rc<ListBody>>,
    start: u32,
    len: u32,
}

enum ListBody {
    Values(RefCell<Vec<Value>>),
    Bytes(Str),
}

impl List {
    /// A `[]interface {}`.
    pub fn new(items: Vec<Value>) -> Self {
        Self::typed(Type::LIST, items)
    }

    /// A slice of that (slice) type; the items must be of its element type.
    pub fn typed(ty: &'static Type, items: Vec<Value>) -> Self {
        let len = u32::try_from(items.len()).unwrap_or(u32::MAX);
        Self {
            ty,
            body: Some(Rc::new(ListBody::Values(RefCell::new(items)))),
            start: 0,
            len,
        }
    }

    /// A `[]string`.
    pub fn strings(items: impl IntoIterator<Item = Str>) -> Self {
        Self::typed(Type::STRINGS, items.into_iter().map(Value::Str).collect())
    }

    /// A `[]uint8` that holds its bytes compactly.
    pub fn bytes(bytes: impl Into<Str>) -> Self {
        let bytes = bytes.into();
        let len = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
        Self {
            ty: Type::BYTES,
            body: Some(Rc::new(ListBody::Bytes(bytes))),
            start: 0,
            len,
        }
    }

    /// The nil slice of a type.
    pub const fn nil(ty: &'static Type) -> Self {
        Self {
            ty,
            body: None,
            start: 0,
            len: 0,
        }
    }

    /// Whether it is the nil slice. An empty one need not be.
    pub fn is_nil(&self) -> bool {
        self.body.is_none()
    }

    /// The slice type.
    pub fn ty(&self) -> &'static Type {
        self.ty
    }

    /// The same array seen as another slice type of the same element.
    pub fn with_type(mut self, ty: &'static Type) -> Self {
        self.ty = ty;
        self
    }

    pub fn len(&self) -> usize {
        self.len as usize
    }

    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Go's `cap`: how far it may be resliced.
    pub fn capacity(&self) -> usize {
        let whole = match self.body.as_deref() {
            None => 0,
            Some(ListBody::Values(values)) => values.borrow().len(),
            Some(ListBody::Bytes(bytes)) => bytes.len(),
        };
        whole.saturating_sub(self.start as usize)
    }

    /// `self[start:end]`, sharing the array; none when out of its capacity.
    pub fn slice(&self, start: usize, end: usize) -> Option<Self> {
        if start > end || end > self.capacity() {
            return None;
        }
        let mut part = self.clone();
        part.start = self.start.checked_add(u32::try_from(start).ok()?)?;
        part.len = u32::try_from(end - start).ok()?;
        Some(part)
    }

    /// The item at `index`.
    pub fn get(&self, index: usize) -> Option<Value> {
        if index >= self.len() {
            return None;
        }
        let index = self.start as usize + index;
        match self.body.as_deref()? {
            ListBody::Values(values) => values.borrow().get(index).cloned(),
            ListBody::Bytes(bytes) => bytes
                .get(index)
                .map(|b| Value::Uint(u64::from(*b), UintKind::Uint8)),
        }
    }

    /// The items, cloned (cheaply: handles), in order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = Value> + ExactSizeIterator + '_ {
        (0..self.len()).map(|i| self.get(i).unwrap_or_default())
    }

    /// The items as a vector of their own.
    pub fn to_vec(&self) -> Vec<Value> {
        self.iter().collect()
    }

    /// Whether its elements are bytes.
    pub fn is_bytes(&self) -> bool {
        self.ty.elem() == Some(&Type::Uint8)
    }

    /// The bytes, when it holds them compactly or is a `[]uint8`.
    pub fn to_bytes(&self) -> Option<Str> {
        match self.body.as_deref() {
            Some(ListBody::Bytes(bytes)) if self.start == 0 && self.len() == bytes.len() => {
                Some(bytes.clone())
            }
            _ if self.ty.elem() == Some(&Type::Uint8) => {
                let bytes: Vec<u8> = self.iter().filter_map(|v| v.as_uint()).map(|b| b as u8).collect();
                Some(bytes.into())
            }
            _ => None,
        }
    }

    /// Runs `change` over the items in place: every holder of the array sees it, as when Go sorts a `[]string`
    /// that it was given. The items of a compact `[]uint8` cannot be changed.
    pub fn change(&self, change: impl FnOnce(&mut [Value])) {
        if let Some(ListBody::Values(values)) = self.body.as_deref()
            && let Ok(mut values) = values.try_borrow_mut()
        {
            let start = self.start as usize;
            if let Some(part) = values.get_mut(start..start + self.len as usize) {
                change(part);
            }
        }
    }

    /// Identity of the array; 0 of the nil slice.
    pub fn id(&self) -> usize {
        self.body.as_ref().map_or(0, |body| Rc::as_ptr(body).addr())
    }
}

impl FromIterator<Value> for List {
    /// A `[]interface {}`.
    fn from_iter<I: IntoIterator<Item = Value>>(items: I) -> Self {
        Self::new(items.into_iter().collect())
    }
}

/// A Go map with string keys: a shared table, sorted by key, and the type.
#[derive(Clone)]
pub struct Map {
    ty: &'static Type,
    body: Option<Rc<MapBody>>,
}

struct MapBody(RefCell<BTreeMap<Str, Value>>);

impl Default for Map {
    fn default() -> Self {
        Self::new()
    }
}

impl Map {
    /// An empty `map[string]interface {}`.
    pub fn new() -> Self {
        Self::typed(Type::MAP, BTreeMap::new())
    }

    /// A map of that (map) type; the values must be of its element type.
    pub fn typed(ty: &'static Type, entries: BTreeMap<Str, Value>) -> Self {
        Self {
            ty,
            body: Some(Rc::new(MapBody(RefCell::new(entries)))),
        }
    }

    /// A `map[string]interface {}` of those entries.
    pub fn from_pairs<K: Into<Str>>(pairs: impl IntoIterator<Item = (K, Value)>) -> Self {
        Self::typed(Type::MAP, pairs.into_iter().map(|(k, v)| (k.into(), v)).collect())
    }

    /// The nil map of a type.
    pub const fn nil(ty: &'static Type) -> Self {
        Self { ty, body: None }
    }

    /// Whether it is the nil map. An empty one need not be.
    pub fn is_nil(&self) -> bool {
        self.body.is_none()
    }

    /// The map type.
    pub fn ty(&self) -> &'static Type {
        self.ty
    }

    /// The same table seen as another map type of the same element.
    pub fn with_type(mut self, ty: &'static Type) -> Self {
        self.ty = ty;
        self
    }

    pub fn len(&self) -> usize {
        self.body.as_ref().map_or(0, |body| body.0.borrow().len())
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The value of a key.
    pub fn get(&self, key: impl AsRef<[u8]>) -> Option<Value> {
        self.body.as_ref()?.0.borrow().get(key.as_ref()).cloned()
    }

    /// Whether the key has a value, nil included.
    pub fn contains_key(&self, key: impl AsRef<[u8]>) -> bool {
        self.body
            .as_ref()
            .is_some_and(|body| body.0.borrow().contains_key(key.as_ref()))
    }

    /// Sets a key, for every holder of the map.
    ///
    /// # Errors
    /// As Go panics: the map is nil.
    pub fn insert(&self, key: impl Into<Str>, value: Value) -> Result<Option<Value>, FuncError> {
        match &self.body {
            Some(body) => {
                let old = body.0.borrow_mut().insert(key.into(), value);
                Ok(old)
            }
            None => Err(FuncError::new("assignment to entry in nil map")),
        }
    }

    /// Deletes a key, for every holder of the map.
    pub fn remove(&self, key: impl AsRef<[u8]>) -> Option<Value> {
        let body = self.body.as_ref()?;
        body.0.borrow_mut().remove(key.as_ref())
    }

    /// The keys in Go's sorted order.
    pub fn keys(&self) -> Vec<Str> {
        self.entries()
            .map_or_else(Vec::new, |entries| entries.keys().cloned().collect())
    }

    /// The values, sorted by key.
    pub fn values(&self) -> Vec<Value> {
        self.entries()
            .map_or_else(Vec::new, |entries| entries.values().cloned().collect())
    }

    /// Keys and values, cloned (cheaply: handles), sorted by key. The map may be changed meanwhile.
    pub fn to_vec(&self) -> Vec<(Str, Value)> {
        self.entries().map_or_else(Vec::new, |entries| {
            entries.iter().map(|(k, v)| (k.clone(), v.clone())).collect()
        })
    }

    /// The table itself, borrowed: do not call anything that may change the map while holding it.
    pub fn entries(&self) -> Option<Ref<'_, BTreeMap<Str, Value>>> {
        self.body.as_ref().map(|body| body.0.borrow())
    }

    /// Identity of the table, the same for every handle of it; 0 of the nil map. A tracer keys on
    /// (identity, key).
    pub fn id(&self) -> usize {
        self.body.as_ref().map_or(0, |body| Rc::as_ptr(body).addr())
    }
}

/// Moves what containers hold to `pending` instead of dropping it inside them.
fn unlink(value: Value, pending: &mut Vec<Value>) {
    match value {
        Value::List(List {
            body: Some(mut body), ..
        }) => {
            if let Some(ListBody::Values(values)) = Rc::get_mut(&mut body) {
                pending.append(values.get_mut());
            }
        }
        Value::Map(Map {
            body: Some(mut body), ..
        }) => {
            if let Some(MapBody(entries)) = Rc::get_mut(&mut body) {
                pending.extend(std::mem::take(entries.get_mut()).into_values());
            }
        }
        _ => {}
    }
}

fn nests(value: &Value) -> bool {
    matches!(value, Value::List(_) | Value::Map(_))
}

impl Drop for ListBody {
    fn drop(&mut self) {
        if let Self::Values(values) = self
            && values.get_mut().iter().any(nests)
        {
            let mut pending = std::mem::take(values.get_mut());
            while let Some(value) = pending.pop() {
                unlink(value, &mut pending);
            }
        }
    }
}

impl Drop for MapBody {
    fn drop(&mut self) {
        if self.0.get_mut().values().any(nests) {
            let mut pending: Vec<Value> = std::mem::take(self.0.get_mut()).into_values().collect();
            while let Some(value) = pending.pop() {
                unlink(value, &mut pending);
            }
        }
    }
}

/// What the program puts behind a struct, a pointer to one, or another defined type with methods.
pub trait GoObject: Any {
    /// The type, not the pointer to it.
    fn ty(&self) -> &'static Type;

    /// The field at `index` of the type's table of fields.
    fn field(&self, index: usize) -> Value {
        let _ = index;
        Value::Nil
    }

    /// What `String()` (or `Error()`) gives, for types that have it: `%v` prints it.
    fn go_string(&self) -> Option<Str> {
        None
    }

    /// For a defined type that is not a struct (such as `time.Month`): the plain value it is made of.
    fn basic(&self) -> Option<Value> {
        None
    }

    /// Go's `==` between two of the same type; by default identity decides.
    fn equal(&self, other: &dyn GoObject) -> bool {
        let _ = other;
        false
    }
}

/// A `GoObject` or the pointer to one.
#[derive(Clone)]
pub struct Object {
    ty: &'static Type,
    target: Rc<dyn GoObject>,
}

impl Object {
    /// The struct itself.
    pub fn new(target: impl GoObject) -> Self {
        Self {
            ty: target.ty(),
            target: Rc::new(target),
        }
    }

    /// A pointer to it; `ty` is the pointer's type.
    pub fn pointer(ty: &'static Type, target: impl GoObject) -> Self {
        Self {
            ty,
            target: Rc::new(target),
        }
    }

    /// The type: the pointer's, when it is one.
    pub fn ty(&self) -> &'static Type {
        self.ty
    }

    /// Whether it is a pointer.
    pub fn is_pointer(&self) -> bool {
        matches!(self.ty, Type::Ptr(_))
    }

    /// What the pointer points to; itself when it is none.
    pub fn deref(&self) -> Self {
        Self {
            ty: self.target.ty(),
            target: Rc::clone(&self.target),
        }
    }

    /// The object of the program.
    pub fn target(&self) -> &dyn GoObject {
        &*self.target
    }

    /// The object of the program, by its Rust type.
    pub fn downcast<T: GoObject>(&self) -> Option<&T> {
        let any: &dyn Any = &*self.target;
        any.downcast_ref()
    }

    /// The plain value of a defined type that is not a struct; none of pointers.
    pub fn basic(&self) -> Option<Value> {
        if self.is_pointer() {
            None
        } else {
            self.target.basic()
        }
    }

    /// A field by name, embedded structs included; none when there is no such field.
    pub fn field(&self, name: &str) -> Option<Value> {
        let fields = self.target.ty().fields();
        if let Some(index) = fields.iter().position(|field| field.name == name) {
            return Some(self.target.field(index));
        }
        fields
            .iter()
            .enumerate()
            .filter(|(_, field)| field.embedded)
            .find_map(|(index, _)| match self.target.field(index) {
                Value::Object(inner) => inner.field(name),
                _ => None,
            })
    }

    /// Same object of the program.
    pub fn same(&self, other: &Self) -> bool {
        std::ptr::addr_eq(Rc::as_ptr(&self.target), Rc::as_ptr(&other.target))
    }
}

/// A struct that is only its fields.
pub struct StructValue {
    pub ty: &'static Type,
    /// One for each field of the type, in order.
    pub fields: Vec<Value>,
}

impl GoObject for StructValue {
    fn ty(&self) -> &'static Type {
        self.ty
    }

    fn field(&self, index: usize) -> Value {
        self.fields.get(index).cloned().unwrap_or_default()
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Str(text.into())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Str(text.into())
    }
}

impl From<Str> for Value {
    fn from(text: Str) -> Self {
        Self::Str(text)
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<f64> for Value {
    fn from(value: f64) -> Self {
        Self::Float(value)
    }
}

impl From<List> for Value {
    fn from(list: List) -> Self {
        Self::List(list)
    }
}

impl From<Map> for Value {
    fn from(map: Map) -> Self {
        Self::Map(map)
    }
}

impl From<Object> for Value {
    fn from(object: Object) -> Self {
        Self::Object(object)
    }
}

impl fmt::Debug for Value {
    /// One level only: maps can hold themselves.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nil => f.write_str("nil"),
            Self::Bool(value) => write!(f, "{value}"),
            Self::Int(value, _) => write!(f, "{}({value})", self.ty()),
            Self::Uint(value, _) => write!(f, "{}({value})", self.ty()),
            Self::Float(value) => write!(f, "float64({value})"),
            Self::Float32(value) => write!(f, "float32({value})"),
            Self::Complex(re, im) => write!(f, "complex128({re}, {im})"),
            Self::Str(text) => write!(f, "{text:?}"),
            Self::List(list) => write!(f, "{} of {}", self.ty(), list.len()),
            Self::Map(map) => write!(f, "{} of {}", self.ty(), map.len()),
            Self::Object(_) | Self::NilPtr(_) | Self::Func(_) => write!(f, "{}", self.ty()),
        }
    }
}
