//! The decoder: a document to a `map[string]interface {}`. Integers are `int64`, tables in `[[…]]` a
//! `[]map[string]interface {}`, other lists `[]interface {}`.
//!
//! Its errors have the library's sentences with line and last key; in rare cases of broken text the library notices
//! another mistake first.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_gostd::strconv::{self, FloatSize};
use plimsoll_gotpl::{List, Map, Str, Type, Value};

/// The deepest nesting of values and keys that is read; the library has no bound.
const MAX_DEPTH: usize = 500;

/// The type of what `[[name]]` makes.
const TABLES: &Type = &Type::Slice(Type::MAP);

/// Reads a document.
///
/// # Errors
/// The library's sentence: `toml: line 1 (last key "a"): …`.
pub(crate) fn decode(text: &[u8]) -> Result<Map, String> {
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    if text.iter().take(6).any(|byte| *byte == 0) {
        return Err(
            "toml: line 1: files cannot contain NULL bytes; probably using UTF-16; TOML files must be UTF-8"
                .to_owned(),
        );
    }
    let mut parser = Parser {
        text,
        at: 0,
        context: Vec::new(),
        current: None,
        scope: Scope::default(),
    };
    parser.document()?;
    Ok(finish(parser.scope.root))
}

type Table = BTreeMap<Str, Node>;

enum Node {
    Value(Value),
    Table(Table),
    Tables(Vec<Table>),
}

fn finish(table: Table) -> Map {
    Map::from_pairs(table.into_iter().map(|(key, node)| {
        let value = match node {
            Node::Value(value) => value,
            Node::Table(table) => Value::Map(finish(table)),
            Node::Tables(tables) => {
                let items = tables
                    .into_iter()
                    .map(|table| Value::Map(finish(table)))
                    .collect();
                Value::List(List::typed(TABLES, items))
            }
        };
        (key, value)
    }))
}

/// The tables being built: the document's, or those of one inline table.
#[derive(Default)]
struct Scope {
    root: Table,
    /// Tables that only paths have named so far; they may still be defined once.
    implicit: BTreeSet<Vec<Str>>,
    /// The path of `root` in the document.
    base: Vec<Str>,
}

struct Parser<'a> {
    text: &'a [u8],
    at: usize,
    /// Path of the open table within the scope.
    context: Vec<Str>,
    /// The key whose value is being read.
    current: Option<Str>,
    scope: Scope,
}

/// A path as the library prints it in errors.
fn dotted(path: &[Str]) -> String {
    let parts: Vec<String> = path
        .iter()
        .map(|part| {
            let bare = |b: &u8| b.is_ascii_alphanumeric() || *b == b'_' || *b == b'-';
            if !part.is_empty() && part.iter().all(bare) {
                part.to_string()
            } else {
                format!("\"{part}\"")
            }
        })
        .collect();
    parts.join(".")
}

fn is_blank(byte: u8) -> bool {
    byte == b' ' || byte == b'\t'
}

fn is_line_break(byte: u8) -> bool {
    byte == b'\n' || byte == b'\r'
}

impl Parser<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn rest(&self) -> &[u8] {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// An error at the present place.
    fn fail<T>(&self, message: impl std::fmt::Display) -> Result<T, String> {
        self.fail_at(self.at, message)
    }

    fn fail_at<T>(&self, at: usize, message: impl std::fmt::Display) -> Result<T, String> {
        let before = self.text.get(..at.min(self.text.len())).unwrap_or_default();
        let line = 1 + before.iter().filter(|byte| **byte == b'\n').count();
        let mut path = self.scope.base.clone();
        path.extend(self.context.iter().cloned());
        let last = match &self.current {
            None => dotted(&path),
            Some(key) if path.is_empty() => key.to_string(),
            Some(key) => format!("{}.{key}", dotted(&path)),
        };
        Err(if last.is_empty() {
            format!("toml: line {line}: {message}")
        } else {
            format!(
                "toml: line {line} (last key {}): {message}",
                strconv::quote(last.as_bytes())
            )
        })
    }

    /// A path in the scope as one in the document.
    fn full_name(&self, path: &[Str]) -> String {
        dotted(&[&self.scope.base, path].concat())
    }

    /// The character at the present place, as `%q` prints it.
    fn quoted_char(&self) -> String {
        match strconv::decode_rune(self.rest()) {
            (Some(c), _) => strconv::quote_rune(u32::from(c)),
            (None, 0) => strconv::quote_rune(0),
            (None, _) => strconv::quote_rune(0xfffd),
        }
    }

    fn skip_blanks(&mut self) {
        while self.peek().is_some_and(is_blank) {
            self.at += 1;
        }
    }

    /// Checks what every character must be, up to `end`.
    fn check_text(&self, end: usize) -> Result<(), String> {
        let part = self.text.get(self.at..end).unwrap_or_default();
        for (i, &byte) in part.iter().enumerate() {
            let lone_cr = byte == b'\r' && self.text.get(self.at + i + 1) != Some(&b'\n');
            if lone_cr || byte == 0x7f || (byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r')) {
                return self.fail_at(
                    self.at + i,
                    format_args!("TOML files cannot contain control characters: '0x{byte:02x}'"),
                );
            }
        }
        if let Err(error) = std::str::from_utf8(part) {
            let at = error.valid_up_to();
            return self.fail_at(
                self.at + at,
                format_args!("invalid UTF-8 byte: 0x{:02x}", part[at]),
            );
        }
        Ok(())
    }

    fn comment(&mut self) -> Result<(), String> {
        let length = self
            .rest()
            .iter()
            .position(|b| *b == b'\n')
            .unwrap_or(self.rest().len());
        self.check_text(self.at + length)?;
        self.at += length;
        Ok(())
    }

    /// Blanks, line breaks and comments.
    fn skip_space(&mut self) -> Result<(), String> {
        while let Some(byte) = self.peek() {
            match byte {
                b'#' => self.comment()?,
                b'\r' => {
                    self.check_text(self.at + 1)?;
                    self.at += 1;
                }
                b' ' | b'\t' | b'\n' => self.at += 1,
                _ => break,
            }
        }
        Ok(())
    }

    fn document(&mut self) -> Result<(), String> {
        loop {
            self.skip_space()?;
            let start = self.at;
            match self.peek() {
                None => return Ok(()),
                Some(b'[') => {
                    self.at += 1;
                    let array = self.peek() == Some(b'[');
                    if array {
                        self.at += 1;
                    }
                    let key = self.table_name()?;
                    if array {
                        if self.peek() != Some(b']') {
                            let c = self.quoted_char();
                            return self.fail(format_args!(
                                "expected end of table array name delimiter ']', but got {c} instead"
                            ));
                        }
                        self.at += 1;
                    }
                    self.add_context(key, array, start)?;
                }
                Some(_) => {
                    let outer = self.context.clone();
                    self.entry(0)?;
                    self.context = outer;
                    self.current = None;
                }
            }
            self.end_of_line()?;
        }
    }

    fn end_of_line(&mut self) -> Result<(), String> {
        self.skip_blanks();
        match self.peek() {
            None => Ok(()),
            Some(b'#') => self.comment(),
            Some(byte) if is_line_break(byte) => Ok(()),
            Some(_) => {
                let c = self.quoted_char();
                self.fail(format_args!(
                    "expected a top-level item to end with a newline, comment, or EOF, but got {c} instead"
                ))
            }
        }
    }

    /// The path in a table header, its closing bracket included.
    fn table_name(&mut self) -> Result<Vec<Str>, String> {
        let mut key = Vec::new();
        loop {
            self.skip_blanks();
            match self.peek() {
                Some(b']') | None => {
                    return self.fail("unexpected end of table name (table names cannot be empty)");
                }
                Some(b'.') => return self.fail("unexpected table separator (table names cannot be empty)"),
                Some(_) => self.key_part(&mut key)?,
            }
            self.skip_blanks();
            match self.peek() {
                Some(b'.') => self.at += 1,
                Some(b']') => {
                    self.at += 1;
                    return Ok(key);
                }
                _ => {
                    let c = self.quoted_char();
                    return self.fail(format_args!(
                        "expected '.' or ']' to end table name, but got {c} instead"
                    ));
                }
            }
        }
    }

    /// The path before `=`, and the sign.
    fn key_path(&mut self) -> Result<Vec<Str>, String> {
        let mut key = Vec::new();
        self.skip_blanks();
        match self.peek() {
            Some(b'=') | None => return self.fail("unexpected '=': key name appears blank"),
            Some(b'.') => return self.fail("unexpected '.': keys cannot start with a '.'"),
            Some(_) => {}
        }
        loop {
            self.skip_blanks();
            match self.peek() {
                Some(b'=') | None => return self.fail("unexpected '='"),
                Some(b'.') => return self.fail("unexpected '.'"),
                Some(_) => self.key_part(&mut key)?,
            }
            self.skip_blanks();
            match self.peek() {
                Some(b'.') => self.at += 1,
                Some(b'=') => {
                    self.at += 1;
                    return Ok(key);
                }
                None => return self.fail("unexpected EOF; expected key separator '='"),
                Some(_) => {
                    let c = self.quoted_char();
                    return self.fail(format_args!("expected '.' or '=', but got {c} instead"));
                }
            }
        }
    }

    fn key_part(&mut self, key: &mut Vec<Str>) -> Result<(), String> {
        if key.len() > MAX_DEPTH {
            return self.fail("key is nested too deep");
        }
        let part = match self.peek() {
            Some(b'"') => self.basic_string()?,
            Some(b'\'') => self.raw_string()?,
            _ => {
                let bare = |b: &u8| b.is_ascii_alphanumeric() || *b == b'_' || *b == b'-';
                let length = self
                    .rest()
                    .iter()
                    .position(|b| !bare(b))
                    .unwrap_or(self.rest().len());
                let part = Str::new(self.rest().get(..length).unwrap_or_default());
                self.at += length;
                part
            }
        };
        key.push(part);
        Ok(())
    }

    /// `key = value`
    fn entry(&mut self, depth: usize) -> Result<(), String> {
        let start = self.at;
        let mut path = self.key_path()?;
        let Some(last) = path.pop() else {
            return self.fail("unexpected '='");
        };
        self.current = Some(last.clone());
        for part in path {
            let mut key = self.context.clone();
            key.push(part);
            self.scope.implicit.insert(key.clone());
            self.add_context(key, false, start)?;
        }
        self.skip_blanks();
        let value = self.value(depth)?;
        self.set_value(last, value, start)
    }

    /// Opens a table, making those on the way to it.
    fn add_context(&mut self, mut key: Vec<Str>, array: bool, at: usize) -> Result<(), String> {
        let Some(last) = key.pop() else {
            return Ok(());
        };
        for end in 1..=key.len() {
            let path = &key[..end];
            if !contains(&self.scope.root, path) {
                self.scope.implicit.insert(path.to_vec());
                if let Some(table) = table_at(&mut self.scope.root, &path[..end - 1]) {
                    table.insert(path[end - 1].clone(), Node::Table(Table::new()));
                }
            }
            if table_at(&mut self.scope.root, path).is_none() {
                let name = self.full_name(path);
                return self.fail_at(at, format_args!("Key '{name}' was already created as a hash."));
            }
        }
        self.context = key;
        if array {
            let context = self.context.clone();
            let fits = match table_at(&mut self.scope.root, &context) {
                Some(table) => match table
                    .entry(last.clone())
                    .or_insert_with(|| Node::Tables(Vec::new()))
                {
                    Node::Tables(tables) => {
                        tables.push(Table::new());
                        true
                    }
                    _ => false,
                },
                None => false,
            };
            if !fits {
                let mut path = context;
                path.push(last);
                let name = self.full_name(&path);
                return self.fail_at(
                    at,
                    format_args!("Key '{name}' was already created and cannot be used as an array."),
                );
            }
        } else {
            self.set_value(last.clone(), Node::Table(Table::new()), at)?;
        }
        self.context.push(last);
        Ok(())
    }

    fn set_value(&mut self, key: Str, value: Node, at: usize) -> Result<(), String> {
        let context = self.context.clone();
        let mut path = context.clone();
        path.push(key.clone());
        match table_at(&mut self.scope.root, &context) {
            None => {
                let name = self.full_name(&context);
                self.fail_at(at, format_args!("Key '{name}' has already been defined."))
            }
            Some(table) if !table.contains_key(&key) => {
                table.insert(key, value);
                Ok(())
            }
            // Named by a path before, now defined.
            Some(_) if self.scope.implicit.remove(&path) => Ok(()),
            Some(_) => {
                let name = self.full_name(&path);
                self.fail_at(at, format_args!("Key '{name}' has already been defined."))
            }
        }
    }

    fn value(&mut self, depth: usize) -> Result<Node, String> {
        if depth > MAX_DEPTH {
            return self.fail("value is nested too deep");
        }
        let Some(byte) = self.peek() else {
            return self.fail("unexpected EOF; expected value");
        };
        Ok(Node::Value(match byte {
            b'[' => self.array(depth)?,
            b'{' => return self.inline_table(depth).map(Node::Table),
            b'"' if self.rest().starts_with(b"\"\"\"") => Value::Str(self.multiline_string()?),
            b'"' => Value::Str(self.basic_string()?),
            b'\'' if self.rest().starts_with(b"'''") => Value::Str(self.multiline_raw_string()?),
            b'\'' => Value::Str(self.raw_string()?),
            b'.' => return self.fail("floats must start with a digit, not '.'"),
            b'-' | b'+' | b'0'..=b'9' => self.number()?,
            _ => self.word()?,
        }))
    }

    fn word(&mut self) -> Result<Value, String> {
        for (word, value) in [("inf", f64::INFINITY), ("nan", f64::NAN)] {
            if self.rest().starts_with(word.as_bytes()) {
                self.at += word.len();
                return Ok(Value::Float(value));
            }
        }
        let text = String::from_utf8_lossy(self.rest());
        let letters: String = text.chars().take_while(|c| c.is_alphabetic()).collect();
        let value = match letters.as_str() {
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            "" => {
                let c = self.quoted_char();
                return self.fail(format_args!("expected value but found {c} instead"));
            }
            other => {
                let quoted = strconv::quote(other.as_bytes());
                return self.fail(format_args!("expected value but found {quoted} instead"));
            }
        };
        self.at += letters.len();
        Ok(value)
    }

    fn array(&mut self, depth: usize) -> Result<Value, String> {
        self.at += 1;
        let mut items = Vec::new();
        loop {
            self.skip_space()?;
            match self.peek() {
                Some(b']') => {
                    self.at += 1;
                    return Ok(Value::list(items));
                }
                Some(b',') => return self.fail("unexpected comma"),
                _ => {}
            }
            items.push(match self.value(depth + 1)? {
                Node::Value(value) => value,
                Node::Table(table) => Value::Map(finish(table)),
                Node::Tables(_) => Value::Nil,
            });
            self.skip_space()?;
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b']') => {}
                other => {
                    let found = self.found(other);
                    return self.fail(format_args!(
                        "expected a comma (',') or array terminator (']'), but got {found}"
                    ));
                }
            }
        }
    }

    fn found(&self, byte: Option<u8>) -> String {
        match (byte, strconv::decode_rune(self.rest())) {
            (None, _) => "end of file".to_owned(),
            (_, (c, _)) => format!("'{}'", c.unwrap_or(char::REPLACEMENT_CHARACTER)),
        }
    }

    fn inline_table(&mut self, depth: usize) -> Result<Table, String> {
        self.at += 1;
        let outer_context = std::mem::take(&mut self.context);
        let outer_key = self.current.take();
        let mut base = self.scope.base.clone();
        base.extend(outer_context.iter().cloned());
        base.extend(outer_key.iter().cloned());
        let inner = Scope {
            base,
            ..Scope::default()
        };
        let outer_scope = std::mem::replace(&mut self.scope, inner);
        self.inline_entries(depth)?;
        self.context = outer_context;
        self.current = outer_key;
        Ok(std::mem::replace(&mut self.scope, outer_scope).root)
    }

    fn inline_entries(&mut self, depth: usize) -> Result<(), String> {
        loop {
            self.skip_space()?;
            match self.peek() {
                Some(b'}') => {
                    self.at += 1;
                    return Ok(());
                }
                Some(b',') => return self.fail("unexpected comma"),
                _ => {}
            }
            self.entry(depth + 1)?;
            self.context.clear();
            self.skip_space()?;
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b'}') => {}
                other => {
                    let found = self.found(other);
                    return self.fail(format_args!(
                        "expected a comma or an inline table terminator '}}', but got {found} instead"
                    ));
                }
            }
        }
    }

    fn number(&mut self) -> Result<Value, String> {
        let rest = self.rest();
        let is_date = rest.len() > 2
            && rest.iter().take_while(|b| b.is_ascii_digit()).count() > 0
            && matches!(rest.iter().find(|b| !b.is_ascii_digit()), Some(b'-' | b':'));
        if is_date {
            return self.datetime();
        }
        let signed = matches!(rest.first(), Some(b'-' | b'+'));
        let body = rest.get(usize::from(signed)..).unwrap_or_default();
        for word in [&b"inf"[..], b"nan"] {
            if body.starts_with(word) {
                let negative = rest.first() == Some(&b'-');
                let magnitude = if word == b"inf" { f64::INFINITY } else { f64::NAN };
                self.at += 4;
                return Ok(Value::Float(if negative { -magnitude } else { magnitude }));
            }
        }
        match body.first() {
            Some(b'0'..=b'9') => {}
            Some(b'.') => return self.fail("floats must start with a digit, not '.'"),
            _ => {
                self.at += usize::from(signed);
                let c = self.quoted_char();
                return self.fail(format_args!("expected a digit but got {c}"));
            }
        }
        let based = body.len() > 1 && body[0] == b'0' && matches!(body[1], b'x' | b'o' | b'b');
        if based && signed {
            let shown = String::from_utf8_lossy(rest.get(..3).unwrap_or_default()).into_owned();
            return self.fail(format_args!(
                "cannot use sign with non-decimal numbers: '{shown}'"
            ));
        }
        let mut float = false;
        let length = rest
            .iter()
            .enumerate()
            .position(|(i, byte)| {
                if based {
                    return !(byte.is_ascii_hexdigit() || *byte == b'_' || i == 1);
                }
                let sign = matches!(byte, b'-' | b'+');
                float |= matches!(byte, b'.' | b'e' | b'E');
                !(byte.is_ascii_digit()
                    || matches!(byte, b'_' | b'.' | b'e' | b'E')
                    || (sign && (i == 0 || float)))
            })
            .unwrap_or(rest.len());
        let number = rest.get(..length).unwrap_or_default().to_vec();
        let quoted = strconv::quote(&number);
        let value = if float {
            self.float(&number, &quoted)
        } else {
            self.integer(&number, &quoted)
        }?;
        self.at += length;
        Ok(value)
    }

    fn integer(&self, number: &[u8], quoted: &str) -> Result<Value, String> {
        if !underscores_fit(number) {
            return self.fail(format_args!(
                "Invalid integer {quoted}: underscores must be surrounded by digits"
            ));
        }
        if has_leading_zero(number) {
            return self.fail(format_args!(
                "Invalid integer {quoted}: cannot have leading zeroes"
            ));
        }
        match strconv::parse_int(number, 0, 64) {
            Ok(value) => Ok(Value::int64(value)),
            Err(_) => {
                let number = String::from_utf8_lossy(number);
                self.fail(format_args!("{number} is out of range for int64"))
            }
        }
    }

    fn float(&self, number: &[u8], quoted: &str) -> Result<Value, String> {
        let parts: Vec<&[u8]> = number
            .split(|b| matches!(b, b'.' | b'e' | b'E'))
            .filter(|part| !part.is_empty())
            .collect();
        if !parts.iter().all(|part| underscores_fit(part)) {
            return self.fail(format_args!(
                "Invalid float {quoted}: underscores must be surrounded by digits"
            ));
        }
        if parts.first().is_some_and(|part| has_leading_zero(part)) {
            return self.fail(format_args!("Invalid float {quoted}: cannot have leading zeroes"));
        }
        let mut followed = number.iter().zip(number.iter().skip(1).map(Some).chain([None]));
        if followed.any(|(a, b)| *a == b'.' && !b.is_some_and(u8::is_ascii_digit)) {
            return self.fail(format_args!(
                "Invalid float {quoted}: '.' must be followed by one or more digits"
            ));
        }
        let digits: Vec<u8> = number.iter().copied().filter(|b| *b != b'_').collect();
        match strconv::parse_float(&digits, FloatSize::F64) {
            Ok(value) => Ok(Value::Float(value)),
            Err(error) if error.to_string().contains("out of range") => {
                let number = String::from_utf8_lossy(number);
                self.fail(format_args!("{number} is out of range for float64"))
            }
            Err(_) => self.fail(format_args!("Invalid float value: {quoted}")),
        }
    }

    fn datetime(&mut self) -> Result<Value, String> {
        let rest = self.rest();
        let allowed = |b: &u8| {
            b.is_ascii_digit() || matches!(b, b'-' | b':' | b'T' | b't' | b' ' | b'.' | b'Z' | b'z' | b'+')
        };
        let length = rest.iter().position(|b| !allowed(b)).unwrap_or(rest.len());
        let text: String = String::from_utf8_lossy(rest.get(..length).unwrap_or_default())
            .trim()
            .chars()
            .map(|c| match c {
                'z' => 'Z',
                't' | ' ' => 'T',
                c => c,
            })
            .collect();
        match crate::dates::toml_datetime(&text) {
            Some(time) => {
                self.at += length;
                Ok(time)
            }
            None => {
                let quoted = strconv::quote(text.as_bytes());
                self.fail(format_args!("invalid datetime: {quoted}"))
            }
        }
    }

    fn raw_string(&mut self) -> Result<Str, String> {
        self.at += 1;
        let length = self.rest().iter().position(|b| *b == b'\'' || is_line_break(*b));
        match length.map(|length| (length, self.text.get(self.at + length))) {
            Some((length, Some(b'\''))) => {
                self.check_text(self.at + length)?;
                let text = Str::new(self.rest().get(..length).unwrap_or_default());
                self.at += length + 1;
                Ok(text)
            }
            Some(_) => self.fail("strings cannot contain newlines"),
            None => self.fail_at(self.text.len(), "unexpected EOF; expected \"'\""),
        }
    }

    fn basic_string(&mut self) -> Result<Str, String> {
        self.at += 1;
        let mut out = Vec::new();
        loop {
            match self.peek() {
                None => return self.fail("unexpected EOF; expected '\"'"),
                Some(byte) if is_line_break(byte) => return self.fail("strings cannot contain newlines"),
                Some(b'"') => {
                    self.at += 1;
                    return Ok(out.into());
                }
                Some(_) => self.string_char(&mut out, false)?,
            }
        }
    }

    /// A character of a string, or an escape.
    fn string_char(&mut self, out: &mut Vec<u8>, multiline: bool) -> Result<(), String> {
        if self.peek() == Some(b'\\') {
            return self.escape(out, multiline);
        }
        let (_, width) = strconv::decode_rune(self.rest());
        let width = width.max(1);
        self.check_text(self.at + width)?;
        out.extend_from_slice(self.rest().get(..width).unwrap_or_default());
        self.at += width;
        Ok(())
    }

    fn escape(&mut self, out: &mut Vec<u8>, multiline: bool) -> Result<(), String> {
        self.at += 1;
        if multiline {
            let blanks = self
                .rest()
                .iter()
                .take_while(|b| is_blank(**b) || is_line_break(**b))
                .count();
            if self.rest().get(..blanks).unwrap_or_default().contains(&b'\n') {
                self.at += blanks;
                return Ok(());
            }
        }
        let byte = match self.peek() {
            Some(b'b') => 0x08,
            Some(b't') => b'\t',
            Some(b'n') => b'\n',
            Some(b'f') => 0x0c,
            Some(b'r') => b'\r',
            Some(b'e') => 0x1b,
            Some(b'"') => b'"',
            Some(b'\\') => b'\\',
            Some(b'x') => return self.unicode_escape(out, 2, "two", 'x'),
            Some(b'u') => return self.unicode_escape(out, 4, "four", 'u'),
            Some(b'U') => return self.unicode_escape(out, 8, "eight", 'U'),
            Some(blank) if is_blank(blank) => {
                return self.fail(format_args!("invalid escape: '\\{}'", char::from(blank)));
            }
            _ => {
                let (c, _) = strconv::decode_rune(self.rest());
                return self.fail(format_args!("invalid escape in string '\\{}'", c.unwrap_or('\0')));
            }
        };
        out.push(byte);
        self.at += 1;
        Ok(())
    }

    fn unicode_escape(
        &mut self,
        out: &mut Vec<u8>,
        count: usize,
        word: &str,
        kind: char,
    ) -> Result<(), String> {
        self.at += 1;
        let digits = self
            .rest()
            .get(..count)
            .filter(|digits| digits.iter().all(u8::is_ascii_hexdigit));
        let Some(digits) = digits.and_then(|digits| std::str::from_utf8(digits).ok()) else {
            let c = self.quoted_char();
            return self.fail(format_args!(
                "expected {word} hexadecimal digits after '\\{kind}', but got {c} instead"
            ));
        };
        let code = u32::from_str_radix(digits, 16).unwrap_or(u32::MAX);
        match char::from_u32(code) {
            Some(c) => {
                out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
                self.at += count;
                Ok(())
            }
            None => self.fail(format_args!(
                "Escaped character '\\u{digits}' is not valid UTF-8."
            )),
        }
    }

    fn skip_first_line_break(&mut self) {
        if self.rest().starts_with(b"\r\n") {
            self.at += 2;
        } else if self.peek() == Some(b'\n') {
            self.at += 1;
        }
    }

    /// How many quotes end the string here: 3, and up to two more that belong to it.
    fn closing(&self, quote: u8) -> Option<usize> {
        let count = self.rest().iter().take_while(|b| **b == quote).count();
        (count >= 3).then_some(count)
    }

    fn multiline_string(&mut self) -> Result<Str, String> {
        self.at += 3;
        self.skip_first_line_break();
        let mut out = Vec::new();
        loop {
            if let Some(count) = self.closing(b'"') {
                if count > 5 {
                    return self.fail("unexpected '\"\"\"\"\"\"'");
                }
                out.extend(std::iter::repeat_n(b'"', count - 3));
                self.at += count;
                return Ok(out.into());
            }
            if self.peek().is_none() {
                return self.fail("unexpected EOF; expected '\"\"\"'");
            }
            self.string_char(&mut out, true)?;
        }
    }

    fn multiline_raw_string(&mut self) -> Result<Str, String> {
        self.at += 3;
        self.skip_first_line_break();
        let mut out = Vec::new();
        loop {
            if let Some(count) = self.closing(b'\'') {
                if count > 5 {
                    return self.fail("unexpected \"''''''\"");
                }
                out.extend(std::iter::repeat_n(b'\'', count - 3));
                self.at += count;
                return Ok(out.into());
            }
            if self.peek().is_none() {
                return self.fail("unexpected EOF; expected \"'''\"");
            }
            let width = strconv::decode_rune(self.rest()).1.max(1);
            self.check_text(self.at + width)?;
            out.extend_from_slice(self.rest().get(..width).unwrap_or_default());
            self.at += width;
        }
    }
}

/// The table at a path; of several by one name, the latest.
fn table_at<'t>(root: &'t mut Table, path: &[Str]) -> Option<&'t mut Table> {
    let mut table = root;
    for key in path {
        table = match table.get_mut(key)? {
            Node::Table(table) => table,
            Node::Tables(tables) => tables.last_mut()?,
            Node::Value(_) => return None,
        };
    }
    Some(table)
}

fn contains(root: &Table, path: &[Str]) -> bool {
    let mut table = root;
    let Some((last, parents)) = path.split_last() else {
        return true;
    };
    for key in parents {
        table = match table.get(key) {
            Some(Node::Table(table)) => table,
            Some(Node::Tables(tables)) => match tables.last() {
                Some(table) => table,
                None => return false,
            },
            _ => return false,
        };
    }
    table.contains_key(last)
}

fn has_leading_zero(number: &[u8]) -> bool {
    match number {
        [b'-' | b'+', b'0', _, ..] => true,
        [b'0', b'b' | b'o' | b'x', ..] => false,
        [b'0', _, ..] => true,
        _ => false,
    }
}

/// Whether each underscore stands between digits.
fn underscores_fit(number: &[u8]) -> bool {
    let mut digit = false;
    for byte in number {
        if *byte == b'_' && !digit {
            return false;
        }
        digit = byte.is_ascii_hexdigit();
    }
    digit
}
