//! Values of a manifest as expressions see them: `UnstructuredToVal` of k8s.io/apiserver (`pkg/cel/common/values.go`).
//!
//! Lists and objects are our own, not the library's: copies are cheap, keys come in one order, and lists know what makes
//! their items the same.

use std::any::Any;
use std::collections::BTreeMap;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cel::ExecutionError;
use cel::common::traits::{Adder, Container, Indexer, Iterable, Iterator as CelIterator, Sizer, Zeroer};
use cel::common::types::{
    self, CelBool, CelBytes, CelDouble, CelDuration, CelInt, CelMapKey, CelNull, CelOptional, CelString,
    CelTimestamp, CelUInt,
};
use cel::common::value::{CowVal, StaticVal, Val};
use chrono::{DateTime, NaiveDate, NaiveTime};
use plimsoll_gostd::time::Duration;
use serde_json::Value;

use super::names::escape;
use crate::schema::bundle::ListKind;
use crate::schema::{Additional, Node, NodeId, Structural, Ty};

/// A value that borrows nothing.
pub(crate) type Boxed = Box<dyn Val>;

/// A value of a custom resource as a rule sees it: fields by their escaped names, and only those that its schema names.
/// What does not have the type of its schema is seen as what it is. `is_resource` for the root of an object with
/// `apiVersion`, `kind` and `metadata`.
pub(in crate::admission) fn of_schema(
    value: &Value,
    schema: &Structural,
    id: NodeId,
    is_resource: bool,
) -> Boxed {
    let node = schema.node(id);
    if node.int_or_string {
        return native(value);
    }
    let below = |value: &Value, id: NodeId| of_schema(value, schema, id, schema.node(id).embedded);
    match (value, node.ty) {
        (Value::Array(items), Some(Ty::Array)) => {
            let Some(item) = node.items else {
                return native(value);
            };
            let items = items.iter().map(|value| below(value, item)).collect();
            Box::new(List::new(items, Identity::of(node)))
        }
        (Value::Object(fields), Some(Ty::Object)) => {
            let mut seen = BTreeMap::new();
            for (name, value) in fields {
                if let Additional::Schema(values) = node.additional {
                    seen.insert(name.clone(), below(value, values));
                } else if is_resource && matches!(&**name, "apiVersion" | "kind" | "metadata") {
                    seen.insert(name.clone(), native(value));
                } else if let (Some(&id), Some(escaped)) = (node.properties.get(name), escape(name)) {
                    seen.insert(escaped, below(value, id));
                }
            }
            Box::new(Object::new(seen))
        }
        (Value::Number(number), Some(Ty::Number)) => {
            Box::new(CelDouble::from(number.as_f64().unwrap_or_default()))
        }
        (Value::String(text), Some(Ty::String)) => {
            let format = node.format.as_ref().map(|format| &*format.name);
            of_format(text, format.unwrap_or_default()).unwrap_or_else(|| native(value))
        }
        _ => native(value),
    }
}

/// A text of a format that the language has a type for.
fn of_format(text: &str, format: &str) -> Option<Boxed> {
    Some(match format {
        "byte" => Box::new(CelBytes::from(STANDARD.decode(text).ok()?)),
        "duration" => {
            let duration = Duration::parse(text.as_bytes()).ok()?;
            Box::new(CelDuration::from(chrono::Duration::nanoseconds(duration.0)))
        }
        "date" | "date-time" => Box::new(CelTimestamp::from(timestamp(text)?)),
        _ => return None,
    })
}

/// A JSON value of which nothing is known.
pub(crate) fn native(value: &Value) -> Boxed {
    match value {
        Value::Null => Box::new(CelNull),
        Value::Bool(bool) => Box::new(CelBool::from(*bool)),
        Value::Number(number) => match number.as_i64() {
            Some(whole) => Box::new(CelInt::from(whole)),
            None => Box::new(CelDouble::from(number.as_f64().unwrap_or_default())),
        },
        Value::String(text) => Box::new(CelString::from(text.clone())),
        Value::Array(items) => Box::new(List::new(items.iter().map(native).collect(), Identity::Atomic)),
        Value::Object(fields) => Box::new(Object::new(
            fields
                .iter()
                .map(|(name, value)| (name.clone(), native(value)))
                .collect(),
        )),
    }
}

fn timestamp(text: &str) -> Option<DateTime<chrono::FixedOffset>> {
    if let Ok(time) = DateTime::parse_from_rfc3339(text) {
        return Some(time);
    }
    let date = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
    Some(date.and_time(NaiveTime::MIN).and_utc().fixed_offset())
}

/// A list of a manifest.
#[derive(Debug, Clone)]
pub(super) struct List(Arc<Items>);

#[derive(Debug)]
struct Items {
    items: Vec<Boxed>,
    identity: Identity,
}

/// What makes two items of a list the same (`x-kubernetes-list-type`).
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) enum Identity {
    /// Their place.
    #[default]
    Atomic,
    /// Their value.
    Set,
    /// The values of these fields, by their escaped names.
    Map(Vec<String>),
}

impl Identity {
    fn of(list: &Node) -> Self {
        match list.list {
            Some(ListKind::Set) => Self::Set,
            Some(ListKind::Map) => Self::Map(list.list_keys.iter().filter_map(|key| escape(key)).collect()),
            _ => Self::Atomic,
        }
    }
}

impl List {
    pub(super) fn new(items: Vec<Boxed>, identity: Identity) -> Self {
        Self(Arc::new(Items { items, identity }))
    }

    /// One of its items.
    pub(super) fn item(&self, index: usize) -> Option<&Boxed> {
        self.0.items.get(index)
    }

    /// Where the item is that is the same as another, if it is in the list.
    fn position(&self, other: &dyn Val) -> Option<usize> {
        let is_same: Box<dyn Fn(&Boxed) -> bool> = match &self.0.identity {
            Identity::Map(keys) => {
                let wanted = key_values(other, keys);
                Box::new(move |item| {
                    let own = key_values(item.as_ref(), keys);
                    own.len() == wanted.len()
                        && own.iter().zip(&wanted).all(|(own, wanted)| same(own, wanted))
                })
            }
            Identity::Atomic | Identity::Set => Box::new(|item| item.equals(other)),
        };
        self.0.items.iter().position(is_same)
    }
}

fn same(left: &Option<CowVal<'_, '_>>, right: &Option<CowVal<'_, '_>>) -> bool {
    match (left, right) {
        (None, None) => true,
        (Some(left), Some(right)) => left.equals(right.as_ref()),
        _ => false,
    }
}

fn key_values<'b, 'v>(item: &'b (dyn Val + 'v), keys: &[String]) -> Vec<Option<CowVal<'b, 'v>>> {
    keys.iter()
        .map(|key| item.as_indexer()?.get(&CelString::from(key.clone())).ok())
        .collect()
}

impl Val for List {
    fn get_type(&self) -> &types::Type {
        &types::LIST_TYPE
    }

    fn cel_type() -> &'static types::Type {
        &types::LIST_TYPE
    }

    fn as_adder<'b, 'v>(&'b self) -> Option<&'b (dyn Adder + 'v)>
    where
        Self: 'v,
    {
        Some(self)
    }

    fn as_container(&self) -> Option<&dyn Container> {
        Some(self)
    }

    fn as_indexer<'b, 'v>(&'b self) -> Option<&'b (dyn Indexer + 'v)>
    where
        Self: 'v,
    {
        Some(self)
    }

    fn as_iterable<'b, 'v>(&'b self) -> Option<&'b (dyn Iterable + 'v)>
    where
        Self: 'v,
    {
        Some(self)
    }

    fn as_sizer(&self) -> Option<&dyn Sizer> {
        Some(self)
    }

    fn as_zeroer(&self) -> Option<&dyn Zeroer> {
        Some(self)
    }

    /// Sets are equal whatever their order; lists by key when each item equals the one of the same key.
    fn equals(&self, other: &dyn Val) -> bool {
        let (Some(iterable), Some(sizer)) = (other.as_iterable(), other.as_sizer()) else {
            return false;
        };
        let is_list = other.get_type().kind() == types::Kind::List;
        if !is_list || i64::try_from(self.0.items.len()) != Ok(*sizer.size().inner()) {
            return false;
        }
        let mut others = iterable.iter();
        let mut index = 0;
        while let Some(other) = others.next() {
            let at = match self.0.identity {
                Identity::Atomic => Some(index),
                Identity::Set | Identity::Map(_) => self.position(other),
            };
            let own = at.and_then(|at| self.0.items.get(at));
            if !own.is_some_and(|own| own.equals(other)) {
                return false;
            }
            index += 1;
        }
        true
    }

    fn clone_as_boxed<'v>(&self) -> Box<dyn Val + 'v> {
        Box::new(self.clone())
    }

    fn as_any(&self) -> Option<&dyn Any> {
        Some(self)
    }
}

impl StaticVal for List {}

impl Adder for List {
    /// Sets are united, lists by key merged; others appended.
    fn add<'b, 'v>(&'b self, other: &(dyn Val + 'v)) -> Result<CowVal<'b, 'v>, ExecutionError>
    where
        Self: 'v,
    {
        let unsupported = || {
            let types = [self.get_type().name(), other.get_type().name()];
            ExecutionError::no_such_overload("_+_", types.map(str::to_owned).to_vec())
        };
        let mut others = other.as_iterable().ok_or_else(unsupported)?.iter();
        let mut items: Vec<Box<dyn Val + 'v>> =
            self.0.items.iter().map(|item| item.clone_as_boxed()).collect();
        while let Some(other) = others.next() {
            let at = match self.0.identity {
                Identity::Atomic => None,
                Identity::Set | Identity::Map(_) => self.position(other),
            };
            match at.and_then(|at| items.get_mut(at)) {
                Some(item) => *item = other.clone_as_boxed(),
                None => items.push(other.clone_as_boxed()),
            }
        }
        Ok(CowVal::owned(types::CelList::from(items)))
    }
}

impl Container for List {
    fn contains(&self, value: &dyn Val) -> Result<bool, ExecutionError> {
        Ok(self.0.items.iter().any(|item| item.equals(value)))
    }
}

impl Indexer for List {
    fn get<'b, 'v>(&'b self, index: &dyn Val) -> Result<CowVal<'b, 'v>, ExecutionError>
    where
        Self: 'v,
    {
        let number = whole(index).ok_or_else(|| {
            let types = ["list", index.get_type().name()];
            ExecutionError::no_such_overload("_[_]", types.map(str::to_owned).to_vec())
        })?;
        let item = usize::try_from(number).ok().and_then(|at| self.0.items.get(at));
        item.map(|item| CowVal::Borrowed(item.as_ref()))
            .ok_or_else(|| ExecutionError::IndexOutOfBounds(number.into()))
    }

    fn steal<'v>(self: Box<Self>, index: &dyn Val) -> Result<Box<dyn Val + 'v>, ExecutionError>
    where
        Self: 'v,
    {
        Ok(self.get(index)?.clone_as_boxed())
    }
}

/// The number of an item.
fn whole(index: &dyn Val) -> Option<i64> {
    if let Some(number) = index.downcast_ref::<CelInt>() {
        return Some(*number.inner());
    }
    if let Some(number) = index.downcast_ref::<CelUInt>() {
        return i64::try_from(*number.inner()).ok();
    }
    let number = *index.downcast_ref::<CelDouble>()?.inner();
    #[expect(clippy::cast_possible_truncation, reason = "whole and in range")]
    (number.fract() == 0.0 && number.abs() < 9e15).then_some(number as i64)
}

impl Iterable for List {
    fn iter<'b, 'v>(&'b self) -> Box<dyn CelIterator<'b, 'v> + 'b>
    where
        Self: 'v,
    {
        Box::new(Each(self.0.items.iter()))
    }
}

struct Each<'b>(std::slice::Iter<'b, Boxed>);

impl<'b, 'v> CelIterator<'b, 'v> for Each<'b> {
    fn next(&mut self) -> Option<&'b (dyn Val + 'v)> {
        self.0.next().map(|item| -> &'b (dyn Val + 'v) { item.as_ref() })
    }
}

impl Sizer for List {
    fn size(&self) -> CelInt {
        CelInt::from(i64::try_from(self.0.items.len()).unwrap_or(i64::MAX))
    }
}

impl Zeroer for List {
    fn is_zero_value(&self) -> bool {
        self.0.items.is_empty()
    }
}

/// An object or a map of a manifest.
#[derive(Debug, Clone)]
pub(super) struct Object(Arc<Fields>);

#[derive(Debug)]
struct Fields {
    values: BTreeMap<String, Boxed>,
    keys: Vec<Boxed>,
    /// Which object of the input it is, if it is one as a whole.
    number: Option<u32>,
}

impl Object {
    pub(super) fn new(values: BTreeMap<String, Boxed>) -> Self {
        Self::numbered(values, None)
    }

    /// An object of the input as a whole, with its number.
    pub(super) fn of_manifest(value: &Value, number: u32) -> Self {
        let fields = value.as_object().into_iter().flatten();
        let fields = fields.map(|(name, value)| (name.clone(), native(value)));
        Self::numbered(fields.collect(), Some(number))
    }

    /// Which object of the input it is, if it is one as a whole.
    pub(super) fn number(&self) -> Option<u32> {
        self.0.number
    }

    /// The value of a field.
    pub(super) fn field(&self, name: &str) -> Option<&Boxed> {
        self.0.values.get(name)
    }

    fn numbered(values: BTreeMap<String, Boxed>, number: Option<u32>) -> Self {
        let keys = values
            .keys()
            .map(|key| -> Boxed { Box::new(CelString::from(key.clone())) })
            .collect();
        Self(Arc::new(Fields { values, keys, number }))
    }

    fn find(&self, key: &dyn Val) -> Option<&Boxed> {
        self.0.values.get(key.downcast_ref::<CelString<'_>>()?.inner())
    }
}

impl Val for Object {
    fn get_type(&self) -> &types::Type {
        &types::MAP_TYPE
    }

    fn cel_type() -> &'static types::Type {
        &types::MAP_TYPE
    }

    fn as_container(&self) -> Option<&dyn Container> {
        Some(self)
    }

    fn as_indexer<'b, 'v>(&'b self) -> Option<&'b (dyn Indexer + 'v)>
    where
        Self: 'v,
    {
        Some(self)
    }

    fn as_iterable<'b, 'v>(&'b self) -> Option<&'b (dyn Iterable + 'v)>
    where
        Self: 'v,
    {
        Some(self)
    }

    fn as_sizer(&self) -> Option<&dyn Sizer> {
        Some(self)
    }

    fn as_zeroer(&self) -> Option<&dyn Zeroer> {
        Some(self)
    }

    fn equals(&self, other: &dyn Val) -> bool {
        if let Some(other) = other.downcast_ref::<Self>() {
            let (own, other) = (&self.0.values, &other.0.values);
            return own.len() == other.len()
                && own.iter().zip(other).all(|((key, value), (other_key, other))| {
                    key == other_key && value.equals(other.as_ref())
                });
        }
        let Some(other) = other.downcast_ref::<types::CelMap<'_>>() else {
            return false;
        };
        other.inner().len() == self.0.values.len()
            && other.inner().iter().all(|(key, value)| match key {
                CelMapKey::String(key) => {
                    let own = self.0.values.get(key.inner());
                    own.is_some_and(|own| own.equals(value.as_ref()))
                }
                _ => false,
            })
    }

    fn clone_as_boxed<'v>(&self) -> Box<dyn Val + 'v> {
        Box::new(self.clone())
    }

    fn as_any(&self) -> Option<&dyn Any> {
        Some(self)
    }
}

impl StaticVal for Object {}

impl Container for Object {
    fn contains(&self, key: &dyn Val) -> Result<bool, ExecutionError> {
        Ok(self.find(key).is_some())
    }
}

impl Indexer for Object {
    fn get<'b, 'v>(&'b self, key: &dyn Val) -> Result<CowVal<'b, 'v>, ExecutionError>
    where
        Self: 'v,
    {
        let missing = || {
            let text = key
                .downcast_ref::<CelString<'_>>()
                .map(|key| key.inner().to_owned());
            ExecutionError::no_such_key(&text.unwrap_or_default())
        };
        let value = self.find(key).ok_or_else(missing)?;
        Ok(CowVal::Borrowed(value.as_ref()))
    }

    fn steal<'v>(self: Box<Self>, key: &dyn Val) -> Result<Box<dyn Val + 'v>, ExecutionError>
    where
        Self: 'v,
    {
        Ok(self.get(key)?.clone_as_boxed())
    }
}

impl Iterable for Object {
    fn iter<'b, 'v>(&'b self) -> Box<dyn CelIterator<'b, 'v> + 'b>
    where
        Self: 'v,
    {
        Box::new(Each(self.0.keys.iter()))
    }
}

impl Sizer for Object {
    fn size(&self) -> CelInt {
        CelInt::from(i64::try_from(self.0.keys.len()).unwrap_or(i64::MAX))
    }
}

impl Zeroer for Object {
    fn is_zero_value(&self) -> bool {
        self.0.keys.is_empty()
    }
}

/// A value, or none, as an optional.
pub(in crate::admission) fn optional(value: Option<&Boxed>) -> Boxed {
    Box::new(match value {
        Some(value) => CelOptional::of(value.clone_as_boxed()),
        None => CelOptional::none(),
    })
}
