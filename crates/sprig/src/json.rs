//! Go's `encoding/json` on template values: the same bytes out, the same values and error sentences in.

use plimsoll_gostd::strconv::{self, FloatSize};
use plimsoll_gotpl::value::MAX_DEPTH;
use plimsoll_gotpl::{FuncError, List, Map, Object, Str, Type, Value};

/// How to write JSON.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Style {
    /// `<`, `>` and `&` become `\u003c` …, as `json.Marshal` does.
    pub(crate) escape_html: bool,
    /// Two blanks for each level, as `json.MarshalIndent(v, "", "  ")`.
    pub(crate) indent: bool,
}

impl Style {
    pub(crate) const COMPACT: Self = Self {
        escape_html: true,
        indent: false,
    };
    pub(crate) const PRETTY: Self = Self {
        escape_html: true,
        indent: true,
    };
    pub(crate) const RAW: Self = Self {
        escape_html: false,
        indent: false,
    };
}

/// Writes a value.
///
/// # Errors
/// Go's sentences: `json: unsupported value: NaN`, `json: unsupported type: func()`. What is nested too deep is
/// taken for a cycle.
pub(crate) fn encode(value: &Value, style: Style) -> Result<Vec<u8>, FuncError> {
    let mut writer = Writer {
        out: Vec::new(),
        style,
    };
    writer.value(value, 0)?;
    Ok(writer.out)
}

struct Writer {
    out: Vec<u8>,
    style: Style,
}

impl Writer {
    fn value(&mut self, value: &Value, depth: usize) -> Result<(), FuncError> {
        if depth > MAX_DEPTH {
            return Err(FuncError::new(format!(
                "json: unsupported value: encountered a cycle via {}",
                value.ty()
            )));
        }
        match value {
            Value::Nil | Value::NilPtr(_) => self.out.extend_from_slice(b"null"),
            Value::Bool(true) => self.out.extend_from_slice(b"true"),
            Value::Bool(false) => self.out.extend_from_slice(b"false"),
            Value::Int(number, _) => self.out.extend_from_slice(number.to_string().as_bytes()),
            Value::Uint(number, _) => self.out.extend_from_slice(number.to_string().as_bytes()),
            Value::Float(number) => self.float(*number, FloatSize::F64)?,
            Value::Float32(number) => self.float(f64::from(*number), FloatSize::F32)?,
            Value::Complex(..) | Value::Func(_) => {
                return Err(FuncError::new(format!("json: unsupported type: {}", value.ty())));
            }
            Value::Str(text) => self.string(text),
            Value::List(list) => self.list(list, depth)?,
            Value::Map(map) => match map.entries() {
                None => self.out.extend_from_slice(b"null"),
                Some(entries) => {
                    let mut open = self.open(b'{');
                    for (key, value) in entries.iter() {
                        open.next(self, depth + 1);
                        self.key(key);
                        self.value(value, depth + 1)?;
                    }
                    open.close(self, b'}', depth);
                }
            },
            Value::Object(object) => self.object(object, depth)?,
        }
        Ok(())
    }

    fn list(&mut self, list: &List, depth: usize) -> Result<(), FuncError> {
        if list.is_nil() {
            self.out.extend_from_slice(b"null");
            return Ok(());
        }
        if let Some(bytes) = list.to_bytes() {
            self.out.push(b'"');
            self.out
                .extend_from_slice(crate::encoding::base64(bytes.as_bytes()).as_bytes());
            self.out.push(b'"');
            return Ok(());
        }
        let mut open = self.open(b'[');
        for item in list.iter() {
            open.next(self, depth + 1);
            self.value(&item, depth + 1)?;
        }
        open.close(self, b']', depth);
        Ok(())
    }

    fn object(&mut self, object: &Object, depth: usize) -> Result<(), FuncError> {
        match shape(object)? {
            Shape::Text(text) => self.string(&text),
            Shape::Value(value) => self.value(&value, depth + 1)?,
            Shape::Fields(fields) => {
                let mut open = self.open(b'{');
                for (name, value) in fields {
                    open.next(self, depth + 1);
                    self.key(name.as_bytes());
                    self.value(&value, depth + 1)?;
                }
                open.close(self, b'}', depth);
            }
        }
        Ok(())
    }

    fn key(&mut self, key: &[u8]) {
        self.string(key);
        self.out
            .extend_from_slice(if self.style.indent { b": " } else { b":" });
    }

    fn float(&mut self, value: f64, size: FloatSize) -> Result<(), FuncError> {
        if !value.is_finite() {
            let text = strconv::format_float(value, b'g', None, size);
            return Err(FuncError::new(format!("json: unsupported value: {text}")));
        }
        // As ES6 writes numbers.
        let magnitude = value.abs();
        let exponential = match size {
            FloatSize::F64 => !(1e-6..1e21).contains(&magnitude),
            FloatSize::F32 => (magnitude as f32) < 1e-6 || (magnitude as f32) >= 1e21,
        };
        let format = if magnitude != 0.0 && exponential {
            b'e'
        } else {
            b'f'
        };
        strconv::append_float(&mut self.out, value, format, None, size);
        if format == b'e' {
            // e-09 becomes e-9.
            let end = self.out.len();
            if let Some(&[b'e', b'-', b'0', digit]) = self.out.get(end.saturating_sub(4)..) {
                self.out.truncate(end - 2);
                self.out.push(digit);
            }
        }
        Ok(())
    }

    fn string(&mut self, text: &[u8]) {
        const HEX: &[u8; 16] = b"0123456789abcdef";
        self.out.reserve(text.len() + 2);
        self.out.push(b'"');
        let mut rest = text;
        loop {
            let plain = rest
                .iter()
                .position(|&byte| !self.is_plain(byte))
                .unwrap_or(rest.len());
            let (before, after) = rest.split_at(plain);
            self.out.extend_from_slice(before);
            let Some(&byte) = after.first() else { break };
            let mut width = 1;
            match byte {
                b'"' | b'\\' => self.out.extend_from_slice(&[b'\\', byte]),
                0x08 => self.out.extend_from_slice(br"\b"),
                0x0c => self.out.extend_from_slice(br"\f"),
                b'\n' => self.out.extend_from_slice(br"\n"),
                b'\r' => self.out.extend_from_slice(br"\r"),
                b'\t' => self.out.extend_from_slice(br"\t"),
                0..0x80 => {
                    self.out.extend_from_slice(br"\u00");
                    self.out.push(HEX[usize::from(byte >> 4)]);
                    self.out.push(HEX[usize::from(byte & 15)]);
                }
                _ => {
                    let (rune, size) = strconv::decode_rune(after);
                    width = size.max(1);
                    match rune {
                        None => self.out.extend_from_slice(br"\ufffd"),
                        Some('\u{2028}') => self.out.extend_from_slice(br"\u2028"),
                        Some('\u{2029}') => self.out.extend_from_slice(br"\u2029"),
                        Some(_) => self.out.extend_from_slice(after.get(..width).unwrap_or_default()),
                    }
                }
            }
            rest = after.get(width..).unwrap_or_default();
        }
        self.out.push(b'"');
    }

    fn is_plain(&self, byte: u8) -> bool {
        match byte {
            0..0x20 | b'"' | b'\\' | 0x80.. => false,
            b'<' | b'>' | b'&' => !self.style.escape_html,
            _ => true,
        }
    }

    fn open(&mut self, bracket: u8) -> Open {
        self.out.push(bracket);
        Open { empty: true }
    }

    fn line(&mut self, depth: usize) {
        if self.style.indent {
            self.out.push(b'\n');
            self.out.resize(self.out.len() + 2 * depth, b' ');
        }
    }
}

/// An open object or array.
struct Open {
    empty: bool,
}

impl Open {
    fn next(&mut self, writer: &mut Writer, depth: usize) {
        if !self.empty {
            writer.out.push(b',');
        }
        self.empty = false;
        writer.line(depth);
    }

    fn close(self, writer: &mut Writer, bracket: u8, depth: usize) {
        if !self.empty {
            writer.line(depth);
        }
        writer.out.push(bracket);
    }
}

/// What `encoding/json` makes of a struct or a defined type.
pub(crate) enum Shape {
    /// Its `MarshalJSON` gives a string.
    Text(Str),
    /// It is another value.
    Value(Value),
    /// Its exported fields, under their names in JSON.
    Fields(Vec<(&'static str, Value)>),
}

/// What JSON an object is.
///
/// # Errors
/// Go's, of a time whose year has not four digits.
pub(crate) fn shape(object: &Object) -> Result<Shape, FuncError> {
    if let Some(text) = marshaled_text(object) {
        return Ok(Shape::Text(text));
    }
    if matches!(object.target().ty(), Type::Named(named) if named.name == "time.Time") {
        return Err(FuncError::new(
            "json: error calling MarshalJSON for type time.Time: Time.MarshalJSON: year outside of range [0,9999]",
        ));
    }
    let target = object.deref();
    if let Some(value) = target.basic() {
        return Ok(Shape::Value(value));
    }
    let mut fields = Vec::new();
    collect_fields(&target, &mut fields, 0);
    Ok(Shape::Fields(fields))
}

/// The types that marshal themselves: `time.Time` and `semver.Version`.
pub(crate) fn marshaled_text(object: &Object) -> Option<Str> {
    match object.target().ty() {
        Type::Named(named) if named.name == "semver.Version" => object.target().go_string(),
        Type::Named(named) if named.name == "time.Time" => crate::dates::rfc3339_nano(object),
        _ => None,
    }
}

fn collect_fields(object: &Object, fields: &mut Vec<(&'static str, Value)>, depth: usize) {
    if depth > 8 {
        return;
    }
    for (index, field) in object.target().ty().fields().iter().enumerate() {
        let value = object.target().field(index);
        if field.json == "-" {
            continue;
        }
        if field.embedded && field.json.is_empty() {
            if let Value::Object(inner) = &value {
                collect_fields(&inner.deref(), fields, depth + 1);
            }
            continue;
        }
        if !field.exported() || (field.omit_empty && is_empty_field(&value)) {
            continue;
        }
        fields.push((
            if field.json.is_empty() {
                field.name
            } else {
                field.json
            },
            value,
        ));
    }
}

/// `omitempty`: structs are never empty.
fn is_empty_field(value: &Value) -> bool {
    match value {
        Value::Object(object) => object.basic().is_some_and(|value| !value.truth()),
        other => !other.truth(),
    }
}

/// What a text decodes to.
#[derive(Debug, Clone)]
pub(crate) struct Decoded {
    pub(crate) value: Value,
    /// The first value that did not fit: a number out of range, whose place is nil.
    pub(crate) error: Option<String>,
}

impl Decoded {
    /// What JSON the value was, in Go's words for type errors.
    pub(crate) fn kind(&self) -> &'static str {
        match &self.value {
            Value::Nil if self.error.is_some() => "number",
            Value::Nil => "null",
            Value::Bool(_) => "bool",
            Value::Str(_) => "string",
            Value::List(_) => "array",
            Value::Map(_) => "object",
            _ => "number",
        }
    }
}

/// Go's sentence for a value of the wrong type.
pub(crate) fn wrong_type(kind: &str, ty: &Type) -> String {
    format!("json: cannot unmarshal {kind} into Go value of type {ty}")
}

/// Decodes into `interface{}`: numbers are `float64`.
///
/// # Errors
/// The text is not JSON: Go's sentence, without an offset.
pub(crate) fn decode(text: &[u8]) -> Result<Decoded, String> {
    let mut parser = Parser {
        text,
        at: 0,
        error: None,
    };
    let value = parser.document()?;
    Ok(Decoded {
        value,
        error: parser.error,
    })
}

/// Go's limit of nesting.
const MAX_NESTING: usize = 10_000;

const UNEXPECTED_END: &str = "unexpected end of JSON input";

/// A list or an object that is being read. Nesting lives on a stack of these, not on the machine's.
enum Container {
    List(Vec<Value>),
    Map(Map, Str),
}

struct Parser<'a> {
    text: &'a [u8],
    at: usize,
    error: Option<String>,
}

impl Parser<'_> {
    fn document(&mut self) -> Result<Value, String> {
        let mut stack: Vec<Container> = Vec::new();
        'value: loop {
            // A value begins here.
            let mut value = match self.next_token()? {
                b'[' => {
                    self.enter(&stack)?;
                    if self.next_token()? == b']' {
                        self.at += 1;
                        Value::list(Vec::new())
                    } else {
                        stack.push(Container::List(Vec::new()));
                        continue 'value;
                    }
                }
                b'{' => {
                    self.enter(&stack)?;
                    if self.next_token()? == b'}' {
                        self.at += 1;
                        Value::Map(Map::new())
                    } else {
                        let key = self.key()?;
                        stack.push(Container::Map(Map::new(), key));
                        continue 'value;
                    }
                }
                b'"' => Value::Str(self.string()?),
                b't' => self.literal("true", Value::Bool(true))?,
                b'f' => self.literal("false", Value::Bool(false))?,
                b'n' => self.literal("null", Value::Nil)?,
                b'-' | b'0'..=b'9' => self.number()?,
                _ => return Err(self.unexpected("looking for beginning of value")),
            };
            // A value has ended; close what ends with it.
            loop {
                match stack.last_mut() {
                    None => {
                        return match self.next_token() {
                            Ok(_) => Err(self.unexpected("after top-level value")),
                            Err(_) => Ok(value),
                        };
                    }
                    Some(Container::List(items)) => {
                        items.push(value);
                        match self.next_token()? {
                            b',' => {
                                self.at += 1;
                                continue 'value;
                            }
                            b']' => self.at += 1,
                            _ => return Err(self.unexpected("after array element")),
                        }
                    }
                    Some(Container::Map(map, key)) => {
                        // The map is not nil.
                        map.insert(std::mem::take(key), value)
                            .map_err(|error| error.message)?;
                        match self.next_token()? {
                            b',' => {
                                self.at += 1;
                                self.next_token()?;
                                *key = self.key()?;
                                continue 'value;
                            }
                            b'}' => self.at += 1,
                            _ => return Err(self.unexpected("after object key:value pair")),
                        }
                    }
                }
                value = match stack.pop() {
                    Some(Container::List(items)) => Value::list(items),
                    Some(Container::Map(map, _)) => Value::Map(map),
                    None => Value::Nil,
                };
            }
        }
    }

    /// Skips white space to the next byte.
    fn next_token(&mut self) -> Result<u8, String> {
        while let Some(&byte) = self.text.get(self.at) {
            if !matches!(byte, b' ' | b'\t' | b'\r' | b'\n') {
                return Ok(byte);
            }
            self.at += 1;
        }
        Err(UNEXPECTED_END.to_owned())
    }

    fn enter(&mut self, stack: &[Container]) -> Result<(), String> {
        if stack.len() >= MAX_NESTING {
            return Err(self.unexpected("exceeded max depth"));
        }
        self.at += 1;
        Ok(())
    }

    /// At the end of the text, Go's scanner is given a blank more.
    fn unexpected(&self, context: &str) -> String {
        let quoted = match self.text.get(self.at).copied().unwrap_or(b' ') {
            b'\'' => r"'\''".to_owned(),
            b'"' => "'\"'".to_owned(),
            byte => {
                let quoted = strconv::quote(char::from(byte).encode_utf8(&mut [0; 4]).as_bytes());
                format!("'{}'", quoted.trim_matches('"'))
            }
        };
        format!("invalid character {quoted} {context}")
    }

    fn key(&mut self) -> Result<Str, String> {
        if self.text.get(self.at) != Some(&b'"') {
            return Err(self.unexpected("looking for beginning of object key string"));
        }
        let key = self.string()?;
        if self.next_token()? != b':' {
            return Err(self.unexpected("after object key"));
        }
        self.at += 1;
        Ok(key)
    }

    fn literal(&mut self, word: &'static str, value: Value) -> Result<Value, String> {
        for byte in word.bytes() {
            if self.text.get(self.at) != Some(&byte) {
                let context = format!("in literal {word} (expecting '{}')", char::from(byte));
                return Err(self.unexpected(&context));
            }
            self.at += 1;
        }
        Ok(value)
    }

    fn digits(&mut self) -> usize {
        let start = self.at;
        while self.text.get(self.at).is_some_and(u8::is_ascii_digit) {
            self.at += 1;
        }
        self.at - start
    }

    fn number(&mut self) -> Result<Value, String> {
        let start = self.at;
        if self.text.get(self.at) == Some(&b'-') {
            self.at += 1;
        }
        match self.text.get(self.at) {
            Some(b'0') => self.at += 1,
            Some(b'1'..=b'9') => {
                self.digits();
            }
            _ => return Err(self.unexpected("in numeric literal")),
        }
        if self.text.get(self.at) == Some(&b'.') {
            self.at += 1;
            if self.digits() == 0 {
                return Err(self.unexpected("after decimal point in numeric literal"));
            }
        }
        if let Some(b'e' | b'E') = self.text.get(self.at) {
            self.at += 1;
            if let Some(b'+' | b'-') = self.text.get(self.at) {
                self.at += 1;
            }
            if self.digits() == 0 {
                return Err(self.unexpected("in exponent of numeric literal"));
            }
        }
        let number = self.text.get(start..self.at).unwrap_or_default();
        match strconv::parse_float(number, FloatSize::F64) {
            Ok(value) => Ok(Value::Float(value)),
            Err(_) => {
                let kind = format!("number {}", String::from_utf8_lossy(number));
                self.error
                    .get_or_insert_with(|| wrong_type(&kind, &Type::Float64));
                Ok(Value::Nil)
            }
        }
    }

    fn string(&mut self) -> Result<Str, String> {
        self.at += 1;
        let start = self.at;
        while let Some(&byte) = self.text.get(self.at) {
            match byte {
                b'"' => {
                    let text = self.text.get(start..self.at).unwrap_or_default();
                    self.at += 1;
                    return Ok(Str::new(text));
                }
                b'\\' | 0..0x20 | 0x80.. => break,
                _ => self.at += 1,
            }
        }
        let mut out = self.text.get(start..self.at).unwrap_or_default().to_vec();
        loop {
            match self.text.get(self.at) {
                None => return Err(UNEXPECTED_END.to_owned()),
                Some(b'"') => {
                    self.at += 1;
                    return Ok(out.into());
                }
                Some(0..0x20) => return Err(self.unexpected("in string literal")),
                Some(b'\\') => {
                    self.at += 1;
                    let c = self.escape()?;
                    out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
                }
                Some(byte @ 0x20..0x80) => {
                    out.push(*byte);
                    self.at += 1;
                }
                Some(_) => {
                    let (rune, width) = strconv::decode_rune(self.text.get(self.at..).unwrap_or_default());
                    let c = rune.unwrap_or(char::REPLACEMENT_CHARACTER);
                    out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
                    self.at += width.max(1);
                }
            }
        }
    }

    /// What follows a backslash.
    fn escape(&mut self) -> Result<char, String> {
        let c = match self.text.get(self.at) {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => {
                self.at += 1;
                return self.unicode_escape();
            }
            _ => return Err(self.unexpected("in string escape code")),
        };
        self.at += 1;
        Ok(c)
    }

    /// Four hex digits, and the other half of a surrogate pair if it follows; half a pair is U+FFFD.
    fn unicode_escape(&mut self) -> Result<char, String> {
        let first = self.hex4()?;
        if let Some(c) = char::from_u32(first) {
            return Ok(c);
        }
        if (0xd800..0xdc00).contains(&first) && self.text.get(self.at..self.at + 2) == Some(br"\u") {
            let before = self.at;
            self.at += 2;
            let second = self.hex4()?;
            if (0xdc00..0xe000).contains(&second) {
                let code = 0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00);
                return Ok(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
            }
            // It is not the other half, but an escape of its own.
            self.at = before;
        }
        Ok(char::REPLACEMENT_CHARACTER)
    }

    fn hex4(&mut self) -> Result<u32, String> {
        let mut code = 0;
        for _ in 0..4 {
            match self
                .text
                .get(self.at)
                .and_then(|byte| char::from(*byte).to_digit(16))
            {
                Some(digit) => code = code * 16 + digit,
                None => return Err(self.unexpected("in \\u hexadecimal character escape")),
            }
            self.at += 1;
        }
        Ok(code)
    }
}

#[cfg(test)]
mod tests {
    use super::{Style, decode, encode};
    use plimsoll_gotpl::{Map, Str, Value};

    fn error(text: &str) -> String {
        decode(text.as_bytes())
            .map(|decoded| decoded.error.unwrap_or_default())
            .unwrap_or_else(|error| error)
    }

    #[test]
    fn complains_as_go_does() {
        // Printed by Go 1.26's json.Unmarshal into an interface{}.
        for (text, sentence) in [
            ("", "unexpected end of JSON input"),
            ("x", "invalid character 'x' looking for beginning of value"),
            ("[1,]", "invalid character ']' looking for beginning of value"),
            (
                "{,}",
                "invalid character ',' looking for beginning of object key string",
            ),
            ("{\"a\" 1}", "invalid character '1' after object key"),
            ("{\"a\":1 2}", "invalid character '2' after object key:value pair"),
            ("[1 2]", "invalid character '2' after array element"),
            ("01", "invalid character '1' after top-level value"),
            ("-", "invalid character ' ' in numeric literal"),
            (
                "1.",
                "invalid character ' ' after decimal point in numeric literal",
            ),
            ("1e+", "invalid character ' ' in exponent of numeric literal"),
            ("tru", "invalid character ' ' in literal true (expecting 'e')"),
            ("nul'", r"invalid character '\'' in literal null (expecting 'l')"),
            ("\"a", "unexpected end of JSON input"),
            ("\"a\n\"", r"invalid character '\n' in string literal"),
            (r#""\x""#, "invalid character 'x' in string escape code"),
            (
                r#""\u12g4""#,
                "invalid character 'g' in \\u hexadecimal character escape",
            ),
            ("é", "invalid character 'Ã' looking for beginning of value"),
            (
                "1e999",
                "json: cannot unmarshal number 1e999 into Go value of type float64",
            ),
        ] {
            assert_eq!(error(text), sentence, "{text}");
        }
        assert_eq!(
            error(&"[".repeat(10_001)),
            "invalid character '[' exceeded max depth"
        );
    }

    #[test]
    fn writes_what_go_writes() {
        let map = Map::from_pairs([
            (
                "b",
                Value::list(vec![
                    Value::float(1e-7),
                    Value::float(1e21),
                    Value::float(-0.0),
                    Value::Nil,
                ]),
            ),
            ("a<", Value::str(Str::new(b"\xff\x01\x08\xe2\x80\xa8\x7f&"))),
            ("e", Value::list(vec![])),
        ]);
        let text =
            |style| String::from_utf8(encode(&Value::Map(map.clone()), style).expect("plain")).expect("text");
        assert_eq!(
            text(Style::COMPACT),
            "{\"a\\u003c\":\"\\ufffd\\u0001\\b\\u2028\u{7f}\\u0026\",\"b\":[1e-7,1e+21,-0,null],\"e\":[]}"
        );
        assert!(text(Style::RAW).contains("\"a<\":\"\\ufffd\\u0001\\b\\u2028\u{7f}&\""));
        assert!(text(Style::PRETTY).ends_with("    null\n  ],\n  \"e\": []\n}"));
    }

    #[test]
    fn ends_on_a_map_that_holds_itself() {
        let map = Map::new();
        map.insert("self", Value::Map(map.clone())).expect("not nil");
        let error = encode(&Value::Map(map.clone()), Style::COMPACT).expect_err("a cycle");
        assert_eq!(
            error.message,
            "json: unsupported value: encountered a cycle via map[string]interface {}"
        );
        map.remove("self");
    }

    #[test]
    fn reads_surrogates_and_bad_bytes() {
        let decoded = decode(b"\"\\ud83d\\ude00 \\ud83d\\u0041 \xff\"").expect("JSON");
        assert_eq!(decoded.value.as_str(), Some(&Str::from("😀 \u{fffd}A \u{fffd}")));
    }
}
