//! YAML as `sigs.k8s.io/yaml` sees it: converted to JSON before anything reads it.
//!
//! Helm, kubectl and the API server read YAML so: go-yaml v2 decodes into `interface{}`, keys become strings, and
//! `encoding/json` writes the result for a JSON decoder. [`build`] walks a node as that conversion would and hands every value
//! to a [`Builder`], so a consumer makes its own value type without a tree between. Where the conversion depends on
//! Go's random map order (two keys with one text, `1` and `"1"`), the later entry wins.

use std::borrow::Cow;

use crate::doc::{Kind, NodeRef};
use crate::error::DecodeError;
use crate::float::{format_float32, format_json_float};
use crate::merge::collection_key;
use crate::resolve::{self, Scalar};

/// Receives the values of [`build`]. `node` is where the value is written.
pub trait Builder {
    /// What a finished value is.
    type Value;
    /// A list under construction.
    type List;
    /// A map under construction.
    type Map;

    /// JSON `null`.
    fn null(&mut self, node: NodeRef<'_>) -> Self::Value;
    /// JSON `true` or `false`.
    fn bool(&mut self, value: bool, node: NodeRef<'_>) -> Self::Value;
    /// An integer.
    fn int(&mut self, value: i64, node: NodeRef<'_>) -> Self::Value;
    /// An integer above [`i64::MAX`].
    fn uint(&mut self, value: u64, node: NodeRef<'_>) -> Self::Value;
    /// A finite float. In JSON text a whole one has no fraction (`1.0` is written `1`, see [`json_float`]).
    fn float(&mut self, value: f64, node: NodeRef<'_>) -> Self::Value;
    /// A string.
    fn string(&mut self, value: Cow<'_, str>, node: NodeRef<'_>) -> Self::Value;
    /// Starts a list of `len` items.
    fn list(&mut self, len: usize, node: NodeRef<'_>) -> Self::List;
    /// Appends an item.
    fn push(&mut self, list: &mut Self::List, value: Self::Value);
    /// Finishes a list.
    fn end_list(&mut self, list: Self::List, node: NodeRef<'_>) -> Self::Value;
    /// Starts a map of at most `len` entries.
    fn map(&mut self, len: usize, node: NodeRef<'_>) -> Self::Map;
    /// Sets an entry; one of the same key is replaced. Entries come in document order.
    fn insert(&mut self, map: &mut Self::Map, key: Cow<'_, str>, key_node: NodeRef<'_>, value: Self::Value);
    /// Finishes a map.
    fn end_map(&mut self, map: Self::Map, node: NodeRef<'_>) -> Self::Value;
}

/// Converts `node` as `sigs.k8s.io/yaml` converts YAML to JSON.
///
/// # Errors
/// What that conversion refuses: infinite and NaN values (`json: unsupported value: +Inf`), keys that are null, collections
/// or above `i64::MAX`, merges of something else than mappings, tags that do not fit.
pub fn build<B: Builder>(node: NodeRef<'_>, builder: &mut B) -> Result<B::Value, DecodeError> {
    match node.kind() {
        Kind::Scalar => {
            let fail = |message: String| DecodeError::new(node.span(), message);
            Ok(match node.try_resolve()? {
                Scalar::Null => builder.null(node),
                Scalar::Bool(value) => builder.bool(value, node),
                Scalar::Int(value) => builder.int(value, node),
                Scalar::Uint(value) => builder.uint(value, node),
                Scalar::Float(value) if value.is_finite() => builder.float(value, node),
                Scalar::Float(value) => {
                    return Err(fail(format_json_float(value).unwrap_or_else(|error| error)));
                }
                Scalar::Str(text) | Scalar::Timestamp(text) => builder.string(Cow::Borrowed(text), node),
                Scalar::Binary(text) => {
                    let bytes = resolve::decode_base64(text).unwrap_or_default();
                    builder.string(Cow::Owned(to_valid_utf8(&bytes)), node)
                }
            })
        }
        Kind::Sequence => {
            let mut list = builder.list(node.len(), node);
            for item in node.items() {
                let value = build(item, builder)?;
                builder.push(&mut list, value);
            }
            Ok(builder.end_list(list, node))
        }
        Kind::Mapping => {
            // The decoder reads every entry, also the ones that a later one replaces.
            if let Some(error) = node.doc().check_merges(node) {
                return Err(error);
            }
            let entries = node.merged_entries();
            let mut map = builder.map(entries.len(), node);
            for (key, value) in entries {
                let text = key.json_key()?;
                let value = build(value, builder)?;
                builder.insert(&mut map, text, key, value);
            }
            Ok(builder.end_map(map, node))
        }
    }
}

impl<'d> NodeRef<'d> {
    /// The text this key has in JSON: `yes` is `true`, `0x10` is `16`, `1.50` is `1.5`.
    ///
    /// # Errors
    /// Null, integers above `i64::MAX`, collections, and tags that do not fit cannot be keys.
    pub fn json_key(self) -> Result<Cow<'d, str>, DecodeError> {
        let fail = |message: &str| Err(DecodeError::new(self.span(), message));
        if !self.is_scalar() {
            return Err(collection_key(self));
        }
        Ok(match self.try_resolve()? {
            Scalar::Str(text) | Scalar::Timestamp(text) => Cow::Borrowed(text),
            Scalar::Bool(true) => Cow::Borrowed("true"),
            Scalar::Bool(false) => Cow::Borrowed("false"),
            Scalar::Int(value) => Cow::Owned(value.to_string()),
            Scalar::Float(value) => Cow::Owned(format_float32(value)),
            Scalar::Binary(text) => {
                Cow::Owned(to_valid_utf8(&resolve::decode_base64(text).unwrap_or_default()))
            }
            Scalar::Null => return fail("unsupported map key of type: %!s(<nil>), key: <nil>"),
            Scalar::Uint(value) => {
                return fail(&format!("unsupported map key of type: uint64, key: {value:#x}"));
            }
        })
    }
}

/// A finite float as `encoding/json` writes it: `1`, `0.1`, `1e-7`, `1e+21`.
///
/// # Errors
/// The sentence of `encoding/json` for an infinite value or NaN.
pub fn json_float(value: f64) -> Result<String, String> {
    format_json_float(value)
}

/// Bytes as `encoding/json` writes a Go string that is not UTF-8: each byte that fits no character is U+FFFD.
#[must_use]
pub fn to_valid_utf8(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len());
    let mut rest = bytes;
    loop {
        match std::str::from_utf8(rest) {
            Ok(text) => {
                out.push_str(text);
                return out;
            }
            Err(error) => {
                let (valid, after) = rest.split_at(error.valid_up_to());
                out.push_str(std::str::from_utf8(valid).unwrap_or_default());
                out.push('\u{fffd}');
                rest = after.get(1..).unwrap_or_default();
            }
        }
    }
}
