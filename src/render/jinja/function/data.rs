//! YAML and JSON, written and read. Page: `docs/jinja/data.md`.

use std::borrow::Cow;
use std::sync::Arc;

use minijinja::value::{Kwargs, Value, ValueKind};
use minijinja::{Environment, Error};
use plimsoll_yaml::emit::{Dialect, Emitter};
use plimsoll_yaml::json::{self, Builder};
use plimsoll_yaml::{Limits, NodeRef};

use super::super::mapping::Mapping;
use super::super::print;
use super::invalid;

pub(super) fn add(env: &mut Environment<'_>) {
    env.add_filter("to_yaml", to_yaml);
    env.add_filter("from_yaml", from_yaml);
    env.add_filter("to_json", to_json);
    // Jinja's own writes `<` and `&` as escapes, for HTML.
    env.add_filter("tojson", to_json);
    env.add_filter("from_json", from_json);
}

/// `value | to_yaml`: as kubectl prints it, keys sorted, without a line break at the end.
fn to_yaml(value: &Value) -> Result<String, Error> {
    let mut emitter = Emitter::new(Dialect::V2);
    emit(value, &mut emitter, 0)?;
    let mut text = emitter.finish();
    text.truncate(text.trim_end_matches('\n').len());
    Ok(text)
}

/// How deep a value may nest to be printed.
const MAX_DEPTH: usize = 200;

fn emit(value: &Value, emitter: &mut Emitter, depth: usize) -> Result<(), Error> {
    if depth > MAX_DEPTH {
        return Err(invalid(format!(
            "`to_yaml` takes values of at most {MAX_DEPTH} levels"
        )));
    }
    match value.kind() {
        ValueKind::Undefined | ValueKind::None => emitter.null(),
        ValueKind::Bool => emitter.bool(value.is_true()),
        ValueKind::Number => {
            if let Ok(number) = i64::try_from(value.clone()) {
                // A whole float stays a float: `1.0` is not `1` for who wrote it.
                if value.is_integer() {
                    emitter.int(number)
                } else {
                    emitter.float(number as f64)
                }
            } else if let Ok(number) = u64::try_from(value.clone()) {
                emitter.uint(number);
            } else {
                emitter.float(f64::try_from(value.clone()).unwrap_or(f64::NAN));
            }
        }
        ValueKind::Bytes => emitter.bytes(value.as_bytes().unwrap_or_default()),
        ValueKind::Seq | ValueKind::Iterable => {
            let items: Vec<Value> = value.try_iter()?.collect();
            emitter.begin_sequence(items.len());
            for item in &items {
                emit(item, emitter, depth + 1)?;
            }
            emitter.end();
        }
        ValueKind::Map => {
            let mut entries: Vec<(String, Value)> = value
                .try_iter()?
                .map(|key| Ok((print::text(&key)?, value.get_item(&key)?)))
                .collect::<Result<_, Error>>()?;
            Dialect::V2.sort_by_key(&mut entries, |(key, _)| key);
            emitter.begin_mapping(entries.len());
            for (key, value) in &entries {
                emitter.string(key);
                emit(value, emitter, depth + 1)?;
            }
            emitter.end();
        }
        _ => emitter.string(&print::text(value)?),
    }
    Ok(())
}

/// `value | to_json` or `value | to_json(indent=2)`.
fn to_json(value: &Value, options: Kwargs) -> Result<String, Error> {
    let indent: Option<usize> = options.get("indent")?;
    options.assert_all_used()?;
    let Some(indent) = indent else {
        return print::json(value);
    };
    let indent = " ".repeat(indent.min(16));
    let mut out = Vec::new();
    let formatter = serde_json::ser::PrettyFormatter::with_indent(indent.as_bytes());
    let mut serializer = serde_json::Serializer::with_formatter(&mut out, formatter);
    serde::Serialize::serialize(value, &mut serializer).map_err(|error| invalid(error.to_string()))?;
    String::from_utf8(out).map_err(|error| invalid(error.to_string()))
}

/// `text | from_yaml`: the first document, read as Helm reads values.
fn from_yaml(text: &str) -> Result<Value, Error> {
    read_yaml(text).map_err(|message| invalid(format!("this is not YAML: {message}")))
}

/// `text | from_json`.
fn from_json(text: &str) -> Result<Value, Error> {
    let value: serde_json::Value =
        serde_json::from_str(text).map_err(|error| invalid(format!("this is not JSON: {error}")))?;
    Ok(of_json(value))
}

fn of_json(value: serde_json::Value) -> Value {
    match value {
        serde_json::Value::Object(map) => Mapping::value(
            map.into_iter()
                .map(|(key, value)| (Arc::from(key), of_json(value))),
        ),
        serde_json::Value::Array(items) => items.into_iter().map(of_json).collect(),
        scalar => Value::from(minijinja::value::Serde(scalar)),
    }
}

/// The first document of a YAML text; null for an empty one.
///
/// # Errors
/// The sentence of the YAML reader, with the line.
pub(in super::super) fn read_yaml(text: &str) -> Result<Value, String> {
    let stream = plimsoll_yaml::parse(text, &Limits::default());
    if let Some(error) = stream.errors.first() {
        let line = text
            .get(..error.span.start as usize)
            .map_or(0, |before| before.matches('\n').count())
            + 1;
        return Err(format!("line {line}: {error}"));
    }
    stream.docs.first().map_or_else(
        || Ok(Value::from(())),
        |doc| json::build(doc.root(), &mut Reader).map_err(|error| error.to_string()),
    )
}

struct Reader;

impl Builder for Reader {
    type Value = Value;
    type List = Vec<Value>;
    type Map = Vec<(Arc<str>, Value)>;

    fn null(&mut self, _: NodeRef<'_>) -> Value {
        Value::from(())
    }

    fn bool(&mut self, value: bool, _: NodeRef<'_>) -> Value {
        Value::from(value)
    }

    fn int(&mut self, value: i64, _: NodeRef<'_>) -> Value {
        Value::from(value)
    }

    fn uint(&mut self, value: u64, _: NodeRef<'_>) -> Value {
        Value::from(value)
    }

    fn float(&mut self, value: f64, _: NodeRef<'_>) -> Value {
        Value::from(value)
    }

    fn string(&mut self, value: Cow<'_, str>, _: NodeRef<'_>) -> Value {
        Value::from(value)
    }

    fn list(&mut self, len: usize, _: NodeRef<'_>) -> Vec<Value> {
        Vec::with_capacity(len)
    }

    fn push(&mut self, list: &mut Vec<Value>, value: Value) {
        list.push(value);
    }

    fn end_list(&mut self, list: Vec<Value>, _: NodeRef<'_>) -> Value {
        Value::from(list)
    }

    fn map(&mut self, len: usize, _: NodeRef<'_>) -> Self::Map {
        Vec::with_capacity(len)
    }

    fn insert(&mut self, map: &mut Self::Map, key: Cow<'_, str>, _: NodeRef<'_>, value: Value) {
        map.push((Arc::from(&*key), value));
    }

    fn end_map(&mut self, map: Self::Map, _: NodeRef<'_>) -> Value {
        Mapping::value(map)
    }
}
