//! What `kubectl apply` makes of an old manifest, a new one and the stored object: the three-way strategic merge patch
//! of k8s.io/apimachinery/pkg/util/strategicpatch (and, of custom resources, the JSON merge patch).
//!
//! It decides what the server gets to see of a change: null removes a field, what the old manifest does not name stays
//! as it is stored, and items of a list that is merged by a key become one when they have the same key.

use serde_json::{Map, Value};

use crate::manifest::{ObjectId, Route};
use crate::schema::Bundle;
use crate::schema::bundle::{ListShape, Type};

/// Why kubectl can make no patch: an item of a list has nothing to be paired by.
#[derive(Debug)]
pub(crate) struct Unmergeable {
    /// The item.
    pub(super) item: Route,
    /// The field that pairs the items of its list.
    pub(super) key: String,
}

/// Three values of one field.
#[derive(Clone, Copy)]
struct Sides<'v> {
    original: Option<&'v Value>,
    modified: &'v Value,
    current: Option<&'v Value>,
}

/// The object that comes out when `modified` is applied, `original` was applied before, and `current` is stored.
pub(crate) fn three_way(
    id: &ObjectId,
    original: &Value,
    modified: &Value,
    current: &Value,
) -> Result<Value, Unmergeable> {
    let bundle = Bundle::embedded();
    let ty = bundle
        .kind(id.group(), id.version(), &id.kind)
        .last()
        .map_or(Type::Any, |entry| Type::Object(entry.def));
    let sides = Sides {
        original: Some(original),
        modified,
        current: Some(current),
    };
    let mut patch = Patch {
        bundle,
        route: Route::root(),
    };
    patch.value(sides, ty, None)
}

struct Patch {
    bundle: &'static Bundle<'static>,
    route: Route,
}

impl Patch {
    fn value(
        &mut self,
        sides: Sides<'_>,
        ty: Type,
        list: Option<ListShape<'_>>,
    ) -> Result<Value, Unmergeable> {
        match (sides.modified, sides.current) {
            (Value::Object(modified), Some(Value::Object(current))) => {
                let original = sides.original.and_then(Value::as_object);
                self.object(original, modified, current, ty)
            }
            (Value::Array(modified), Some(Value::Array(current))) if !current.is_empty() => {
                match (list.and_then(|list| list.merge_key()), ty) {
                    (Some(key), Type::List(items)) => {
                        let original = sides.original.and_then(Value::as_array);
                        let items = self.bundle.ty(items);
                        self.list(original.map_or(&[], Vec::as_slice), modified, current, key, items)
                    }
                    _ => Ok(sides.modified.clone()),
                }
            }
            (modified, Some(current)) if !current.is_null() => Ok(modified.clone()),
            (modified, _) => Ok(without_nulls(modified)),
        }
    }

    fn object(
        &mut self,
        original: Option<&Map<String, Value>>,
        modified: &Map<String, Value>,
        current: &Map<String, Value>,
        ty: Type,
    ) -> Result<Value, Unmergeable> {
        let of = |name: &str| original.and_then(|original| original.get(name));
        let mut merged = Map::with_capacity(modified.len());
        for (name, value) in modified {
            if value.is_null() {
                continue;
            }
            let (ty, list) = self.field(ty, name);
            let sides = Sides {
                original: of(name),
                modified: value,
                current: current.get(name),
            };
            self.route.push(name.as_str());
            merged.insert(name.clone(), self.value(sides, ty, list)?);
            self.route.pop();
        }
        for (name, value) in current {
            if !modified.contains_key(name) && of(name).is_none() {
                merged.insert(name.clone(), value.clone());
            }
        }
        Ok(Value::Object(merged))
    }

    fn list<'v>(
        &mut self,
        original: &'v [Value],
        modified: &'v [Value],
        current: &'v [Value],
        key: &str,
        ty: Type,
    ) -> Result<Value, Unmergeable> {
        let find =
            |items: &[Value], value: &Value| items.iter().position(|item| item.get(key) == Some(value));
        let has = |item: &&Value, value: &Value| item.get(key) == Some(value);
        let mut merged: Vec<Value> = Vec::with_capacity(modified.len());
        for (index, item) in modified.iter().enumerate() {
            self.route.push(index);
            let Some(value) = item.get(key) else {
                return Err(Unmergeable {
                    item: self.route.clone(),
                    key: key.to_owned(),
                });
            };
            // Of several items with one key (a port of two protocols) each is compared with the stored one at its place
            // (`diffListsOfMaps`); where there is none, what is sent goes into the first (`mergeSliceWithSpecialElements`).
            let earlier = modified
                .iter()
                .take(index)
                .filter(|item| has(item, value))
                .count();
            let nth = |items: &'v [Value]| items.iter().filter(|item| has(item, value)).nth(earlier);
            let stored = nth(current);
            let again = find(&merged, value).filter(|_| stored.is_none());
            let sides = match again.and_then(|place| merged.get(place)) {
                Some(first) => Sides {
                    original: None,
                    modified: item,
                    current: Some(first),
                },
                None => Sides {
                    original: nth(original),
                    modified: item,
                    current: stored,
                },
            };
            let item = self.value(sides, ty, None)?;
            match again.and_then(|place| merged.get_mut(place)) {
                Some(first) => *first = item,
                None => merged.push(item),
            }
            self.route.pop();
        }
        let kept = current.iter().filter(|item| {
            item.get(key)
                .is_some_and(|value| find(modified, value).is_none() && find(original, value).is_none())
        });
        merged.extend(kept.cloned());
        Ok(Value::Array(merged))
    }

    /// The type of a field, in the newest version that has it.
    fn field(&self, ty: Type, name: &str) -> (Type, Option<ListShape<'static>>) {
        match ty {
            Type::Object(def) => self
                .bundle
                .def(def)
                .field(name)
                .max_by_key(|field| field.present().newest())
                .map_or((Type::Any, None), |field| (field.ty(), field.list())),
            Type::Map(values) => (self.bundle.ty(values), None),
            _ => (Type::Any, None),
        }
    }
}

/// A value where none was: its nulls say nothing (`discardNullValuesFromPatch`). One that replaces another keeps them.
fn without_nulls(value: &Value) -> Value {
    match value {
        Value::Object(fields) => fields
            .iter()
            .filter(|(_, value)| !value.is_null())
            .map(|(name, value)| (name.clone(), without_nulls(value)))
            .collect(),
        Value::Array(items) => items.iter().map(without_nulls).collect(),
        _ => value.clone(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::three_way;
    use crate::manifest::ObjectId;

    fn applied(original: &Value, modified: &Value, current: &Value) -> Result<Value, String> {
        let id = ObjectId {
            api_version: "v1".into(),
            kind: "Pod".into(),
            ..ObjectId::default()
        };
        three_way(&id, original, modified, current)
            .map_err(|error| format!("{} without {}", error.item, error.key))
    }

    #[test]
    fn what_is_no_longer_written_goes_and_what_never_was_stays() {
        let old = json!({"metadata": {"labels": {"a": "1", "b": "2"}}});
        let stored = json!({"metadata": {"labels": {"a": "1", "b": "2", "c": "3"}, "uid": "u"}});
        let new = json!({"metadata": {"labels": {"a": "9", "c": null}}});
        assert_eq!(
            applied(&old, &new, &stored),
            Ok(json!({"metadata": {"labels": {"a": "9"}, "uid": "u"}}))
        );
    }

    #[test]
    fn items_of_one_name_become_one() {
        let old = json!({"spec": {"containers": [{"name": "c", "image": "a"}]}});
        let new =
            json!({"spec": {"containers": [{"name": "c", "image": "a"}, {"name": "c", "stdin": true}]}});
        assert_eq!(
            applied(&old, &new, &old),
            Ok(json!({"spec": {"containers": [{"name": "c", "image": "a", "stdin": true}]}}))
        );
        // Two that are stored stay two: a port may be there for two protocols.
        let port = |protocol: &str| json!({"containerPort": 53, "protocol": protocol});
        let ports = |ports: &[Value]| json!({"spec": {"containers": [{"name": "c", "ports": ports}]}});
        let two = ports(&[port("TCP"), port("UDP")]);
        assert_eq!(applied(&two, &two, &two), Ok(two.clone()));
        assert_eq!(
            applied(&ports(&[port("TCP")]), &two, &ports(&[port("TCP")])),
            Ok(ports(&[port("UDP")])),
            "kubectl loses one here"
        );
        let nameless = json!({"spec": {"containers": [{"image": "a"}]}});
        assert_eq!(
            applied(&old, &nameless, &old),
            Err("spec.containers[0] without name".to_owned())
        );
        // Without a stored list there is nothing to pair with.
        let none = json!({"spec": {}});
        assert_eq!(applied(&none, &new, &none), Ok(new.clone()));
    }
}
