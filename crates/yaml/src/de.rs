//! serde: typed structs from a node (feature `serde`).
//!
//! A [`Deserializer`] reads a node as `sigs.k8s.io/yaml` would show it to a JSON decoder: merge keys applied, of equal keys the last,
//! keys as their JSON text. So a type made for JSON, such as those of `k8s-openapi`, reads YAML. Unlike Go's JSON decoder, and
//! like kubectl's strict one, it does not turn a number into a string: `IntOrString` works because it asks for any type.

use std::borrow::Cow;
use std::fmt;

use serde::de::value::{CowStrDeserializer, StrDeserializer};
use serde::de::{self, DeserializeSeed, IntoDeserializer, Visitor};

use crate::doc::{Items, Kind, NodeRef};
use crate::merge::MergedEntries;
use crate::resolve::{self, Scalar};
use crate::{DecodeError, Span};

/// Why a node does not fit a type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// The innermost node the error belongs to, if one is known.
    pub span: Option<Span>,
    /// What is wrong, in serde's words or go-yaml's.
    pub message: String,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}

impl de::Error for Error {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self {
            span: None,
            message: message.to_string(),
        }
    }
}

impl From<DecodeError> for Error {
    fn from(error: DecodeError) -> Self {
        Self {
            span: Some(error.span),
            message: error.message,
        }
    }
}

impl Error {
    fn at(mut self, span: Span) -> Self {
        self.span.get_or_insert(span);
        self
    }
}

/// Reads a `T` from `node`.
///
/// # Errors
/// The first place at which the node does not fit the type.
pub fn from_node<'d, T: de::Deserialize<'d>>(node: NodeRef<'d>) -> Result<T, Error> {
    T::deserialize(Deserializer(node))
}

/// serde's view of a node. Strings are borrowed from the document.
#[derive(Clone, Copy, Debug)]
pub struct Deserializer<'d>(pub NodeRef<'d>);

impl<'d> Deserializer<'d> {
    fn scalar<V: Visitor<'d>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.0.try_resolve()? {
            Scalar::Null => visitor.visit_unit(),
            Scalar::Bool(value) => visitor.visit_bool(value),
            Scalar::Int(value) if value < 0 => visitor.visit_i64(value),
            Scalar::Int(value) => visitor.visit_u64(value.unsigned_abs()),
            Scalar::Uint(value) => visitor.visit_u64(value),
            // JSON has no fraction for a whole float, so `1.0` fits an integer.
            Scalar::Float(value) => match crate::emit::json_float(value) {
                Ok(Scalar::Int(whole)) if whole < 0 => visitor.visit_i64(whole),
                Ok(Scalar::Int(whole)) => visitor.visit_u64(whole.unsigned_abs()),
                Ok(Scalar::Uint(whole)) => visitor.visit_u64(whole),
                Ok(_) => visitor.visit_f64(value),
                Err(message) => Err(Error { span: None, message }),
            },
            Scalar::Str(text) | Scalar::Timestamp(text) => visitor.visit_borrowed_str(text),
            Scalar::Binary(text) => visitor.visit_string(crate::json::to_valid_utf8(
                &resolve::decode_base64(text).unwrap_or_default(),
            )),
        }
    }

    fn located<T>(self, result: Result<T, Error>) -> Result<T, Error> {
        result.map_err(|error| error.at(self.0.span()))
    }
}

impl<'de> de::Deserializer<'de> for Deserializer<'de> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let result = match self.0.kind() {
            Kind::Scalar => self.scalar(visitor),
            Kind::Sequence => visitor.visit_seq(Sequence(self.0.items())),
            Kind::Mapping => match self.0.doc().check_merges(self.0) {
                Some(error) => Err(error.into()),
                None => visitor.visit_map(Mapping {
                    entries: self.0.merged_entries(),
                    value: None,
                }),
            },
        };
        self.located(result)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let result = if self.0.is_null() {
            visitor.visit_none()
        } else {
            visitor.visit_some(self)
        };
        self.located(result)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        let result = visitor.visit_newtype_struct(self);
        self.located(result)
    }

    fn deserialize_bytes<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_byte_buf(visitor)
    }

    /// A string's bytes; `!!binary` decoded.
    fn deserialize_byte_buf<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.0.is_scalar()
            && let Scalar::Binary(text) = self.0.try_resolve()?
        {
            return self.located(visitor.visit_byte_buf(resolve::decode_base64(text).unwrap_or_default()));
        }
        self.deserialize_any(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        let result = match self.0.kind() {
            Kind::Scalar => match self.0.try_resolve()? {
                Scalar::Str(text) => visitor.visit_enum(StrDeserializer::new(text)),
                _ => visitor.visit_enum(CowStrDeserializer::new(self.0.json_key()?)),
            },
            Kind::Mapping if self.0.len() == 1 => visitor.visit_enum(Variant(self.0)),
            Kind::Mapping | Kind::Sequence => {
                Err(de::Error::custom("expected a string or a mapping of one entry"))
            }
        };
        self.located(result)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_unit()
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string unit unit_struct seq tuple tuple_struct map struct
        identifier
    }
}

impl<'d> IntoDeserializer<'d, Error> for NodeRef<'d> {
    type Deserializer = Deserializer<'d>;

    fn into_deserializer(self) -> Deserializer<'d> {
        Deserializer(self)
    }
}

struct Sequence<'d>(Items<'d>);

impl<'d> de::SeqAccess<'d> for Sequence<'d> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'d>>(&mut self, seed: T) -> Result<Option<T::Value>, Error> {
        self.0
            .next()
            .map(|item| seed.deserialize(Deserializer(item)))
            .transpose()
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.0.len())
    }
}

struct Mapping<'d> {
    entries: MergedEntries<'d>,
    value: Option<NodeRef<'d>>,
}

impl<'d> de::MapAccess<'d> for Mapping<'d> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'d>>(&mut self, seed: K) -> Result<Option<K::Value>, Error> {
        let Some((key, value)) = self.entries.next() else {
            return Ok(None);
        };
        self.value = Some(value);
        let result = match key.json_key()? {
            Cow::Borrowed(text) => seed.deserialize(de::value::BorrowedStrDeserializer::new(text)),
            Cow::Owned(text) => seed.deserialize(CowStrDeserializer::new(Cow::Owned(text))),
        };
        result.map(Some).map_err(|error: Error| error.at(key.span()))
    }

    fn next_value_seed<V: DeserializeSeed<'d>>(&mut self, seed: V) -> Result<V::Value, Error> {
        match self.value.take() {
            Some(value) => seed.deserialize(Deserializer(value)),
            None => Err(de::Error::custom("a value was asked for before its key")),
        }
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.entries.len())
    }
}

/// A mapping of one entry, read as an enum's variant with data.
struct Variant<'d>(NodeRef<'d>);

impl<'d> de::EnumAccess<'d> for Variant<'d> {
    type Error = Error;
    type Variant = Deserializer<'d>;

    fn variant_seed<V: DeserializeSeed<'d>>(self, seed: V) -> Result<(V::Value, Self::Variant), Error> {
        let Some((key, value)) = self.0.merged_entries().next() else {
            return Err(de::Error::custom("expected a mapping of one entry"));
        };
        let name = seed.deserialize(CowStrDeserializer::<Error>::new(key.json_key()?))?;
        Ok((name, Deserializer(value)))
    }
}

impl<'d> de::VariantAccess<'d> for Deserializer<'d> {
    type Error = Error;

    fn unit_variant(self) -> Result<(), Error> {
        de::Deserialize::deserialize(self)
    }

    fn newtype_variant_seed<T: DeserializeSeed<'d>>(self, seed: T) -> Result<T::Value, Error> {
        seed.deserialize(self)
    }

    fn tuple_variant<V: Visitor<'d>>(self, _len: usize, visitor: V) -> Result<V::Value, Error> {
        de::Deserializer::deserialize_any(self, visitor)
    }

    fn struct_variant<V: Visitor<'d>>(
        self,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        de::Deserializer::deserialize_any(self, visitor)
    }
}
