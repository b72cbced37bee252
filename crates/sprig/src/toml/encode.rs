//! The encoder: values of a table first, then its sub-tables, both in the order of their keys. Nil values are left
//! out.

use plimsoll_gostd::strconv::{self, FloatSize};
use plimsoll_gotpl::value::MAX_DEPTH;
use plimsoll_gotpl::{FuncError, List, Object, Str, Type, Value};

/// Writes a value as a document.
///
/// # Errors
/// What has no form in TOML: lists with nil, lists of tables without a key, functions.
pub(crate) fn encode(value: &Value) -> Result<Vec<u8>, FuncError> {
    if matches!(value, Value::Nil) {
        return Err(FuncError::new(
            "reflect: call of reflect.Value.Type on zero Value",
        ));
    }
    let mut encoder = Encoder { out: Vec::new() };
    encoder.encode(&mut Vec::new(), value)?;
    Ok(encoder.out)
}

/// What a value is in TOML; none of nil.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Scalar,
    Array,
    Table,
    Tables,
}

fn form_of(value: &Value, depth: usize) -> Result<Option<Form>, FuncError> {
    Ok(Some(match value {
        _ if value.is_nil() => return Ok(None),
        Value::Map(_) => Form::Table,
        Value::List(list) => {
            if depth > MAX_DEPTH {
                return Err(too_deep());
            }
            let mut tables = !list.is_empty();
            // A slice of bytes has neither nil nor tables.
            if !list.is_bytes() {
                for item in list.iter() {
                    match form_of(&item, depth + 1)? {
                        None => return Err(FuncError::new("toml: cannot encode array with nil element")),
                        Some(form) => tables &= form == Form::Table,
                    }
                }
            } else {
                tables = false;
            }
            if tables { Form::Tables } else { Form::Array }
        }
        Value::Object(object) => match plain(object) {
            Plain::Struct => Form::Table,
            Plain::Literal(_) | Plain::Quoted(_) => Form::Scalar,
            Plain::Value(value) => return form_of(&value, depth + 1),
        },
        Value::Complex(..) | Value::Func(_) => {
            return Err(FuncError::new(format!("unsupported type: {}", value.kind())));
        }
        _ => Form::Scalar,
    }))
}

fn too_deep() -> FuncError {
    FuncError::limit(plimsoll_gotpl::Limit::Depth)
}

/// What an object is written as.
enum Plain {
    Literal(Str),
    Quoted(Str),
    Value(Value),
    Struct,
}

fn plain(object: &Object) -> Plain {
    let name = match object.target().ty() {
        Type::Named(named) => named.name,
        _ => "",
    };
    let text = match name {
        "time.Time" => crate::dates::toml_text(object),
        "semver.Version" => crate::json::marshaled_text(object),
        "time.Duration" => object.target().go_string(),
        _ => None,
    };
    match text {
        Some(text) if name == "time.Time" => Plain::Literal(text),
        Some(text) => Plain::Quoted(text),
        None => object.deref().basic().map_or(Plain::Struct, Plain::Value),
    }
}

struct Encoder {
    out: Vec<u8>,
}

impl Encoder {
    fn encode(&mut self, key: &mut Vec<Str>, value: &Value) -> Result<(), FuncError> {
        if key.len() > MAX_DEPTH {
            return Err(too_deep());
        }
        // An entry of such a type is refused before, in other words.
        if key.is_empty() && matches!(value, Value::Complex(..) | Value::Func(_)) {
            return Err(FuncError::new(format!(
                "unsupported type for key '': {}",
                value.kind()
            )));
        }
        match form_of(value, 0)? {
            // A nil list is left out as an entry, but as the document it is a list like any other.
            None if key.is_empty() && matches!(value, Value::List(_)) => {
                self.write("[]");
                Ok(())
            }
            None => Ok(()),
            Some(Form::Table) => self.table(key, value),
            Some(Form::Tables) => self.tables(key, value),
            Some(Form::Scalar | Form::Array) => self.key_value(key, value, false, key.len()),
        }
    }

    fn newline(&mut self) {
        if !self.out.is_empty() {
            self.out.push(b'\n');
        }
    }

    fn write(&mut self, text: &str) {
        self.out.extend_from_slice(text.as_bytes());
    }

    fn indent(&mut self, key: &[Str]) {
        self.out
            .resize(self.out.len() + 2 * key.len().saturating_sub(1), b' ');
    }

    fn dotted(&mut self, key: &[Str]) {
        for (i, part) in key.iter().enumerate() {
            if i > 0 {
                self.out.push(b'.');
            }
            self.key_part(part);
        }
    }

    fn key_part(&mut self, part: &[u8]) {
        let bare = |b: &u8| b.is_ascii_alphanumeric() || *b == b'_' || *b == b'-';
        if !part.is_empty() && part.iter().all(bare) {
            self.out.extend_from_slice(part);
        } else {
            self.quoted(part);
        }
    }

    fn table(&mut self, key: &mut Vec<Str>, value: &Value) -> Result<(), FuncError> {
        if key.len() == 1 {
            self.newline();
        }
        if !key.is_empty() {
            self.indent(key);
            self.write("[");
            self.dotted(key);
            self.write("]");
            self.newline();
        }
        self.entries(key, value)
    }

    fn tables(&mut self, key: &mut Vec<Str>, value: &Value) -> Result<(), FuncError> {
        if key.is_empty() {
            return Err(FuncError::new(
                "toml: top-level values must be Go maps or structs",
            ));
        }
        let Value::List(list) = value else { return Ok(()) };
        for item in list.iter() {
            self.newline();
            self.indent(key);
            self.write("[[");
            self.dotted(key);
            self.write("]]");
            self.newline();
            self.entries(key, &item)?;
        }
        Ok(())
    }

    /// The entries of a table: the direct ones, then the sub-tables.
    fn entries(&mut self, key: &mut Vec<Str>, value: &Value) -> Result<(), FuncError> {
        let (direct, tables) = split(value)?;
        for (name, value) in direct.into_iter().chain(tables) {
            if value.is_nil() {
                continue;
            }
            key.push(name);
            let result = self.encode(key, &value);
            key.pop();
            result?;
        }
        Ok(())
    }

    fn key_value(&mut self, key: &[Str], value: &Value, inline: bool, depth: usize) -> Result<(), FuncError> {
        let Some(name) = key.last() else {
            return self.element(value, depth);
        };
        self.indent(key);
        self.key_part(name);
        self.write(" = ");
        self.element(value, depth)?;
        if !inline {
            self.newline();
        }
        Ok(())
    }

    fn element(&mut self, value: &Value, depth: usize) -> Result<(), FuncError> {
        if depth > MAX_DEPTH {
            return Err(too_deep());
        }
        match value {
            Value::Str(text) => self.quoted(text),
            Value::Bool(value) => self.write(if *value { "true" } else { "false" }),
            Value::Int(number, _) => self.write(&number.to_string()),
            Value::Uint(number, _) => self.write(&number.to_string()),
            Value::Float(number) => self.float(*number, FloatSize::F64),
            Value::Float32(number) => self.float(f64::from(*number), FloatSize::F32),
            Value::List(list) => self.array(list, depth)?,
            Value::Map(_) => self.inline_table(value, depth)?,
            Value::Object(object) => match plain(object) {
                Plain::Literal(text) => self.out.extend_from_slice(&text),
                Plain::Quoted(text) => self.quoted(&text),
                Plain::Value(value) => self.element(&value, depth + 1)?,
                Plain::Struct => self.inline_table(value, depth)?,
            },
            Value::Nil | Value::NilPtr(_) | Value::Complex(..) | Value::Func(_) => {
                return Err(FuncError::new(format!("unexpected type: {}", value.ty())));
            }
        }
        Ok(())
    }

    fn float(&mut self, value: f64, size: FloatSize) {
        if value.is_nan() {
            self.write(if value.is_sign_negative() { "-nan" } else { "nan" });
        } else if value.is_infinite() {
            self.write(if value < 0.0 { "-inf" } else { "inf" });
        } else {
            let text = strconv::format_float(value, b'g', None, size);
            self.write(&text);
            if !text.contains(['e', '.']) {
                self.write(".0");
            }
        }
    }

    fn array(&mut self, list: &List, depth: usize) -> Result<(), FuncError> {
        self.write("[");
        for (i, item) in list.iter().enumerate() {
            if i > 0 {
                self.write(", ");
            }
            self.element(&item, depth + 1)?;
        }
        self.write("]");
        Ok(())
    }

    fn inline_table(&mut self, value: &Value, depth: usize) -> Result<(), FuncError> {
        let (direct, tables) = split(value)?;
        self.write("{");
        let (last_direct, last_table) = (direct.len(), tables.len());
        for (i, (name, value)) in direct.into_iter().enumerate() {
            self.inline_entry(name, &value, i + 1 < last_direct || last_table > 0, depth)?;
        }
        for (i, (name, value)) in tables.into_iter().enumerate() {
            self.inline_entry(name, &value, i + 1 < last_table, depth)?;
        }
        self.write("}");
        Ok(())
    }

    /// The comma depends on the entries behind, though those may be nil and not be written.
    fn inline_entry(&mut self, name: Str, value: &Value, comma: bool, depth: usize) -> Result<(), FuncError> {
        if value.is_nil() {
            return Ok(());
        }
        self.key_value(&[name], value, true, depth + 1)?;
        if comma {
            self.write(", ");
        }
        Ok(())
    }

    fn quoted(&mut self, text: &[u8]) {
        self.out.push(b'"');
        for &byte in text {
            match byte {
                b'"' | b'\\' => self.out.extend_from_slice(&[b'\\', byte]),
                0x08 => self.write("\\b"),
                b'\t' => self.write("\\t"),
                b'\n' => self.write("\\n"),
                0x0c => self.write("\\f"),
                b'\r' => self.write("\\r"),
                0..0x20 | 0x7f => self.write(&format!("\\u{byte:04x}")),
                _ => self.out.push(byte),
            }
        }
        self.out.push(b'"');
    }
}

type Entries = Vec<(Str, Value)>;

/// The entries of a map or struct: what stands directly in the table, and its sub-tables.
fn split(value: &Value) -> Result<(Entries, Entries), FuncError> {
    let entries = match value {
        Value::Map(map) => map.to_vec(),
        Value::Object(object) => {
            let target = object.target();
            let fields = target.ty().fields().iter().enumerate();
            fields
                .filter(|(_, field)| field.exported())
                .map(|(i, field)| (Str::literal(field.name), target.field(i)))
                .collect()
        }
        _ => Vec::new(),
    };
    let (mut direct, mut tables) = (Vec::new(), Vec::new());
    for (name, value) in entries {
        match form_of(&value, 0)? {
            Some(Form::Table | Form::Tables) => tables.push((name, value)),
            _ => direct.push((name, value)),
        }
    }
    Ok((direct, tables))
}
