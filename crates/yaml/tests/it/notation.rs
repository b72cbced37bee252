//! The notation in which the oracle (`oracle/yaml`) writes values and node trees, for comparison, and the values it is given
//! to print.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Write as _;

use plimsoll_yaml::emit::{self, Dialect, Emitter};
use plimsoll_yaml::json::{self, Builder};
use plimsoll_yaml::{DecodeError, Doc, Kind, LineIndex, NodeRef, Scalar, Style};

fn quote(out: &mut String, bytes: &[u8]) {
    out.push('"');
    for &b in bytes {
        if !(0x20..=0x7E).contains(&b) || b == b'"' || b == b'\\' {
            let _ = write!(out, "\\x{b:02x}");
        } else {
            out.push(char::from(b));
        }
    }
    out.push('"');
}

fn dump_scalar(out: &mut String, scalar: Scalar<'_>) {
    let _ = match scalar {
        Scalar::Null => write!(out, "~"),
        Scalar::Bool(value) => write!(out, "b{value}"),
        Scalar::Int(value) => write!(out, "i{value}"),
        Scalar::Uint(value) => write!(out, "u{value}"),
        Scalar::Float(value) if value.is_nan() => write!(out, "fnan"),
        Scalar::Float(value) => write!(out, "f{:016x}", value.to_bits()),
        Scalar::Str(text) | Scalar::Timestamp(text) => {
            quote(out, text.as_bytes());
            Ok(())
        }
        Scalar::Binary(text) => {
            quote(
                out,
                &plimsoll_yaml::resolve::decode_base64(text).unwrap_or_default(),
            );
            Ok(())
        }
    };
}

/// The value of `node` as go-yaml v2 decodes it, or the error it gives.
pub(crate) fn dump(out: &mut String, node: NodeRef<'_>) -> Result<(), DecodeError> {
    match node.kind() {
        Kind::Scalar => dump_scalar(out, node.try_resolve()?),
        Kind::Sequence => {
            out.push('[');
            for item in node.items() {
                dump(out, item)?;
                out.push(',');
            }
            out.push(']');
        }
        Kind::Mapping => {
            let mut entries: Vec<(String, String)> = Vec::new();
            for (key, value) in node.merged_entries() {
                let mut text = String::new();
                dump(&mut text, key)?;
                let mut value_text = String::new();
                dump(&mut value_text, value)?;
                // The decoder knows `!!binary` and text as one key.
                match entries
                    .iter_mut()
                    .find(|(known, _)| *known == text && text != "fnan")
                {
                    Some(entry) => entry.1 = value_text,
                    None => entries.push((text, value_text)),
                }
            }
            let mut entries: Vec<String> = entries
                .into_iter()
                .map(|(key, value)| key + ":" + &value)
                .collect();
            entries.sort();
            out.push('{');
            for entry in entries {
                out.push_str(&entry);
                out.push(',');
            }
            out.push('}');
        }
    }
    Ok(())
}

/// The tree of `node` as go-yaml v3 places it.
pub(crate) fn dump_node(out: &mut String, doc: &Doc, lines: &LineIndex, node: NodeRef<'_>) {
    let place = lines.position(doc.source(), node.span().start);
    let (line, column) = (place.line, place.column);
    if let Some(name) = node.alias_name() {
        let _ = write!(out, "*{name}@{line}:{column}");
        return;
    }
    if let Some(anchor) = node.anchor() {
        let _ = write!(out, "&{anchor} ");
    }
    if node.style() == Style::Flow {
        out.push('F');
    }
    match node.kind() {
        Kind::Scalar => {
            out.push(match node.style() {
                Style::DoubleQuoted => 'd',
                Style::SingleQuoted => 's',
                Style::Literal => 'l',
                Style::Folded => 'f',
                Style::Plain | Style::Block | Style::Flow => 'p',
            });
            quote(out, node.str().as_bytes());
            let _ = write!(out, "@{line}:{column}");
        }
        Kind::Sequence => {
            let _ = write!(out, "[@{line}:{column} ");
            for item in node.items() {
                dump_node(out, doc, lines, item);
                out.push(',');
            }
            out.push(']');
        }
        Kind::Mapping => {
            let _ = write!(out, "{{@{line}:{column} ");
            for (key, value) in node.entries() {
                dump_node(out, doc, lines, key);
                out.push(',');
                dump_node(out, doc, lines, value);
                out.push(',');
            }
            out.push('}');
        }
    }
}

/// Writes JSON text as `encoding/json` does.
#[derive(Default)]
pub(crate) struct JsonText {
    /// Two keys of a map had the same text, so what Go gives is left to chance.
    pub(crate) collision: bool,
}

pub(crate) fn json_string(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        let _ = match c {
            '"' | '\\' => write!(out, "\\{c}"),
            '\n' => write!(out, "\\n"),
            '\r' => write!(out, "\\r"),
            '\t' => write!(out, "\\t"),
            '\x08' => write!(out, "\\b"),
            '\x0C' => write!(out, "\\f"),
            '\0'..='\x1F' | '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
                write!(out, "\\u{:04x}", u32::from(c))
            }
            _ => write!(out, "{c}"),
        };
    }
    out.push('"');
    out
}

impl Builder for JsonText {
    type Value = String;
    type List = Vec<String>;
    type Map = BTreeMap<String, String>;

    fn null(&mut self, _: NodeRef<'_>) -> String {
        "null".to_owned()
    }
    fn bool(&mut self, value: bool, _: NodeRef<'_>) -> String {
        value.to_string()
    }
    fn int(&mut self, value: i64, _: NodeRef<'_>) -> String {
        value.to_string()
    }
    fn uint(&mut self, value: u64, _: NodeRef<'_>) -> String {
        value.to_string()
    }
    fn float(&mut self, value: f64, _: NodeRef<'_>) -> String {
        json::json_float(value).unwrap_or_else(|error| error)
    }
    fn string(&mut self, value: Cow<'_, str>, _: NodeRef<'_>) -> String {
        json_string(&value)
    }
    fn list(&mut self, _: usize, _: NodeRef<'_>) -> Vec<String> {
        Vec::new()
    }
    fn push(&mut self, list: &mut Vec<String>, value: String) {
        list.push(value);
    }
    fn end_list(&mut self, list: Vec<String>, _: NodeRef<'_>) -> String {
        format!("[{}]", list.join(","))
    }
    fn map(&mut self, _: usize, _: NodeRef<'_>) -> BTreeMap<String, String> {
        BTreeMap::new()
    }
    fn insert(
        &mut self,
        map: &mut BTreeMap<String, String>,
        key: Cow<'_, str>,
        _: NodeRef<'_>,
        value: String,
    ) {
        self.collision |= map.insert(key.into_owned(), value).is_some();
    }
    fn end_map(&mut self, map: BTreeMap<String, String>, _: NodeRef<'_>) -> String {
        let entries: Vec<String> = map
            .iter()
            .map(|(key, value)| format!("{}:{value}", json_string(key)))
            .collect();
        format!("{{{}}}", entries.join(","))
    }
}

/// A value to print.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    Null,
    Bool(bool),
    Int(i64),
    Uint(u64),
    Float(f64),
    Str(String),
    Bytes(Vec<u8>),
    Number(String),
    List(Vec<Self>),
    Map(BTreeMap<String, Self>),
}

impl Value {
    /// In the notation of the oracle.
    pub(crate) fn to_json(&self) -> serde_json::Value {
        use serde_json::{Value as Json, json};
        match self {
            Self::Null => Json::Null,
            Self::Bool(value) => json!(value),
            Self::Int(value) => json!(value),
            Self::Uint(value) => json!(value),
            Self::Float(value) => json!({"$f": format!("{:016x}", value.to_bits())}),
            Self::Str(text) => json!(text),
            Self::Bytes(bytes) => {
                json!({"$b": plimsoll_yaml::resolve::encode_base64(bytes).replace('\n', "")})
            }
            Self::Number(text) => json!({"$n": text}),
            Self::List(items) => items.iter().map(Self::to_json).collect(),
            Self::Map(entries) => Json::Object(
                entries
                    .iter()
                    .map(|(key, value)| (key.clone(), value.to_json()))
                    .collect(),
            ),
        }
    }

    /// From the notation of the oracle.
    pub(crate) fn from_json(json: &serde_json::Value) -> Option<Self> {
        use serde_json::Value as Json;
        Some(match json {
            Json::Null => Self::Null,
            Json::Bool(value) => Self::Bool(*value),
            Json::Number(number) => match number.as_i64() {
                Some(value) => Self::Int(value),
                None => Self::Uint(number.as_u64()?),
            },
            Json::String(text) => Self::Str(text.clone()),
            Json::Array(items) => Self::List(items.iter().map(Self::from_json).collect::<Option<_>>()?),
            Json::Object(entries) => {
                if let Some(Json::String(bits)) = entries.get("$f") {
                    return Some(Self::Float(f64::from_bits(u64::from_str_radix(bits, 16).ok()?)));
                }
                if let Some(Json::String(text)) = entries.get("$b") {
                    return plimsoll_yaml::resolve::decode_base64(text).map(Self::Bytes);
                }
                if let Some(Json::String(text)) = entries.get("$n") {
                    return Some(Self::Number(text.clone()));
                }
                let entries = entries
                    .iter()
                    .map(|(key, value)| Some((key.clone(), Self::from_json(value)?)));
                Self::Map(entries.collect::<Option<_>>()?)
            }
        })
    }

    fn sorted(entries: &BTreeMap<String, Self>, dialect: Dialect) -> Vec<(&String, &Self)> {
        let mut entries: Vec<_> = entries.iter().collect();
        dialect.sort_by_key(&mut entries, |(key, _)| key.as_str());
        entries
    }

    /// Whether go-yaml's order of the keys of every map is an order: no cycles.
    pub(crate) fn has_key_order(&self, dialect: Dialect) -> bool {
        match self {
            Self::List(items) => items.iter().all(|item| item.has_key_order(dialect)),
            Self::Map(entries) => {
                let keys = Self::sorted(entries, dialect);
                let ordered = keys.iter().enumerate().all(|(at, (key, _))| {
                    keys[at + 1..]
                        .iter()
                        .all(|(later, _)| dialect.cmp_key_strings(key, later).is_lt())
                });
                ordered && entries.values().all(|value| value.has_key_order(dialect))
            }
            _ => true,
        }
    }

    /// As `yaml.Marshal` of v2, or the encoder of v3, prints the value.
    pub(crate) fn print(&self, dialect: Dialect) -> String {
        let mut emitter = Emitter::new(dialect);
        self.print_to(&mut emitter, dialect);
        emitter.finish()
    }

    fn print_to(&self, emitter: &mut Emitter, dialect: Dialect) {
        match self {
            Self::Null => emitter.null(),
            Self::Bool(value) => emitter.bool(*value),
            Self::Int(value) => emitter.int(*value),
            Self::Uint(value) => emitter.uint(*value),
            Self::Float(value) => emitter.float(*value),
            Self::Str(text) => emitter.string(text),
            Self::Bytes(bytes) => emitter.bytes(bytes),
            Self::Number(text) => emitter.number_literal(text),
            Self::List(items) => {
                emitter.begin_sequence(items.len());
                for item in items {
                    item.print_to(emitter, dialect);
                }
                emitter.end();
            }
            Self::Map(entries) => {
                emitter.begin_mapping(entries.len());
                for (key, value) in Self::sorted(entries, dialect) {
                    emitter.string(key);
                    value.print_to(emitter, dialect);
                }
                emitter.end();
            }
        }
    }

    /// As `sigs.k8s.io/yaml.Marshal` prints the value.
    pub(crate) fn print_through_json(&self) -> Result<String, String> {
        let mut emitter = Emitter::new(Dialect::V2);
        self.print_json_to(&mut emitter)?;
        Ok(emitter.finish())
    }

    fn print_json_to(&self, emitter: &mut Emitter) -> Result<(), String> {
        match self {
            Self::Float(value) => emitter.scalar(emit::json_float(*value)?),
            Self::Number(text) => emitter.scalar(emit::json_number(text)),
            Self::Str(text) => emitter.string(&emit::json_str(text)?),
            Self::Bytes(bytes) => emitter.string(&emit::json_str(&json::to_valid_utf8(bytes))?),
            Self::List(items) => {
                emitter.begin_sequence(items.len());
                for item in items {
                    item.print_json_to(emitter)?;
                }
                emitter.end();
            }
            Self::Map(entries) => {
                emitter.begin_mapping(entries.len());
                for (key, value) in Self::sorted(entries, Dialect::V2) {
                    emitter.string(emit::json_key(key)?);
                    value.print_json_to(emitter)?;
                }
                emitter.end();
            }
            Self::Null | Self::Bool(_) | Self::Int(_) | Self::Uint(_) => self.print_to(emitter, Dialect::V2),
        }
        Ok(())
    }
}
