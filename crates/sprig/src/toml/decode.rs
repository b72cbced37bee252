//! The decoder: a document to a `map[string]interface {}`. Integers are `int64`, tables in `[[…]]` a
//! `[]map[string]interface {}`, other lists `[]interface {}`.
//!
//! Which keys may be defined again, and which of several mistakes is named, is what BurntSushi's parser does by its
//! order of work, so this is that order. In one thing it differs: an inline table is built once, in its place, and not
//! a second time beside.

use std::collections::{BTreeMap, HashSet};

use plimsoll_gostd::strconv::{self, FloatSize, quote};
use plimsoll_gostd::time::Zone;
use plimsoll_gotpl::{List, Map, Str, Type, Value};

use super::lex::{Item, Kind, Lexer, is_hex};

/// The deepest nesting of values and keys that is read; the library has no bound.
const MAX_DEPTH: usize = 500;

/// The type of what `[[name]]` makes.
const TABLES: &Type = &Type::Slice(Type::MAP);

/// Reads a document. Times without a zone are `local` ones, with the offset that this has at `now`, in seconds since
/// 1970.
///
/// # Errors
/// The library's sentence: `toml: line 1 (last key "a"): …`.
pub(crate) fn decode(text: &[u8], local: Zone, now: i64) -> Result<Map, String> {
    let text = [&b"\xff\xfe"[..], b"\xfe\xff", b"\xef\xbb\xbf"]
        .iter()
        .find_map(|mark| text.strip_prefix(*mark))
        .unwrap_or(text);
    if text.iter().take(6).any(|byte| *byte == 0) {
        return Err(
            "toml: line 1: files cannot contain NULL bytes; probably using UTF-16; TOML files must be UTF-8"
                .to_owned(),
        );
    }
    let mut parser = Parser {
        lexer: Lexer::new(text),
        context: Vec::new(),
        current: Str::new(b""),
        line: 1,
        root: Table::new(),
        arrays: HashSet::new(),
        own_arrays: HashSet::new(),
        implicit: HashSet::new(),
        local,
        now,
    };
    loop {
        let item = parser.next()?;
        if item.kind == Kind::Eof {
            return Ok(finish(parser.root));
        }
        parser.top_level(item)?;
    }
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

/// What a value was read as.
enum Read {
    Value(Value),
    /// A list: its key may be defined again where it is only implied.
    Array(Value),
    /// An inline table, which stands in its place already.
    Table,
}

struct Parser<'t> {
    lexer: Lexer<'t>,
    /// Path of the open table.
    context: Vec<Str>,
    /// The key whose value is being read, or nothing.
    current: Str,
    /// Of the first part of the latest key or table name.
    line: i64,
    root: Table,
    /// Names of the keys whose value is a list.
    arrays: HashSet<String>,
    /// Names of the keys within the inline table being read whose value is a list.
    own_arrays: HashSet<String>,
    /// Names of tables that only paths have named so far; they may still be defined once.
    implicit: HashSet<String>,
    local: Zone,
    now: i64,
}

/// A path as the library prints it, and tells it from others.
fn dotted(path: &[Str]) -> String {
    let parts: Vec<String> = path
        .iter()
        .map(|part| {
            let bare = |b: &u8| b.is_ascii_alphanumeric() || *b == b'_' || *b == b'-';
            if !part.is_empty() && part.iter().all(bare) {
                part.to_string()
            } else {
                format!("\"{}\"", escaped(&part.to_string()))
            }
        })
        .collect();
    parts.join(".")
}

/// What stands in a basic string for a text.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\u{8}' => out.push_str("\\b"),
            '\t' => out.push_str("\\t"),
            '\n' => out.push_str("\\n"),
            '\u{c}' => out.push_str("\\f"),
            '\r' => out.push_str("\\r"),
            '\0'..='\x1f' | '\x7f' => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out
}

impl<'t> Parser<'t> {
    fn next(&mut self) -> Result<Item<'t>, String> {
        match self.lexer.next_item() {
            Ok(item) => Ok(item),
            Err(mistake) => self.fail(mistake.line, mistake.message),
        }
    }

    fn fail<T>(&self, line: i64, message: impl std::fmt::Display) -> Result<T, String> {
        let last = if self.current.is_empty() {
            dotted(&self.context)
        } else if self.context.is_empty() {
            self.current.to_string()
        } else {
            format!("{}.{}", dotted(&self.context), self.current)
        };
        Err(if last.is_empty() {
            format!("toml: line {line}: {message}")
        } else {
            format!(
                "toml: line {line} (last key {}): {message}",
                quote(last.as_bytes())
            )
        })
    }

    fn top_level(&mut self, item: Item<'t>) -> Result<(), String> {
        match item.kind {
            Kind::CommentStart => {
                self.next()?;
            }
            Kind::TableStart | Kind::ArrayTableStart => {
                let array = item.kind == Kind::ArrayTableStart;
                let key = self.key(if array {
                    Kind::ArrayTableEnd
                } else {
                    Kind::TableEnd
                })?;
                self.add_context(key, array)?;
                self.arrays.remove(&dotted(&self.context));
            }
            _ => {
                let outer = self.context.clone();
                self.entry(0)?;
                self.context = outer;
                self.current = Str::new(b"");
            }
        }
        Ok(())
    }

    /// The parts of a key or table name, up to its end.
    fn key(&mut self, end: Kind) -> Result<Vec<Str>, String> {
        let mut key = Vec::new();
        let mut item = self.next()?;
        self.line = item.line;
        while item.kind != end && item.kind != Kind::Eof {
            if key.len() > MAX_DEPTH {
                return self.fail(item.line, "key is nested too deep");
            }
            key.push(match item.kind {
                Kind::Text => Str::new(item.text),
                _ => self.string(item)?,
            });
            item = self.next()?;
        }
        Ok(key)
    }

    /// `key = value`, in the open table.
    fn entry(&mut self, depth: usize) -> Result<(), String> {
        let mut path = self.key(Kind::KeyEnd)?;
        let Some(last) = path.pop() else {
            return self.fail(self.line, "unexpected '='");
        };
        self.current = last;
        // Where an inline table's dotted key goes through a list: the library notices after the value.
        let mut through_list = false;
        for part in path {
            let mut key = self.context.clone();
            key.push(part);
            let name = dotted(&key);
            through_list |= depth > 0 && self.own_arrays.contains(&name);
            self.implicit.insert(name);
            self.add_context(key, false)?;
        }
        let item = self.next()?;
        let read = self.value(item, depth, false)?;
        let key = self.current.clone();
        let is_array = matches!(read, Read::Array(_));
        let node = match read {
            Read::Value(value) | Read::Array(value) => Some(Node::Value(value)),
            Read::Table => None,
        };
        self.set_value(key.clone(), node)?;
        self.set_type(&key, is_array);
        if is_array {
            self.own_arrays
                .insert(dotted(&[&self.context[..], &[key]].concat()));
        }
        if through_list {
            return self.fail(
                self.line,
                format_args!("{} is not a table", quote(dotted(&self.context).as_bytes())),
            );
        }
        Ok(())
    }

    fn set_type(&mut self, key: &Str, is_array: bool) {
        let mut path = self.context.clone();
        if !key.is_empty() || path.is_empty() {
            path.push(key.clone());
        }
        if is_array {
            self.arrays.insert(dotted(&path));
        } else {
            self.arrays.remove(&dotted(&path));
        }
    }

    /// Opens a table, making those on the way to it.
    fn add_context(&mut self, mut key: Vec<Str>, array: bool) -> Result<(), String> {
        let Some(last) = key.pop() else {
            return Ok(());
        };
        let mut table = &mut self.root;
        for end in 1..=key.len() {
            let part = &key[end - 1];
            if !table.contains_key(part) {
                self.implicit.insert(dotted(&key[..end]));
                table.insert(part.clone(), Node::Table(Table::new()));
            }
            table = match table.get_mut(part) {
                Some(Node::Table(table)) => table,
                Some(Node::Tables(tables)) if !tables.is_empty() => {
                    // Not empty, as just seen.
                    match tables.last_mut() {
                        Some(table) => table,
                        None => return Ok(()),
                    }
                }
                _ => {
                    let name = dotted(&key[..end]);
                    return self.fail(
                        self.line,
                        format_args!("Key '{name}' was already created as a hash."),
                    );
                }
            };
        }
        self.context = key;
        if array {
            let fits = match table
                .entry(last.clone())
                .or_insert_with(|| Node::Tables(Vec::new()))
            {
                Node::Tables(tables) => {
                    tables.push(Table::new());
                    true
                }
                _ => false,
            };
            if !fits {
                let mut path = self.context.clone();
                path.push(last);
                let name = dotted(&path);
                return self.fail(
                    self.line,
                    format_args!("Key '{name}' was already created and cannot be used as an array."),
                );
            }
        } else {
            self.set_value(last.clone(), Some(Node::Table(Table::new())))?;
        }
        self.context.push(last);
        Ok(())
    }

    /// Sets a key of the open table; without a node, to the table that stands there already.
    fn set_value(&mut self, key: Str, node: Option<Node>) -> Result<(), String> {
        let mut table = &mut self.root;
        for (i, part) in self.context.iter().enumerate() {
            table = match table.get_mut(part) {
                Some(Node::Table(table)) => table,
                Some(Node::Tables(tables)) if !tables.is_empty() => match tables.last_mut() {
                    Some(table) => table,
                    None => return Ok(()),
                },
                _ => {
                    let name = dotted(&self.context[..=i]);
                    return self.fail(self.line, format_args!("Key '{name}' has already been defined."));
                }
            };
        }
        let mut path = self.context.clone();
        path.push(key.clone());
        if table.contains_key(&key) {
            let name = dotted(&path);
            // Named by a path before, now defined: a list takes the place of what is there.
            if !self.implicit.remove(&name) {
                return self.fail(self.line, format_args!("Key '{name}' has already been defined."));
            }
            if !self.arrays.contains(&name) {
                return Ok(());
            }
        }
        if let Some(node) = node {
            table.insert(key, node);
        }
        Ok(())
    }

    fn value(&mut self, item: Item<'t>, depth: usize, in_array: bool) -> Result<Read, String> {
        if depth > MAX_DEPTH {
            return self.fail(item.line, "value is nested too deep");
        }
        Ok(Read::Value(match item.kind {
            Kind::Bool => Value::Bool(item.text == b"true"),
            Kind::Integer => self.integer(item)?,
            Kind::Float => self.float(item)?,
            Kind::Datetime => self.datetime(item)?,
            Kind::Array => return self.array(depth).map(Read::Array),
            Kind::InlineTableStart => return self.inline_table(depth, in_array),
            _ => Value::Str(self.string(item)?),
        }))
    }

    fn array(&mut self, depth: usize) -> Result<Value, String> {
        let key = self.current.clone();
        self.set_type(&key, true);
        let mut items = Vec::new();
        loop {
            let item = self.next()?;
            match item.kind {
                Kind::ArrayEnd => return Ok(Value::list(items)),
                Kind::CommentStart => {
                    self.next()?;
                }
                _ => items.push(match self.value(item, depth + 1, true)? {
                    Read::Value(value) | Read::Array(value) => value,
                    Read::Table => Value::Map(self.last_table()),
                }),
            }
        }
    }

    /// Takes the contents of the inline table that was just read in a list. Until the list is complete its key holds
    /// the tables in it.
    fn last_table(&mut self) -> Map {
        let mut path = self.context.clone();
        path.push(self.current.clone());
        match node_at(&mut self.root, &path) {
            Some(Node::Tables(tables)) => tables
                .last_mut()
                .map(|table| finish(std::mem::take(table)))
                .unwrap_or_default(),
            _ => Map::new(),
        }
    }

    fn inline_table(&mut self, depth: usize, in_array: bool) -> Result<Read, String> {
        let outer_context = self.context.clone();
        let outer_key = std::mem::replace(&mut self.current, Str::new(b""));
        self.context.push(outer_key.clone());
        let own = self.context.clone();
        let outer_arrays = std::mem::take(&mut self.own_arrays);
        self.implicit.insert(dotted(&own));
        self.add_context(own.clone(), in_array)?;
        loop {
            let item = self.next()?;
            match item.kind {
                Kind::InlineTableEnd => break,
                Kind::CommentStart => {
                    self.next()?;
                }
                _ => {
                    self.entry(depth + 1)?;
                    self.context.clone_from(&own);
                }
            }
        }
        self.context = outer_context;
        self.current = outer_key;
        self.own_arrays.extend(outer_arrays);
        Ok(Read::Table)
    }

    fn integer(&self, item: Item<'t>) -> Result<Value, String> {
        let quoted = quote(item.text);
        if !underscores_fit(item.text) {
            return self.fail(
                item.line,
                format_args!("Invalid integer {quoted}: underscores must be surrounded by digits"),
            );
        }
        if has_leading_zero(item.text) {
            return self.fail(
                item.line,
                format_args!("Invalid integer {quoted}: cannot have leading zeroes"),
            );
        }
        match strconv::parse_int(item.text, 0, 64) {
            Ok(value) => Ok(Value::int64(value)),
            Err(_) => {
                let number = String::from_utf8_lossy(item.text);
                self.fail(item.line, format_args!("{number} is out of range for int64"))
            }
        }
    }

    fn float(&self, item: Item<'t>) -> Result<Value, String> {
        let quoted = quote(item.text);
        let invalid = |what: &str| self.fail(item.line, format_args!("Invalid float {quoted}: {what}"));
        let parts: Vec<&[u8]> = item
            .text
            .split(|b| matches!(b, b'.' | b'e' | b'E'))
            .filter(|part| !part.is_empty())
            .collect();
        if !parts.iter().all(|part| underscores_fit(part)) {
            return invalid("underscores must be surrounded by digits");
        }
        if parts.first().is_some_and(|part| has_leading_zero(part)) {
            return invalid("cannot have leading zeroes");
        }
        let mut followed = item
            .text
            .iter()
            .zip(item.text.iter().skip(1).map(Some).chain([None]));
        if followed.any(|(a, b)| *a == b'.' && !b.is_some_and(u8::is_ascii_digit)) {
            return invalid("'.' must be followed by one or more digits");
        }
        let digits: Vec<u8> = item.text.iter().copied().filter(|b| *b != b'_').collect();
        match digits.as_slice() {
            b"+nan" => return Ok(Value::Float(f64::NAN)),
            b"-nan" => return Ok(Value::Float(-f64::NAN)),
            _ => {}
        }
        match strconv::parse_float(&digits, FloatSize::F64) {
            Ok(value) => Ok(Value::Float(value)),
            Err(error) if error.to_string().contains("out of range") => {
                let number = String::from_utf8_lossy(item.text);
                self.fail(item.line, format_args!("{number} is out of range for float64"))
            }
            Err(_) => self.fail(item.line, format_args!("Invalid float value: {quoted}")),
        }
    }

    fn datetime(&self, item: Item<'t>) -> Result<Value, String> {
        let text: String = String::from_utf8_lossy(item.text)
            .trim()
            .chars()
            .map(|c| match c {
                'z' => 'Z',
                't' | ' ' => 'T',
                c => c,
            })
            .collect();
        match crate::dates::toml_datetime(&text, &self.local, self.now) {
            Some(time) => Ok(time),
            None => self.fail(
                item.line,
                format_args!("invalid datetime: {}", quote(text.as_bytes())),
            ),
        }
    }

    fn string(&self, item: Item<'t>) -> Result<Str, String> {
        Ok(match item.kind {
            Kind::StrEscaped => self.unescaped(item, item.text)?.into(),
            Kind::MultilineStr => {
                let text = without_escaped_breaks(without_first_break(item.text));
                self.unescaped(item, &text)?.into()
            }
            Kind::RawMultilineStr => Str::new(without_first_break(item.text)),
            _ => Str::new(item.text),
        })
    }

    /// A string's text; the lexer has checked what follows backslashes, but for blanks.
    fn unescaped(&self, item: Item<'t>, text: &[u8]) -> Result<Vec<u8>, String> {
        let mut out = Vec::with_capacity(text.len());
        let mut rest = text;
        while let Some((&byte, after)) = rest.split_first() {
            rest = after;
            if byte != b'\\' {
                out.push(byte);
                continue;
            }
            let Some((&letter, after)) = rest.split_first() else {
                break;
            };
            rest = after;
            let digits = match letter {
                b'b' => {
                    out.push(0x08);
                    continue;
                }
                b'e' => {
                    out.push(0x1b);
                    continue;
                }
                b'f' => {
                    out.push(0x0c);
                    continue;
                }
                b'n' => {
                    out.push(b'\n');
                    continue;
                }
                b'r' => {
                    out.push(b'\r');
                    continue;
                }
                b't' => {
                    out.push(b'\t');
                    continue;
                }
                b'x' => 2,
                b'u' => 4,
                b'U' => 8,
                b' ' | b'\t' => {
                    let c = char::from(letter);
                    return self.fail(item.line, format_args!("invalid escape: '\\{c}'"));
                }
                other => {
                    out.push(other);
                    continue;
                }
            };
            let (digits, after) = rest.split_at(digits.min(rest.len()));
            rest = after;
            let digits = String::from_utf8_lossy(digits);
            match u32::from_str_radix(&digits, 16).ok().and_then(char::from_u32) {
                Some(c) => out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
                None => {
                    return self.fail(
                        item.line,
                        format_args!("Escaped character '\\u{digits}' is not valid UTF-8."),
                    );
                }
            }
        }
        Ok(out)
    }
}

/// What stands at a path; of several tables by one name, in the latest.
fn node_at<'n>(root: &'n mut Table, path: &[Str]) -> Option<&'n mut Node> {
    let (last, parents) = path.split_last()?;
    let mut table = root;
    for key in parents {
        table = match table.get_mut(key)? {
            Node::Table(table) => table,
            Node::Tables(tables) => tables.last_mut()?,
            Node::Value(_) => return None,
        };
    }
    table.get_mut(last)
}

fn without_first_break(text: &[u8]) -> &[u8] {
    text.strip_prefix(b"\n")
        .or_else(|| text.strip_prefix(b"\r\n"))
        .unwrap_or(text)
}

/// Without the backslashes at the ends of lines, and the blanks and breaks behind them.
fn without_escaped_breaks(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = memchr::memchr(b'\\', rest) {
        let (before, from) = rest.split_at(at);
        out.extend_from_slice(before);
        let blanks = from
            .iter()
            .skip(1)
            .take_while(|b| matches!(b, b' ' | b'\t' | b'\r' | b'\n'))
            .count();
        if from.get(1..=blanks).is_some_and(|blanks| blanks.contains(&b'\n')) {
            rest = &from[1 + blanks..];
        } else {
            // An escape; of a backslash, both.
            let width = if from.get(1) == Some(&b'\\') { 2 } else { 1 };
            out.extend_from_slice(&from[..width]);
            rest = &from[width..];
        }
    }
    out.extend_from_slice(rest);
    out
}

fn has_leading_zero(number: &[u8]) -> bool {
    match number {
        [b'-' | b'+', b'0', _, ..] => true,
        [b'0', b'b' | b'o' | b'x', ..] => false,
        [b'0', _, ..] => true,
        _ => false,
    }
}

/// Whether each underscore follows a digit, and the last character is one.
fn underscores_fit(number: &[u8]) -> bool {
    if matches!(number, b"nan" | b"+nan" | b"-nan" | b"inf" | b"-inf" | b"+inf") {
        return true;
    }
    let mut digit = false;
    for &byte in number {
        if byte == b'_' && !digit {
            return false;
        }
        digit = is_hex(char::from(byte));
    }
    digit
}
