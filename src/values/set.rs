//! The grammar of `--set` and its siblings: `a.b[0].c=x,d={1,2}`.
//!
//! Upstream: `pkg/strvals/parser.go` and `literal_parser.go` (the same in Helm 3.22.0 and 4.3.1). The control flow follows
//! theirs, because what a broken flag leaves behind depends on it: `a[0].b=` gives an empty list.

use std::sync::Arc;

use super::tree::{Datum, Item, Layer, ListId, Origin, Table, TableId, Tree};
use crate::source::{SourceId, Span};

/// Highest index of a list. Upstream: `MaxIndex`.
const MAX_INDEX: i64 = 65_536;
/// Most dots of a key. Upstream: `MaxNestedNameLevel`.
const MAX_DOTS: usize = 30;
/// Most brackets of a key; Helm has no bound and overflows its stack.
const MAX_BRACKETS: usize = 100;

/// Reads the file of a `--set-file` value.
pub(super) type ReadFile<'a> = &'a dyn Fn(&str) -> Result<Vec<u8>, String>;

/// What the text behind `=` is.
#[derive(Clone, Copy)]
pub(super) enum Kind<'a> {
    /// `--set`: numbers, booleans and null are recognized.
    Typed,
    /// `--set-string`: always text.
    Text,
    /// `--set-file`: the path of a file with the text.
    File(ReadFile<'a>),
    /// `--set-json`: JSON.
    Json,
    /// `--set-literal`: text up to the end of the flag, commas and all.
    Literal,
}

/// Why a flag cannot be read, and where in its text.
#[derive(Debug)]
pub(super) struct SetError {
    /// What is wrong.
    pub(super) message: String,
    /// Byte offset in the flag's text.
    pub(super) at: usize,
}

enum Stop {
    End,
    Error(String),
}

type Parsed<T> = Result<T, Stop>;

/// Sets what a flag says in the table `into`.
///
/// # Errors
/// The text is not of the grammar, or does not fit the values that are there.
pub(super) fn set<'a>(
    text: &'a str,
    source: SourceId,
    kind: Kind<'a>,
    tree: &'a mut Tree,
    into: TableId,
) -> Result<(), SetError> {
    let mut parser = Parser {
        text,
        at: 0,
        source,
        kind,
        tree,
        brackets: 0,
    };
    loop {
        match parser.key(into, 0) {
            Ok(()) => {}
            Err(Stop::End) => return Ok(()),
            Err(Stop::Error(message)) => {
                return Err(SetError {
                    message,
                    at: parser.at,
                });
            }
        }
    }
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
    source: SourceId,
    kind: Kind<'a>,
    tree: &'a mut Tree,
    brackets: usize,
}

/// Text up to a stop character.
struct Run {
    text: String,
    stop: Option<char>,
    start: usize,
    end: usize,
}

impl Parser<'_> {
    fn is_literal(&self) -> bool {
        matches!(self.kind, Kind::Literal)
    }

    fn read(&mut self) -> Option<char> {
        let char = self.text[self.at..].chars().next()?;
        self.at += char.len_utf8();
        Some(char)
    }

    fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    /// Text up to one of `stops` or the end; `\` takes the next character as it is, but in literals.
    fn run(&mut self, stops: &[char]) -> Run {
        let start = self.at;
        let mut text = String::new();
        loop {
            let end = self.at;
            match self.read() {
                None => {
                    return Run {
                        text,
                        stop: None,
                        start,
                        end,
                    };
                }
                Some(char) if stops.contains(&char) => {
                    return Run {
                        text,
                        stop: Some(char),
                        start,
                        end,
                    };
                }
                Some('\\') if !self.is_literal() => match self.read() {
                    None => {
                        return Run {
                            text,
                            stop: None,
                            start,
                            end,
                        };
                    }
                    Some(next) => text.push(next),
                },
                Some(char) => text.push(char),
            }
        }
    }

    fn origin(&self, key: std::ops::Range<usize>, value: std::ops::Range<usize>) -> Origin {
        let span = |range: std::ops::Range<usize>| {
            let start = u32::try_from(range.start).unwrap_or(u32::MAX);
            Span::new(self.source, start, u32::try_from(range.end).unwrap_or(u32::MAX))
        };
        Origin {
            layer: Layer::Flag,
            value: Some(span(value)),
            key: Some(span(key)),
        }
    }

    fn put(&mut self, table: TableId, key: &str, item: Item) {
        if !key.is_empty() {
            self.tree.table_mut(table).insert(Arc::from(key), item);
        }
    }

    fn key(&mut self, table: TableId, mut dots: usize) -> Parsed<()> {
        let stops: &[char] = if self.is_literal() {
            &['=', '[', '.']
        } else {
            &['=', '[', ',', '.']
        };
        let key = self.run(stops);
        let place = key.start..key.end;
        let Some(stop) = key.stop else {
            return Err(if key.text.is_empty() {
                Stop::End
            } else {
                error(format!("key {:?} has no value", key.text))
            });
        };
        match stop {
            '[' => {
                let index = self.index()?;
                let present = self
                    .tree
                    .table(table)
                    .get(key.text.as_str())
                    .map(|item| item.datum.clone());
                let list = match present {
                    None => self.tree.add_list(Vec::new()),
                    Some(Datum::List(list)) => list,
                    Some(other) => return Err(not_a(&key.text, "list", &other)),
                };
                let result = self.list_item(list, index, dots);
                let origin = self.origin(place, key.end..self.at);
                self.put(
                    table,
                    &key.text,
                    Item {
                        datum: Datum::List(list),
                        origin,
                    },
                );
                result
            }
            '=' => self.value_of_key(table, &key.text, place),
            ',' => Err(error(format!(
                "key {:?} has no value (cannot end with ,)",
                key.text
            ))),
            _ => {
                dots += 1;
                if dots > MAX_DOTS {
                    return Err(error(format!("a key may have {MAX_DOTS} dots, no more")));
                }
                let present = self
                    .tree
                    .table(table)
                    .get(key.text.as_str())
                    .map(|item| item.datum.clone());
                let inner = match present {
                    None => self.tree.add_table(Table::new()),
                    Some(Datum::Table(inner)) => inner,
                    Some(other) => return Err(not_a(&key.text, "mapping", &other)),
                };
                let result = self.key(inner, dots);
                let is_empty = self.tree.table(inner).is_empty();
                if result.is_ok() && is_empty {
                    return Err(error(format!("key map {:?} has no value", key.text)));
                }
                if !is_empty {
                    let origin = self.origin(place, key.end..self.at);
                    self.put(
                        table,
                        &key.text,
                        Item {
                            datum: Datum::Table(inner),
                            origin,
                        },
                    );
                }
                result
            }
        }
    }

    fn value_of_key(&mut self, table: TableId, key: &str, place: std::ops::Range<usize>) -> Parsed<()> {
        let start = self.at;
        match self.kind {
            Kind::Json => {
                let datum = self.json()?;
                let origin = self.origin(place, start..self.at);
                self.put(table, key, Item { datum, origin });
                Ok(())
            }
            Kind::Literal => {
                let run = self.run(&[]);
                let origin = self.origin(place, start..self.at);
                self.put(
                    table,
                    key,
                    Item {
                        datum: Datum::Str(Arc::from(run.text)),
                        origin,
                    },
                );
                Ok(())
            }
            _ => match self.list_in_braces()? {
                Braces::List(list) => {
                    let origin = self.origin(place, start..self.at);
                    self.put(
                        table,
                        key,
                        Item {
                            datum: Datum::List(list),
                            origin,
                        },
                    );
                    Ok(())
                }
                Braces::End => {
                    let origin = self.origin(place, start..start);
                    self.put(
                        table,
                        key,
                        Item {
                            datum: Datum::Str(Arc::from("")),
                            origin,
                        },
                    );
                    Err(Stop::End)
                }
                Braces::None => {
                    let run = self.run(&[',']);
                    let datum = self.scalar(&run.text)?;
                    let origin = self.origin(place, run.start..run.end);
                    self.put(table, key, Item { datum, origin });
                    Ok(())
                }
            },
        }
    }

    fn index(&mut self) -> Parsed<i64> {
        let run = self.run(&[']']);
        if run.stop.is_none() {
            return Err(error("error parsing index: the `[` is not closed"));
        }
        // `strconv.Atoi` takes a sign; `_` and blanks it does not.
        run.text
            .parse()
            .map_err(|_| error(format!("error parsing index: {:?} is not a number", run.text)))
    }

    fn list_item(&mut self, list: ListId, index: i64, dots: usize) -> Parsed<()> {
        if index < 0 {
            return Err(error(format!("negative {index} index not allowed")));
        }
        let run = self.run(&['[', '.', '=']);
        if !run.text.is_empty() {
            return Err(error(format!(
                "unexpected data at end of array index: {:?}",
                run.text
            )));
        }
        let Some(stop) = run.stop else {
            return Err(Stop::End);
        };
        let place = run.start..run.end;
        let present = usize::try_from(index)
            .ok()
            .and_then(|at| self.tree.list(list).get(at))
            .map(|item| item.datum.clone());
        match stop {
            '=' => {
                let start = self.at;
                let datum = match self.kind {
                    Kind::Json => self.json()?,
                    Kind::Literal => Datum::Str(Arc::from(self.run(&[]).text)),
                    _ => match self.list_in_braces()? {
                        Braces::List(list) => Datum::List(list),
                        Braces::End => Datum::Str(Arc::from("")),
                        Braces::None => {
                            let run = self.run(&[',']);
                            self.scalar(&run.text)?
                        }
                    },
                };
                let origin = self.origin(place, start..self.at);
                self.put_index(list, index, Item { datum, origin })
            }
            '[' => {
                self.brackets += 1;
                if self.brackets > MAX_BRACKETS {
                    return Err(error(format!(
                        "a flag may have {MAX_BRACKETS} nested indexes, no more"
                    )));
                }
                let next = self.index()?;
                let inner = match present {
                    None | Some(Datum::Null) => self.tree.add_list(Vec::new()),
                    Some(Datum::List(inner)) => inner,
                    Some(other) => return Err(not_a(&format!("[{index}]"), "list", &other)),
                };
                self.list_item(inner, next, dots)?;
                let origin = self.origin(place, run.end..self.at);
                self.put_index(
                    list,
                    index,
                    Item {
                        datum: Datum::List(inner),
                        origin,
                    },
                )
            }
            _ => {
                let (inner, is_new) = match present {
                    Some(Datum::Table(inner)) => (inner, false),
                    present => (self.tree.add_table(Table::new()), present.is_some()),
                };
                let origin = self.origin(place.clone(), place.clone());
                let item = Item {
                    datum: Datum::Table(inner),
                    origin,
                };
                if is_new && let Ok(at) = usize::try_from(index) {
                    self.tree.list_mut(list)[at] = item;
                }
                self.key(inner, dots)?;
                let origin = self.origin(place, run.end..self.at);
                self.put_index(
                    list,
                    index,
                    Item {
                        datum: Datum::Table(inner),
                        origin,
                    },
                )
            }
        }
    }

    fn put_index(&mut self, list: ListId, index: i64, item: Item) -> Parsed<()> {
        if index > MAX_INDEX {
            return Err(error(format!(
                "index of {index} is greater than maximum supported index of {MAX_INDEX}"
            )));
        }
        let index = usize::try_from(index).map_err(|_| error("negative index"))?;
        let list = self.tree.list_mut(list);
        while list.len() <= index {
            list.push(Item {
                datum: Datum::Null,
                origin: Origin::unwritten(Layer::Flag),
            });
        }
        list[index] = item;
        Ok(())
    }

    /// `{a,b}`, if that is what comes next.
    fn list_in_braces(&mut self) -> Parsed<Braces> {
        match self.peek() {
            None => return Ok(Braces::End),
            Some('{') => {
                self.read();
            }
            Some(_) => return Ok(Braces::None),
        }
        let mut list = Vec::new();
        loop {
            let run = self.run(&[',', '}']);
            let Some(stop) = run.stop else {
                return Err(error("list must terminate with '}'"));
            };
            if stop == '}' && self.peek() == Some(',') {
                self.read();
            }
            let datum = self.scalar(&run.text)?;
            let origin = self.origin(run.start..run.end, run.start..run.end);
            list.push(Item {
                datum,
                origin: Origin { key: None, ..origin },
            });
            if stop == '}' {
                return Ok(Braces::List(self.tree.add_list(list)));
            }
        }
    }

    /// One JSON value and the blanks and the comma behind it; null when there is none.
    fn json(&mut self) -> Parsed<Datum> {
        if self.skip_to_value() {
            return Ok(Datum::Null);
        }
        let mut values =
            serde_json::Deserializer::from_str(&self.text[self.at..]).into_iter::<serde_json::Value>();
        let value = match values.next() {
            None => return Err(Stop::End),
            Some(Err(problem)) => return Err(error(problem.to_string())),
            Some(Ok(value)) => value,
        };
        let start = self.at;
        self.at += values.byte_offset();
        let origin = self.origin(start..start, start..self.at);
        let datum = from_json(self.tree, value, Origin { key: None, ..origin });
        self.skip_to_value();
        Ok(datum)
    }

    /// Skips blanks and one comma; whether nothing was before it.
    fn skip_to_value(&mut self) -> bool {
        loop {
            match self.peek() {
                None => return true,
                Some(',') => {
                    self.read();
                    return true;
                }
                Some(char) if char.is_whitespace() => {
                    self.read();
                }
                Some(_) => return false,
            }
        }
    }

    fn scalar(&mut self, text: &str) -> Parsed<Datum> {
        Ok(match &mut self.kind {
            Kind::Typed => typed(text),
            Kind::File(read) => {
                let bytes = read(text).map_err(Stop::Error)?;
                match String::from_utf8(bytes) {
                    Ok(text) => Datum::Str(Arc::from(text)),
                    Err(bytes) => Datum::Bytes(Arc::from(bytes.into_bytes())),
                }
            }
            Kind::Text | Kind::Json | Kind::Literal => Datum::Str(Arc::from(text)),
        })
    }
}

enum Braces {
    List(ListId),
    End,
    None,
}

fn error(message: impl Into<String>) -> Stop {
    Stop::Error(message.into())
}

fn not_a(key: &str, wanted: &str, found: &Datum) -> Stop {
    error(format!(
        "`{key}` is {} already, not a {wanted}",
        super::tree::kind(found)
    ))
}

/// Upstream: `typedVal` of `pkg/strvals/parser.go`. A leading zero keeps a number text: `007`.
fn typed(text: &str) -> Datum {
    if text.eq_ignore_ascii_case("true") {
        return Datum::Bool(true);
    }
    if text.eq_ignore_ascii_case("false") {
        return Datum::Bool(false);
    }
    if text.eq_ignore_ascii_case("null") {
        return Datum::Null;
    }
    if text == "0" {
        return Datum::Int(0);
    }
    if !text.starts_with('0')
        && let Ok(value) = text.parse()
    {
        return Datum::Int(value);
    }
    Datum::Str(Arc::from(text))
}

/// A JSON value as `encoding/json` decodes it: every number a float.
pub(super) fn from_json(tree: &mut Tree, value: serde_json::Value, origin: Origin) -> Datum {
    match value {
        serde_json::Value::Null => Datum::Null,
        serde_json::Value::Bool(value) => Datum::Bool(value),
        serde_json::Value::Number(value) => Datum::Float(value.as_f64().unwrap_or(f64::NAN)),
        serde_json::Value::String(value) => Datum::Str(Arc::from(value)),
        serde_json::Value::Array(items) => {
            let list = items
                .into_iter()
                .map(|item| Item {
                    datum: from_json(tree, item, origin),
                    origin,
                })
                .collect();
            Datum::List(tree.add_list(list))
        }
        serde_json::Value::Object(entries) => {
            let mut table = Table::with_capacity(entries.len());
            for (key, value) in entries {
                table.insert(
                    Arc::from(key),
                    Item {
                        datum: from_json(tree, value, origin),
                        origin,
                    },
                );
            }
            Datum::Table(tree.add_table(table))
        }
    }
}
