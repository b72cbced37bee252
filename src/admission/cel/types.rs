//! What an expression can see of a value: `SchemaDeclType` of k8s.io/apiserver (`pkg/cel/common/schemas.go`).

use std::collections::BTreeMap;
use std::sync::Arc;

use super::names::escape;
use crate::schema::{Additional, NodeId, Structural, Ty};

/// Deepest schema that expressions see; one that refers to itself has no end.
const MAX_DEPTH: usize = 40;

/// The type of a value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Type {
    /// Known only when it is there.
    Dyn,
    /// `null`.
    Null,
    Bool,
    Int,
    Uint,
    Double,
    String,
    Bytes,
    Timestamp,
    Duration,
    List(Arc<Self>),
    /// Of free keys.
    Map(Arc<MapType>),
    /// Of named fields.
    Object(Arc<ObjectType>),
    /// A value or none.
    Optional(Arc<Self>),
}

/// The type of a map.
#[derive(Debug, PartialEq)]
pub(crate) struct MapType {
    pub(super) key: Type,
    pub(super) value: Type,
}

/// The type of an object with named fields, by their escaped names.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct ObjectType {
    pub(super) fields: BTreeMap<String, Type>,
}

impl Type {
    /// A list.
    pub(super) fn list(item: Self) -> Self {
        Self::List(Arc::new(item))
    }

    /// A map.
    pub(super) fn map(key: Self, value: Self) -> Self {
        Self::Map(Arc::new(MapType { key, value }))
    }

    /// An optional of it.
    pub(in crate::admission) fn optional(self) -> Self {
        Self::Optional(Arc::new(self))
    }

    /// As cel-go's messages name it.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Dyn => "dyn",
            Self::Null => "null",
            Self::Bool => "bool",
            Self::Int => "int",
            Self::Uint => "uint",
            Self::Double => "double",
            Self::String => "string",
            Self::Bytes => "bytes",
            Self::Timestamp => "timestamp",
            Self::Duration => "duration",
            Self::List(_) => "list",
            Self::Map(_) => "map",
            Self::Object(_) => "object",
            Self::Optional(_) => "optional_type",
        }
    }

    /// Whether its values are single ones whose type is known.
    pub(super) fn is_plain(&self) -> bool {
        matches!(
            self,
            Self::Bool
                | Self::Int
                | Self::Uint
                | Self::Double
                | Self::String
                | Self::Bytes
                | Self::Timestamp
                | Self::Duration
        )
    }

    /// What expressions see of values of a schema; `None` if nothing. `is_resource` for the root of an object with
    /// `apiVersion`, `kind` and `metadata`.
    pub(in crate::admission) fn of(schema: &Structural, id: NodeId, is_resource: bool) -> Option<Self> {
        of(schema, id, is_resource, 0)
    }
}

fn of(schema: &Structural, id: NodeId, is_resource: bool, depth: usize) -> Option<Type> {
    if depth > MAX_DEPTH {
        return None;
    }
    let node = schema.node(id);
    if node.int_or_string {
        return Some(Type::Dyn);
    }
    let below = |id: NodeId| of(schema, id, schema.node(id).embedded, depth + 1);
    match node.ty? {
        Ty::Array => Some(Type::list(below(node.items?)?)),
        Ty::Object => {
            if let Additional::Schema(values) = node.additional {
                return Some(Type::map(Type::String, below(values)?));
            }
            let mut object = ObjectType::default();
            for (name, &property) in &node.properties {
                if let (Some(escaped), Some(ty)) = (escape(name), below(property)) {
                    object.fields.insert(escaped, ty);
                }
            }
            if is_resource {
                add_type_and_metadata(&mut object);
            }
            Some(Type::Object(Arc::new(object)))
        }
        Ty::String => Some(match node.format.as_ref().map(|format| &*format.name) {
            Some("byte") => Type::Bytes,
            Some("duration") => Type::Duration,
            Some("date" | "date-time") => Type::Timestamp,
            _ => Type::String,
        }),
        Ty::Integer => Some(Type::Int),
        Ty::Number => Some(Type::Double),
        Ty::Boolean => Some(Type::Bool),
    }
}

/// `WithTypeAndObjectMeta`: what is there whatever the schema says.
fn add_type_and_metadata(object: &mut ObjectType) {
    let text = |name: &str| (name.to_owned(), Type::String);
    let metadata = ObjectType {
        fields: BTreeMap::from([text("name"), text("generateName")]),
    };
    object.fields.extend([text("apiVersion"), text("kind")]);
    object
        .fields
        .insert("metadata".to_owned(), Type::Object(Arc::new(metadata)));
}
