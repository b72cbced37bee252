//! The bytes of a schema bundle: constants shared by the writer (`cargo xtask schemas`) and the reader.
//!
//! A bundle is a header, then sections of fixed-size records, all little-endian, read in place: opening one costs a
//! bounds check, whatever its size. A definition or field that several Kubernetes versions share is stored once with
//! a mask of the versions that have it, so a walk over twelve versions is one walk. Types refer to definitions by
//! name, not by content, so a change deep in `PodSpec` does not copy every kind that holds a pod template.
//!
//! Invariant: this file has no code but constants, and the writer includes the same file.

/// First bytes of a bundle.
pub(crate) const MAGIC: [u8; 4] = *b"PLKS";
/// Changes whenever a record changes.
pub(crate) const FORMAT: u32 = 1;
/// Most Kubernetes versions in one bundle: masks are 32 bits wide.
pub(crate) const MAX_VERSIONS: usize = 32;
/// Bytes before the section table: magic, format.
pub(crate) const HEADER: usize = 8;
/// Bytes of an entry of the section table: offset, length in bytes.
pub(crate) const SECTION_ENTRY: usize = 8;

/// Positions in the section table.
pub(crate) mod section {
    /// Versions, ascending; bit `i` of every mask is the `i`th.
    pub(crate) const VERSIONS: usize = 0;
    /// Offsets into [`TEXT`], one more than there are strings. Strings are sorted by bytes.
    pub(crate) const STRINGS: usize = 1;
    /// The text of all strings.
    pub(crate) const TEXT: usize = 2;
    /// Type records.
    pub(crate) const TYPES: usize = 3;
    /// List shapes.
    pub(crate) const LISTS: usize = 4;
    /// Enumerations: ranges of [`IDS`].
    pub(crate) const ENUMS: usize = 5;
    /// String ids of enumerations and list keys.
    pub(crate) const IDS: usize = 6;
    /// Definitions, sorted by name.
    pub(crate) const DEFS: usize = 7;
    /// Fields, by definition, then name.
    pub(crate) const FIELDS: usize = 8;
    /// Kinds, sorted by group, version, kind.
    pub(crate) const KINDS: usize = 9;
    /// Zlib stream of the first sentences of descriptions, each ended by a newline; inflated only when asked for.
    pub(crate) const DOCS: usize = 10;
    /// How many sections there are.
    pub(crate) const COUNT: usize = 11;
}

/// Sizes of records in bytes. Layouts, with sizes in bytes in parentheses:
pub(crate) mod size {
    /// minor (2), patch (2)
    pub(crate) const VERSION: usize = 4;
    /// tag (1), zero (1), argument (2)
    pub(crate) const TYPE: usize = 4;
    /// kind (1), key count (1), first key in `IDS` (2), patch merge key as string id plus one (2), zero (2)
    pub(crate) const LIST: usize = 8;
    /// first in `IDS` (2), count (2)
    pub(crate) const ENUM: usize = 4;
    /// name (2), zero (2), present mask (4), first field (4), field count (4), documentation offset (4)
    pub(crate) const DEF: usize = 20;
    /// name (2), type (2), list shape plus one (2), flags (2), present mask (4), required mask (4), documentation (4)
    pub(crate) const FIELD: usize = 20;
    /// group (2), version (2), kind (2), plural (2), definition (2), scope (1), zero (1), present mask (4)
    pub(crate) const KIND: usize = 16;
}

/// Type tags. The argument is given in parentheses.
pub(crate) mod tag {
    /// Anything, its content unchecked.
    pub(crate) const ANY: u8 = 0;
    /// `true` or `false`.
    pub(crate) const BOOL: u8 = 1;
    /// 32-bit integer.
    pub(crate) const INT32: u8 = 2;
    /// 64-bit integer.
    pub(crate) const INT64: u8 = 3;
    /// Floating-point number.
    pub(crate) const DOUBLE: u8 = 4;
    /// String.
    pub(crate) const STRING: u8 = 5;
    /// String of standard base64.
    pub(crate) const BYTES: u8 = 6;
    /// RFC 3339 time.
    pub(crate) const TIME: u8 = 7;
    /// RFC 3339 time with six digits of fraction.
    pub(crate) const MICRO_TIME: u8 = 8;
    /// 32-bit integer or string.
    pub(crate) const INT_OR_STRING: u8 = 9;
    /// Quantity: number or string.
    pub(crate) const QUANTITY: u8 = 10;
    /// Mapping with the fields of a definition (definition).
    pub(crate) const OBJECT: u8 = 11;
    /// List (type of the items).
    pub(crate) const LIST: u8 = 12;
    /// Mapping with free keys (type of the values).
    pub(crate) const MAP: u8 = 13;
    /// String out of a set (enumeration).
    pub(crate) const ENUM: u8 = 14;
    /// `JSONSchemaPropsOrBool` (definition of `JSONSchemaProps`).
    pub(crate) const SCHEMA_OR_BOOL: u8 = 15;
    /// `JSONSchemaPropsOrArray` (definition of `JSONSchemaProps`).
    pub(crate) const SCHEMA_OR_LIST: u8 = 16;
    /// `JSONSchemaPropsOrStringArray` (definition of `JSONSchemaProps`).
    pub(crate) const SCHEMA_OR_STRINGS: u8 = 17;
}

/// Kinds of lists.
pub(crate) mod list {
    /// Not said.
    pub(crate) const PLAIN: u8 = 0;
    /// Replaced as a whole.
    pub(crate) const ATOMIC: u8 = 1;
    /// Every item once.
    pub(crate) const SET: u8 = 2;
    /// Items are known by their keys.
    pub(crate) const MAP: u8 = 3;
}

/// Flags of fields.
pub(crate) mod flag {
    /// The description calls the field deprecated.
    pub(crate) const DEPRECATED: u16 = 1;
    /// The document calls the field required, and the API server accepts an object without it.
    pub(crate) const NOT_ENFORCED: u16 = 2;
    /// The empty word is refused where any other that is not in the enumeration is; elsewhere it counts as not given.
    pub(crate) const NOT_EMPTY: u16 = 4;
}

/// Scopes of kinds.
pub(crate) mod scope {
    /// Objects live in no namespace.
    pub(crate) const CLUSTER: u8 = 0;
    /// Objects live in a namespace.
    pub(crate) const NAMESPACED: u8 = 1;
    /// No object of this kind can be created: lists, subresources, options.
    pub(crate) const NONE: u8 = 2;
}
