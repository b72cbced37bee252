//! `toYaml`, `fromYaml` and their forms: `sigs.k8s.io/yaml` v1.6.0 without its detour through JSON text, and the
//! go-yaml v3 encoder for `toYamlPretty`.

use std::borrow::Cow;

use plimsoll_gotpl::value::MAX_DEPTH;
use plimsoll_gotpl::{FuncError, Functions, List, Map, Object, Str, Type, Value};
use plimsoll_yaml::emit::{self, Dialect, Emitter};
use plimsoll_yaml::{Limits, NodeRef, before_cut_sequence, json, parse_bytes, reader_mistake};

use super::yaml_key;
use crate::Profile;
use crate::json::{Shape, shape, wrong_type};

/// `toYaml V` — the empty string on errors.
fn to_yaml(value: Value) -> String {
    encode(&value).unwrap_or_default()
}

/// `mustToYaml V`
fn must_to_yaml(value: Value) -> Result<String, FuncError> {
    encode(&value).map_err(|error| {
        // Of the library's two steps the first tells its name.
        let json = error.message.starts_with("json: ");
        error.prefixed(if json { "error marshaling into JSON: " } else { "" })
    })
}

/// `toYamlPretty V` — sequences indented, long lines left whole. What the encoder cannot print is an error: it panics,
/// and does not return what Helm would make the empty string of.
fn to_yaml_pretty(value: Value) -> Result<String, FuncError> {
    let mut emitter = Emitter::new(Dialect::V3);
    emit_v3(&mut emitter, &value, 0)?;
    Ok(trimmed(emitter))
}

/// `yaml.Marshal`, less the last line break.
///
/// # Errors
/// A value that JSON cannot hold, such as a function or a map that holds itself.
pub fn encode(value: &Value) -> Result<String, FuncError> {
    let mut emitter = Emitter::new(Dialect::V2);
    emit_v2(&mut emitter, value, 0)?;
    Ok(trimmed(emitter))
}

fn trimmed(emitter: Emitter) -> String {
    let mut text = emitter.finish();
    if text.ends_with('\n') {
        text.pop();
    }
    text
}

/// A Go string as `encoding/json` writes it: what is not UTF-8 is U+FFFD.
fn valid(text: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(text) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => Cow::Owned(json::to_valid_utf8(text)),
    }
}

fn unmarshal_error(sentence: &str) -> FuncError {
    FuncError::new(format!("yaml: {sentence}"))
}

fn too_deep(value: &Value) -> FuncError {
    FuncError::new(format!(
        "json: unsupported value: encountered a cycle via {}",
        value.ty()
    ))
}

fn emit_v2(emitter: &mut Emitter, value: &Value, depth: usize) -> Result<(), FuncError> {
    if depth > MAX_DEPTH {
        return Err(too_deep(value));
    }
    match value {
        Value::Nil | Value::NilPtr(_) => emitter.null(),
        Value::Bool(value) => emitter.bool(*value),
        Value::Int(number, _) => emitter.int(*number),
        Value::Uint(number, _) => emitter.uint(*number),
        Value::Float(number) => emitter.scalar(emit::json_float(*number)?),
        Value::Float32(number) => {
            // JSON has its shortest form, which is another float64 than it converts to.
            let text = plimsoll_gostd::strconv::format_float(
                f64::from(*number),
                b'g',
                None,
                plimsoll_gostd::strconv::FloatSize::F32,
            );
            emitter.scalar(emit::json_float(text.parse().unwrap_or(f64::from(*number)))?);
        }
        Value::Complex(..) | Value::Func(_) => {
            return Err(FuncError::new(format!("json: unsupported type: {}", value.ty())));
        }
        Value::Str(text) => string_v2(emitter, text)?,
        Value::List(list) if list.is_nil() => emitter.null(),
        Value::List(list) => {
            if let Some(bytes) = list.to_bytes() {
                emitter.string(&crate::encoding::base64(bytes.as_bytes()));
                return Ok(());
            }
            emitter.begin_sequence(list.len());
            for item in list.iter() {
                emit_v2(emitter, &item, depth + 1)?;
            }
            emitter.end();
        }
        Value::Map(map) => match map.entries() {
            None => emitter.null(),
            Some(entries) => {
                let entries: Vec<_> = entries.iter().map(|(key, value)| (valid(key), value)).collect();
                mapping_v2(emitter, entries, depth)?;
            }
        },
        Value::Object(object) => object_v2(emitter, object, depth)?,
    }
    Ok(())
}

fn string_v2(emitter: &mut Emitter, text: &Str) -> Result<(), FuncError> {
    let text = valid(text);
    let text = emit::json_str(&text).map_err(unmarshal_error)?;
    emitter.string(&text);
    Ok(())
}

fn mapping_v2(
    emitter: &mut Emitter,
    mut entries: Vec<(Cow<'_, str>, &Value)>,
    depth: usize,
) -> Result<(), FuncError> {
    Dialect::V2.sort_by_key(&mut entries, |(key, _)| key);
    emitter.begin_mapping(entries.len());
    for (key, value) in entries {
        emitter.string(emit::json_key(&key).map_err(unmarshal_error)?);
        emit_v2(emitter, value, depth + 1)?;
    }
    emitter.end();
    Ok(())
}

fn object_v2(emitter: &mut Emitter, object: &Object, depth: usize) -> Result<(), FuncError> {
    match shape(object)? {
        Shape::Text(text) => string_v2(emitter, &text),
        Shape::Value(value) => emit_v2(emitter, &value, depth + 1),
        Shape::Fields(fields) => {
            let entries = fields
                .iter()
                .map(|(name, value)| (Cow::Borrowed(*name), value))
                .collect();
            mapping_v2(emitter, entries, depth)
        }
    }
}

/// The v3 encoder takes Go values as they are: nil slices and maps are empty ones, fields of structs have their names
/// in lower case, and what is not UTF-8 is `!!binary`.
fn emit_v3(emitter: &mut Emitter, value: &Value, depth: usize) -> Result<(), FuncError> {
    if depth > MAX_DEPTH {
        return Err(too_deep(value));
    }
    match value {
        Value::Nil | Value::NilPtr(_) => emitter.null(),
        Value::Bool(value) => emitter.bool(*value),
        Value::Int(number, _) => emitter.int(*number),
        Value::Uint(number, _) => emitter.uint(*number),
        Value::Float(number) => emitter.float(*number),
        Value::Float32(number) => emitter.float(f64::from(*number)),
        Value::Complex(..) | Value::Func(_) => {
            return Err(FuncError::new(format!("cannot marshal type: {}", value.ty())));
        }
        Value::Str(text) => string_v3(emitter, text),
        Value::List(list) => {
            emitter.begin_sequence(list.len());
            for item in list.iter() {
                emit_v3(emitter, &item, depth + 1)?;
            }
            emitter.end();
        }
        Value::Map(map) => {
            let mut entries = map.to_vec();
            // Keys that are not UTF-8 sort by what they would be printed as.
            let mut keyed: Vec<_> = entries
                .drain(..)
                .map(|(key, value)| (valid(&key).into_owned(), key, value))
                .collect();
            Dialect::V3.sort_by_key(&mut keyed, |(text, ..)| text);
            emitter.begin_mapping(keyed.len());
            for (_, key, value) in keyed {
                string_v3(emitter, &key);
                emit_v3(emitter, &value, depth + 1)?;
            }
            emitter.end();
        }
        Value::Object(object) => {
            if let Some(text) = crate::dates::timestamp(object) {
                emitter.timestamp(&valid(&text));
            } else if let Some(text) = crate::json::marshaled_text(object) {
                emitter.string(&valid(&text));
            } else if let Some(value) = object.deref().basic() {
                match object.target().go_string() {
                    // The encoder knows this one type of integers.
                    Some(text) if value.as_int().is_some() && is_duration(object) => {
                        string_v3(emitter, &text)
                    }
                    _ => emit_v3(emitter, &value, depth + 1)?,
                }
            } else {
                let fields = object.target().ty().fields();
                let exported: Vec<_> = fields
                    .iter()
                    .enumerate()
                    .filter(|(_, field)| field.exported())
                    .collect();
                emitter.begin_mapping(exported.len());
                for (index, field) in exported {
                    emitter.string(&field.name.to_lowercase());
                    emit_v3(emitter, &object.target().field(index), depth + 1)?;
                }
                emitter.end();
            }
        }
    }
    Ok(())
}

fn is_duration(object: &Object) -> bool {
    matches!(object.ty(), Type::Named(named) if named.name == "time.Duration")
}

fn string_v3(emitter: &mut Emitter, text: &[u8]) {
    match std::str::from_utf8(text) {
        Ok(text) => emitter.string(text),
        Err(_) => emitter.bytes(text),
    }
}

/// `fromYaml S` — a dict, which holds the error, if there is one, under `Error`.
fn from_yaml(text: Str) -> Map {
    match decode(&text) {
        Ok(Value::Map(map)) => map,
        // null, or nothing at all.
        Ok(Value::Nil) => Map::new(),
        Ok(other) => Map::from_pairs([("Error", Value::from(mismatch(&other, Type::MAP)))]),
        Err(message) => Map::from_pairs([("Error", Value::from(message))]),
    }
}

/// `fromYamlArray S` — a list; its only item is the error, if there is one.
fn from_yaml_array(text: Str) -> List {
    match decode(&text) {
        Ok(Value::List(list)) => list,
        Ok(Value::Nil) => List::new(Vec::new()),
        Ok(other) => List::new(vec![Value::from(mismatch(&other, Type::LIST))]),
        Err(message) => List::new(vec![Value::from(message)]),
    }
}

fn mismatch(value: &Value, ty: &Type) -> String {
    let kind = match value {
        Value::Bool(_) => "bool",
        Value::Str(_) => "string",
        Value::List(_) => "array",
        Value::Map(_) => "object",
        _ => "number",
    };
    format!(
        "error unmarshaling JSON: while decoding JSON: {}",
        wrong_type(kind, ty)
    )
}

/// `yaml.Unmarshal` of the first document into `interface{}`.
fn decode(text: &[u8]) -> Result<Value, String> {
    if let Some(mistake) = reader_mistake(text) {
        return Err(format!("error converting YAML to JSON: yaml: {mistake}"));
    }
    if let Some(before) = before_cut_sequence(text) {
        let stream = parse_bytes(before.as_bytes(), &Limits::default());
        let noticed = stream.errors.first().filter(|error| {
            error.doc_index == 0 && usize::try_from(error.noticed_at).is_ok_and(|at| at < before.len())
        });
        let mistake = noticed.map_or("yaml: incomplete UTF-8 octet sequence".to_owned(), |error| {
            error.go_message()
        });
        return Err(format!("error converting YAML to JSON: {mistake}"));
    }
    let stream = parse_bytes(text, &Limits::default());
    if let Some(error) = stream.errors.first().filter(|error| error.doc_index == 0) {
        return Err(format!("error converting YAML to JSON: {}", error.go_message()));
    }
    let Some(doc) = stream.docs.first() else {
        return Ok(Value::Nil);
    };
    json::build(doc.root(), &mut ValueBuilder).map_err(|error| {
        // These two come from behind go-yaml.
        let unsupported = error.message.starts_with("unsupported map key");
        let own = error.message.starts_with("json: ") || unsupported;
        let source = if own { "" } else { "yaml: " };
        let mut text = format!("error converting YAML to JSON: {source}{error}");
        if error.message.starts_with("invalid map key") {
            if let Some((key, _)) = yaml_key::offender(doc.root()) {
                text.truncate(text.rfind("map key: ").map_or(text.len(), |at| at + 9));
                text.push_str(&yaml_key::go_syntax(key));
            }
        } else if unsupported && let Some((_, value)) = yaml_key::offender(doc.root()) {
            text.push_str(", value: ");
            text.push_str(&yaml_key::go_syntax(value));
        }
        text
    })
}

/// Makes template values; all numbers are `float64`, as JSON's are.
struct ValueBuilder;

impl json::Builder for ValueBuilder {
    type Value = Value;
    type List = Vec<Value>;
    type Map = std::collections::BTreeMap<Str, Value>;

    fn null(&mut self, _: NodeRef<'_>) -> Value {
        Value::Nil
    }

    fn bool(&mut self, value: bool, _: NodeRef<'_>) -> Value {
        Value::Bool(value)
    }

    fn int(&mut self, value: i64, _: NodeRef<'_>) -> Value {
        Value::Float(value as f64)
    }

    fn uint(&mut self, value: u64, _: NodeRef<'_>) -> Value {
        Value::Float(value as f64)
    }

    fn float(&mut self, value: f64, _: NodeRef<'_>) -> Value {
        Value::Float(value)
    }

    fn string(&mut self, value: Cow<'_, str>, _: NodeRef<'_>) -> Value {
        Value::Str(Str::from(value))
    }

    fn list(&mut self, len: usize, _: NodeRef<'_>) -> Self::List {
        Vec::with_capacity(len)
    }

    fn push(&mut self, list: &mut Self::List, value: Value) {
        list.push(value);
    }

    fn end_list(&mut self, list: Self::List, _: NodeRef<'_>) -> Value {
        Value::list(list)
    }

    fn map(&mut self, _: usize, _: NodeRef<'_>) -> Self::Map {
        Self::Map::new()
    }

    fn insert(&mut self, map: &mut Self::Map, key: Cow<'_, str>, _: NodeRef<'_>, value: Value) {
        map.insert(Str::from(key), value);
    }

    fn end_map(&mut self, map: Self::Map, _: NodeRef<'_>) -> Value {
        Value::Map(Map::typed(Type::MAP, map))
    }
}

pub(super) fn add(functions: &mut Functions, profile: Profile) {
    functions.add("toYaml", to_yaml);
    functions.add("toYamlPretty", to_yaml_pretty);
    if profile == Profile::Helm4 {
        functions.add("mustToYaml", must_to_yaml);
    }
    functions.add("fromYaml", from_yaml);
    functions.add("fromYamlArray", from_yaml_array);
}
