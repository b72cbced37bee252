//! Definitions, fields and kinds of several Kubernetes versions, merged: what is equal is one entry with a mask.
//!
//! Everything is in ordered maps, so that the bundle's bytes depend on the content alone.

use std::collections::BTreeMap;

/// A type as the bundle stores it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Type {
    /// A type without argument, by its tag.
    Simple(u8),
    /// A type that names a definition.
    Def(u8, String),
    List(Box<Self>),
    Map(Box<Self>),
    Enum(Vec<String>),
}

/// How a list is merged.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ListShape {
    pub(crate) kind: u8,
    pub(crate) keys: Vec<String>,
    pub(crate) merge_key: Option<String>,
}

/// What makes two fields of one name different entries.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct FieldShape {
    pub(crate) name: String,
    pub(crate) ty: Type,
    pub(crate) list: Option<ListShape>,
}

/// In which versions a field is, and in which it must be given.
#[derive(Debug, Default)]
pub(crate) struct FieldUse {
    pub(crate) present: u32,
    pub(crate) required: u32,
    /// Of the newest version.
    pub(crate) flags: u16,
    /// First sentence of the description in the newest version.
    pub(crate) doc: String,
}

#[derive(Debug, Default)]
pub(crate) struct Def {
    pub(crate) present: u32,
    pub(crate) doc: String,
    pub(crate) fields: BTreeMap<FieldShape, FieldUse>,
}

/// Group, version, kind.
pub(crate) type Gvk = (String, String, String);

/// What makes two kinds of one name different entries.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct KindShape {
    pub(crate) def: String,
    pub(crate) plural: String,
    pub(crate) scope: u8,
}

#[derive(Debug, Default)]
pub(crate) struct Model {
    pub(crate) defs: BTreeMap<String, Def>,
    pub(crate) kinds: BTreeMap<(Gvk, KindShape), u32>,
}
