//! From the object as it was written to the object as it is validated: unknown fields, nulls, defaults.
//!
//! Upstream: `pruning`, `defaulting` and `objectmeta` below `pkg/apiserver/schema` of k8s.io/apiextensions-apiserver.

use serde_json::Value;

use super::{Additional, NodeId, Structural};
use crate::manifest::Route;

/// A field that no schema knows.
#[derive(Debug)]
pub(in crate::schema) struct Unknown {
    /// Where it is.
    pub(in crate::schema) route: Route,
    /// The schema of the mapping it is in, if there is one.
    pub(in crate::schema) within: Option<NodeId>,
}

/// What is found besides unknown fields.
#[derive(Debug, Default)]
pub(in crate::schema) struct Decoded {
    /// Fields the server refuses under strict field validation.
    pub(in crate::schema) unknown: Vec<Unknown>,
    /// Places of the `metadata` of embedded objects.
    pub(in crate::schema) metadata: Vec<Route>,
}

/// Fields every object has, whatever its schema says.
const META: [&str; 3] = ["apiVersion", "kind", "metadata"];

/// Finds the unknown fields of an object, then drops and defaults nulls and missing fields in it.
pub(in crate::schema) fn decode(schema: &Structural, object: &mut Value) -> Decoded {
    let mut decoded = Decoded::default();
    Walk {
        schema,
        path: Route::root(),
        decoded: &mut decoded,
    }
    .unknown(object, Some(schema.root()), false);
    drop_nulls(schema, object, Some(schema.root()));
    default(schema, object, schema.root());
    decoded
}

/// Whether a default has fields that its schema does not know (`pruning.Prune` changes it).
pub(in crate::schema) fn has_unknown(schema: &Structural, default: &Value) -> bool {
    let mut decoded = Decoded::default();
    Walk {
        schema,
        path: Route::root(),
        decoded: &mut decoded,
    }
    .unknown(default, Some(schema.root()), false);
    !decoded.unknown.is_empty()
}

struct Walk<'s, 'o> {
    schema: &'s Structural,
    path: Route,
    decoded: &'o mut Decoded,
}

impl Walk<'_, '_> {
    /// `preserving`: unknown fields of this place are kept, those of places with a schema of their own are not.
    fn unknown(&mut self, value: &Value, id: Option<NodeId>, preserving: bool) {
        let node = id.map(|id| self.schema.node(id));
        let preserving = preserving || node.is_some_and(|node| node.preserve);
        match value {
            Value::Object(fields) => {
                let is_root = self.path.steps().is_empty();
                let embedded = node.is_some_and(|node| node.embedded);
                for (name, value) in fields {
                    self.path.push(name.as_str());
                    if META.contains(&name.as_str()) && (is_root || embedded) {
                        if !is_root && name == "metadata" {
                            self.decoded.metadata.push(self.path.clone());
                        }
                        self.path.pop();
                        continue;
                    }
                    let property = node.and_then(|node| node.properties.get(name));
                    match (property, node.map(|node| node.additional)) {
                        (Some(&property), _) => self.unknown(value, Some(property), false),
                        (None, Some(Additional::Schema(values))) => self.unknown(value, Some(values), false),
                        (None, Some(Additional::Any)) => self.unknown(value, None, false),
                        _ if preserving => {}
                        _ => self.decoded.unknown.push(Unknown {
                            route: self.path.clone(),
                            within: id,
                        }),
                    }
                    self.path.pop();
                }
            }
            Value::Array(items) => {
                let id = node.and_then(|node| node.items);
                if preserving && id.is_none() {
                    return;
                }
                for (index, item) in items.iter().enumerate() {
                    self.path.push(index);
                    self.unknown(item, id, preserving);
                    self.path.pop();
                }
            }
            _ => {}
        }
    }
}

/// Drops nulls that are neither allowed nor replaced by a default.
fn drop_nulls(schema: &Structural, value: &mut Value, id: Option<NodeId>) {
    match value {
        Value::Object(fields) => fields.retain(|name, value| {
            let id = id.and_then(|id| schema.field(id, name));
            let node = id.map(|id| schema.node(id));
            if value.is_null() && node.is_some_and(|node| !node.nullable && node.default.is_none()) {
                return false;
            }
            drop_nulls(schema, value, id);
            true
        }),
        Value::Array(items) => {
            let id = id.and_then(|id| schema.node(id).items);
            for item in items {
                drop_nulls(schema, item, id);
            }
        }
        _ => {}
    }
}

/// Fills in the defaults.
fn default(schema: &Structural, value: &mut Value, id: NodeId) {
    let node = schema.node(id);
    match value {
        Value::Object(fields) => {
            for (name, &property) in &node.properties {
                let property = schema.node(property);
                let Some(default) = &property.default else {
                    continue;
                };
                let is_absent = fields
                    .get(name)
                    .is_none_or(|value| value.is_null() && !property.nullable);
                if is_absent {
                    fields.insert(name.clone(), default.clone());
                }
            }
            for (name, value) in fields.iter_mut() {
                let Some(id) = schema.field(id, name) else {
                    continue;
                };
                let is_free = !node.properties.contains_key(name);
                or_default(schema, value, id, is_free);
                default(schema, value, id);
            }
        }
        Value::Array(items) => {
            let Some(id) = node.items else { return };
            for item in items {
                or_default(schema, item, id, true);
                default(schema, item, id);
            }
        }
        _ => {}
    }
}

fn or_default(schema: &Structural, value: &mut Value, id: NodeId, applies: bool) {
    let node = schema.node(id);
    if applies && value.is_null() && !node.nullable {
        *value = node.default.clone().unwrap_or(Value::Null);
    }
}
