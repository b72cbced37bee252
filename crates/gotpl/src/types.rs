//! Go types as templates can observe them: names, kinds, fields, methods, assignability.
//!
//! A type is static data of the program (`&'static Type`), so it costs nothing to carry, and is compared by
//! structure, a defined type by its name. Invariant: `Display` prints what Go's `reflect.Type.String` prints.

use std::fmt;

use crate::func::Functions;

/// A Go type.
#[derive(Debug, Clone, Copy)]
pub enum Type {
    /// `interface {}`
    Any,
    /// `error`
    Error,
    Bool,
    Int,
    Int8,
    Int16,
    Int32,
    Int64,
    Uint,
    Uint8,
    Uint16,
    Uint32,
    Uint64,
    Float32,
    Float64,
    Complex128,
    String,
    /// `[]T`
    Slice(&'static Self),
    /// `map[string]T`; no other key type is ever made by what templates are given
    Map(&'static Self),
    /// `*T`
    Ptr(&'static Self),
    /// An anonymous struct, or what a defined struct type is made of.
    Struct(&'static [Field]),
    /// A function type, as Go writes it: `func(string) string`.
    Func(&'static str),
    /// A defined type, `package.Name`.
    Named(&'static Named),
    /// `reflect.Value`: the parameter of the builtin functions that see what reflection sees.
    Reflect,
}

/// A defined type.
#[derive(Debug)]
pub struct Named {
    /// With its package: `time.Time`.
    pub name: &'static str,
    /// What it is made of; never itself `Named`.
    pub underlying: Type,
    /// Its methods, the receiver being the first parameter of each. Pointer and value share one table, unless it is
    /// one of `Functions::of_pointer`.
    pub methods: Option<fn() -> &'static Functions>,
}

/// A field of a struct.
#[derive(Debug)]
pub struct Field {
    pub name: &'static str,
    pub ty: &'static Type,
    /// Embedded fields promote theirs.
    pub embedded: bool,
    /// The name `encoding/json` gives it; empty for none given, `-` for never written.
    pub json: &'static str,
    /// `encoding/json` leaves it out when empty.
    pub omit_empty: bool,
}

impl Field {
    /// A plain field.
    pub const fn new(name: &'static str, ty: &'static Type) -> Self {
        Self {
            name,
            ty,
            embedded: false,
            json: "",
            omit_empty: false,
        }
    }

    /// Go exports what begins with an upper-case letter.
    pub fn exported(&self) -> bool {
        self.name.chars().next().is_some_and(char::is_uppercase)
    }
}

/// The kind of a type: what it is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Of the untyped nil.
    Invalid,
    Bool,
    Int,
    Int8,
    Int16,
    Int32,
    Int64,
    Uint,
    Uint8,
    Uint16,
    Uint32,
    Uint64,
    Float32,
    Float64,
    Complex128,
    Func,
    Interface,
    Map,
    Ptr,
    Slice,
    String,
    Struct,
}

impl Kind {
    /// As `reflect.Kind.String` prints it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Invalid => "invalid",
            Self::Bool => "bool",
            Self::Int => "int",
            Self::Int8 => "int8",
            Self::Int16 => "int16",
            Self::Int32 => "int32",
            Self::Int64 => "int64",
            Self::Uint => "uint",
            Self::Uint8 => "uint8",
            Self::Uint16 => "uint16",
            Self::Uint32 => "uint32",
            Self::Uint64 => "uint64",
            Self::Float32 => "float32",
            Self::Float64 => "float64",
            Self::Complex128 => "complex128",
            Self::Func => "func",
            Self::Interface => "interface",
            Self::Map => "map",
            Self::Ptr => "ptr",
            Self::Slice => "slice",
            Self::String => "string",
            Self::Struct => "struct",
        }
    }

    /// A signed integer of any width.
    pub fn is_int(self) -> bool {
        matches!(
            self,
            Self::Int | Self::Int8 | Self::Int16 | Self::Int32 | Self::Int64
        )
    }

    /// An unsigned integer of any width.
    pub fn is_uint(self) -> bool {
        matches!(
            self,
            Self::Uint | Self::Uint8 | Self::Uint16 | Self::Uint32 | Self::Uint64
        )
    }

    /// A floating-point number of any width.
    pub fn is_float(self) -> bool {
        matches!(self, Self::Float32 | Self::Float64)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Type {
    /// `[]interface {}`
    pub const LIST: &'static Self = &Self::Slice(&Self::Any);
    /// `[]string`
    pub const STRINGS: &'static Self = &Self::Slice(&Self::String);
    /// `[]uint8`, Go's `[]byte`
    pub const BYTES: &'static Self = &Self::Slice(&Self::Uint8);
    /// `map[string]interface {}`
    pub const MAP: &'static Self = &Self::Map(&Self::Any);
    /// `map[string]string`
    pub const STRING_MAP: &'static Self = &Self::Map(&Self::String);

    /// What a defined type is made of; itself for the others.
    pub fn underlying(&'static self) -> &'static Self {
        match self {
            Self::Named(named) => &named.underlying,
            other => other,
        }
    }

    /// The kind.
    pub fn kind(&'static self) -> Kind {
        match self.underlying() {
            Self::Any | Self::Error => Kind::Interface,
            Self::Bool => Kind::Bool,
            Self::Int => Kind::Int,
            Self::Int8 => Kind::Int8,
            Self::Int16 => Kind::Int16,
            Self::Int32 => Kind::Int32,
            Self::Int64 => Kind::Int64,
            Self::Uint => Kind::Uint,
            Self::Uint8 => Kind::Uint8,
            Self::Uint16 => Kind::Uint16,
            Self::Uint32 => Kind::Uint32,
            Self::Uint64 => Kind::Uint64,
            Self::Float32 => Kind::Float32,
            Self::Float64 => Kind::Float64,
            Self::Complex128 => Kind::Complex128,
            Self::String => Kind::String,
            Self::Slice(_) => Kind::Slice,
            Self::Map(_) => Kind::Map,
            Self::Ptr(_) => Kind::Ptr,
            Self::Struct(_) | Self::Named(_) | Self::Reflect => Kind::Struct,
            Self::Func(_) => Kind::Func,
        }
    }

    /// The element type of a slice, map or pointer.
    pub fn elem(&'static self) -> Option<&'static Self> {
        match self.underlying() {
            Self::Slice(elem) | Self::Map(elem) | Self::Ptr(elem) => Some(elem),
            _ => None,
        }
    }

    /// The fields of a struct type, empty for the others.
    pub fn fields(&'static self) -> &'static [Field] {
        match self.underlying() {
            Self::Struct(fields) => fields,
            _ => &[],
        }
    }

    /// Whether a struct type has a field of that name, of its own or of an embedded struct.
    pub fn has_field(&'static self, name: &str) -> bool {
        self.fields().iter().any(|field| {
            let inner = match field.ty {
                Self::Ptr(elem) => elem,
                other => other,
            };
            field.name == name || (field.embedded && inner.has_field(name))
        })
    }

    /// The method of that name, of a defined type or of the pointer to one.
    pub fn method(&'static self, name: &str) -> Option<&'static crate::func::Function> {
        let (named, pointer) = match self {
            Self::Named(named) => (named, false),
            Self::Ptr(Self::Named(named)) => (named, true),
            _ => return None,
        };
        let table = named.methods?();
        if table.is_of_pointer() && !pointer {
            None
        } else {
            table.get(name)
        }
    }

    /// Whether nil is a value of the type.
    pub fn nilable(&'static self) -> bool {
        matches!(
            self.kind(),
            Kind::Func | Kind::Interface | Kind::Map | Kind::Ptr | Kind::Slice
        )
    }

    /// Go's assignability between types that are not interfaces: identical, or of identical underlying types of
    /// which one has no name. Every type is assignable to `interface {}`.
    pub fn assignable_to(&'static self, to: &'static Self) -> bool {
        match to {
            Self::Any => true,
            _ if self == to => true,
            _ => {
                let (a, b) = (self.defined(), to.defined());
                (!a || !b) && self.underlying() == to.underlying()
            }
        }
    }

    /// Named in Go's sense: defined types and the predeclared basic ones.
    fn defined(&'static self) -> bool {
        !matches!(
            self,
            Self::Slice(_) | Self::Map(_) | Self::Ptr(_) | Self::Struct(_) | Self::Func(_)
        )
    }
}

impl PartialEq for Type {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Slice(a), Self::Slice(b))
            | (Self::Map(a), Self::Map(b))
            | (Self::Ptr(a), Self::Ptr(b)) => std::ptr::eq(*a, *b) || a == b,
            (Self::Struct(a), Self::Struct(b)) => std::ptr::eq(*a, *b),
            (Self::Func(a), Self::Func(b)) => a == b,
            (Self::Named(a), Self::Named(b)) => std::ptr::eq(*a, *b) || a.name == b.name,
            _ => std::mem::discriminant(self) == std::mem::discriminant(other),
        }
    }
}

impl Eq for Type {}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self {
            Self::Any => "interface {}",
            Self::Error => "error",
            Self::Bool => "bool",
            Self::Int => "int",
            Self::Int8 => "int8",
            Self::Int16 => "int16",
            Self::Int32 => "int32",
            Self::Int64 => "int64",
            Self::Uint => "uint",
            Self::Uint8 => "uint8",
            Self::Uint16 => "uint16",
            Self::Uint32 => "uint32",
            Self::Uint64 => "uint64",
            Self::Float32 => "float32",
            Self::Float64 => "float64",
            Self::Complex128 => "complex128",
            Self::String => "string",
            Self::Func(text) => text,
            Self::Named(named) => named.name,
            Self::Reflect => "reflect.Value",
            Self::Slice(elem) => return write!(f, "[]{elem}"),
            Self::Map(elem) => return write!(f, "map[string]{elem}"),
            Self::Ptr(elem) => return write!(f, "*{elem}"),
            Self::Struct(fields) => {
                f.write_str("struct {")?;
                for (i, field) in fields.iter().enumerate() {
                    f.write_str(if i == 0 { " " } else { "; " })?;
                    if !field.embedded {
                        write!(f, "{} ", field.name)?;
                    }
                    write!(f, "{}", field.ty)?;
                }
                return f.write_str(if fields.is_empty() { "}" } else { " }" });
            }
        };
        f.write_str(name)
    }
}
