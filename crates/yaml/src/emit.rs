//! Prints values as go-yaml does: `yaml.Marshal` of v2, or the indent-2 encoder of v3.
//!
//! The [`Emitter`] is told values one by one and keeps no tree. The caller brings mapping keys in the order of
//! [`Dialect::cmp_key_strings`], for Go maps have no order and go-yaml sorts them.
//!
//! # What `toYaml` prints
//! `sigs.k8s.io/yaml.Marshal`, Helm's `toYaml`, writes JSON, reads that as YAML, and prints what it read with v2. To print the
//! same from values directly:
//! - A float goes through [`json_float`]: a whole one below 2^64 becomes an integer, `-0.0` becomes `0`, NaN and infinities are
//!   errors; what remains prints in Go's `%g` (`1e-07`, `1e+21`). Integers stay exact, also above 2^53.
//! - A `json.Number` goes through [`json_number`], which is go-yaml's reading of its text.
//! - A string value goes through [`json_str`], a key through [`json_key`]: characters that YAML forbids are errors (`toYaml` then
//!   gives an empty string), U+0085 is folded, and a key may have 1,024 characters of JSON at most.
//! - Then an [`Emitter`] of [`Dialect::V2`] prints it.
//!
//! ```
//! use plimsoll_yaml::emit::{Dialect, Emitter};
//!
//! let mut emitter = Emitter::new(Dialect::V2);
//! emitter.begin_mapping(2);
//! emitter.string("items");
//! emitter.begin_sequence(2);
//! emitter.int(1);
//! emitter.string("yes");
//! emitter.end();
//! emitter.string("none");
//! emitter.begin_mapping(0);
//! emitter.end();
//! emitter.end();
//! assert_eq!(emitter.finish(), "items:\n- 1\n- \"yes\"\nnone: {}\n");
//! ```

mod scalar;
mod through_json;

use crate::float::format_float;
use crate::order::{self, Key};
use crate::resolve::{self, Scalar};
use std::cmp::Ordering;

pub use through_json::{json_float, json_key, json_number, json_str};

/// Whose output to print.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// go-yaml v2 `yaml.Marshal`: what Helm's `toYaml` and kubectl print. Lines fold behind column 80, sequences in mappings
    /// are not indented.
    V2,
    /// go-yaml v3 with `SetIndent(2)`: what Helm's `toYamlPretty` prints. Lines never fold, sequences in mappings are indented.
    V3,
}

impl Dialect {
    /// The order in which go-yaml prints the keys of a map.
    #[must_use]
    pub fn cmp_keys(self, a: Key<'_>, b: Key<'_>) -> Ordering {
        match self {
            Self::V2 => order::cmp_keys(a, b),
            Self::V3 => order::cmp_keys_v3(a, b),
        }
    }

    /// The same for keys that are strings.
    #[must_use]
    pub fn cmp_key_strings(self, a: &str, b: &str) -> Ordering {
        match self {
            Self::V2 => order::cmp_key_strings(a, b),
            Self::V3 => order::cmp_key_strings_v3(a, b),
        }
    }

    /// Sorts `entries` by [`cmp_key_strings`](Self::cmp_key_strings) of their keys. Use this instead of `slice::sort_by`, which
    /// may panic: go-yaml's order has cycles (digits beyond 64 bits wrap around). It is stable and never panics.
    pub fn sort_by_key<T>(self, entries: &mut Vec<T>, key: impl Fn(&T) -> &str) {
        order::merge_sort(entries, |a, b| self.cmp_key_strings(key(a), key(b)));
    }

    /// Column behind which a space becomes a line break.
    fn width(self) -> usize {
        match self {
            Self::V2 => 80,
            Self::V3 => usize::MAX,
        }
    }
}

/// What comes next in an open collection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Next {
    Item,
    Key,
    /// The value of a key written before its `:`.
    Value,
    /// The value of a key written behind `? `.
    ComplexValue,
    /// The end: the collection is empty and already printed.
    End,
}

#[derive(Clone, Copy, Debug)]
struct Open {
    next: Next,
    /// Indentation outside of the collection; -1 outside of the document.
    outer: isize,
}

/// Prints one document. Give it exactly one node: a scalar, or a collection between `begin_…` and [`end`](Self::end); in a
/// mapping each entry is two nodes, the key and the value. What comes beyond that is ignored.
#[derive(Clone, Debug)]
pub struct Emitter {
    dialect: Dialect,
    out: String,
    /// Characters on the current line.
    column: usize,
    indent: isize,
    /// The last thing written was blank.
    whitespace: bool,
    /// Nothing but indentation and indicators are on the line.
    indention: bool,
    open: Vec<Open>,
    done: bool,
}

impl Emitter {
    /// An emitter with nothing printed.
    #[must_use]
    pub fn new(dialect: Dialect) -> Self {
        Self::with_capacity(dialect, 0)
    }

    /// An emitter with room for `bytes` of output.
    #[must_use]
    pub fn with_capacity(dialect: Dialect, bytes: usize) -> Self {
        Self {
            dialect,
            out: String::with_capacity(bytes),
            column: 0,
            indent: -1,
            whitespace: true,
            indention: true,
            open: Vec::new(),
            done: false,
        }
    }

    /// Starts a mapping of `len` entries. go-yaml prints an empty one as `{}`, so the number must be known.
    pub fn begin_mapping(&mut self, len: usize) {
        self.begin(Next::Key, len, "{}");
    }

    /// Starts a sequence of `len` items.
    pub fn begin_sequence(&mut self, len: usize) {
        self.begin(Next::Item, len, "[]");
    }

    fn begin(&mut self, next: Next, len: usize, empty: &str) {
        if self.done {
            return;
        }
        let simple = len == 0;
        let in_mapping = self.prefix(simple);
        let outer = self.indent;
        if len == 0 {
            self.indicator(empty, true, false, false);
            self.open.push(Open {
                next: Next::End,
                outer,
            });
            return;
        }
        // A sequence that starts behind `key:` stays at the key's column, in v2.
        let indentless = self.dialect == Dialect::V2 && next == Next::Item && in_mapping && !self.indention;
        if self.indent < 0 {
            self.indent = 0;
        } else if !indentless {
            self.indent += 2;
        }
        self.open.push(Open { next, outer });
    }

    /// Ends the innermost open collection.
    pub fn end(&mut self) {
        if let Some(open) = self.open.pop() {
            self.indent = open.outer;
        }
        self.done = self.open.is_empty();
    }

    /// Prints `null`.
    pub fn null(&mut self) {
        self.word("null");
    }

    /// Prints a truth value.
    pub fn bool(&mut self, value: bool) {
        self.word(if value { "true" } else { "false" });
    }

    /// Prints an integer.
    pub fn int(&mut self, value: i64) {
        self.word(&value.to_string());
    }

    /// Prints an integer.
    pub fn uint(&mut self, value: u64) {
        self.word(&value.to_string());
    }

    /// Prints a float as go-yaml prints a `float64`: `1`, `1e+06`, `.inf`.
    pub fn float(&mut self, value: f64) {
        self.word(&format_float(value));
    }

    /// Prints a `time.Time` as go-yaml v3 prints one, given in the form of RFC 3339: never in quotes.
    pub fn timestamp(&mut self, text: &str) {
        self.word(text);
    }

    /// Prints a `json.Number` as go-yaml prints one it is given directly. v2 prints an integer if Go's `Int64` takes the text,
    /// else a float, else a string; to v3 it is a string like any other. For a number that goes through JSON first see
    /// [`json_number`].
    pub fn number_literal(&mut self, text: &str) {
        if self.dialect == Dialect::V3 {
            self.string(text);
        } else if let Ok(value) = text.parse::<i64>() {
            self.int(value);
        } else if let Some(value) = resolve::go_float(text) {
            self.float(value);
        } else {
            self.string(text);
        }
    }

    /// Prints a scalar of the tree as the value it has.
    pub fn scalar(&mut self, scalar: Scalar<'_>) {
        match scalar {
            Scalar::Null => self.null(),
            Scalar::Bool(value) => self.bool(value),
            Scalar::Int(value) => self.int(value),
            Scalar::Uint(value) => self.uint(value),
            Scalar::Float(value) => self.float(value),
            Scalar::Str(text) | Scalar::Timestamp(text) => self.string(text),
            Scalar::Binary(text) => self.bytes(&resolve::decode_base64(text).unwrap_or_default()),
        }
    }

    /// Prints a string of bytes: as text if it is UTF-8, else as `!!binary`.
    pub fn bytes(&mut self, bytes: &[u8]) {
        match std::str::from_utf8(bytes) {
            Ok(text) => self.string(text),
            Err(_) => self.binary(&resolve::encode_base64(bytes)),
        }
    }

    /// The output, which ends with a line break. Empty if nothing was printed.
    #[must_use]
    pub fn finish(mut self) -> String {
        if !self.out.is_empty() && (!self.indention || self.column > 0) {
            self.out.push('\n');
        }
        self.out
    }

    /// A scalar that is printed as it is.
    fn word(&mut self, text: &str) {
        if self.done {
            return;
        }
        self.prefix(text.len() <= scalar::LONGEST_SIMPLE_KEY);
        self.space();
        self.put_ascii(text);
        self.whitespace = false;
        self.indention = false;
        self.node_done();
    }

    fn node_done(&mut self) {
        self.done = self.open.is_empty();
    }

    /// Prints what stands before a node: indentation, `- `, `? `, `: `. `simple` says whether the node may be a key before `:`.
    /// Returns whether the node stands in a mapping.
    fn prefix(&mut self, simple: bool) -> bool {
        let Some(open) = self.open.last_mut() else {
            return false;
        };
        match open.next {
            Next::Item => {
                self.write_indent();
                self.indicator("-", true, false, true);
                return false;
            }
            Next::Key => {
                open.next = if simple { Next::Value } else { Next::ComplexValue };
                self.write_indent();
                if !simple {
                    self.indicator("?", true, false, true);
                }
            }
            Next::Value => {
                open.next = Next::Key;
                self.indicator(":", false, false, false);
            }
            Next::ComplexValue => {
                open.next = Next::Key;
                self.write_indent();
                self.indicator(":", true, false, true);
            }
            Next::End => {}
        }
        true
    }

    /// Whether the node whose prefix was just printed is a key before `:`.
    fn is_simple_key(&self) -> bool {
        self.open.last().is_some_and(|open| open.next == Next::Value)
    }

    fn put_ascii(&mut self, text: &str) {
        self.out.push_str(text);
        self.column += text.len();
    }

    fn put_break(&mut self) {
        self.out.push('\n');
        self.column = 0;
        if self.dialect == Dialect::V3 {
            self.indention = true;
        }
    }

    /// A space, unless the last thing written was blank.
    fn space(&mut self) {
        if !self.whitespace {
            self.put_ascii(" ");
        }
    }

    fn indicator(&mut self, text: &str, need_space: bool, whitespace: bool, indention: bool) {
        if need_space {
            self.space();
        }
        self.put_ascii(text);
        self.whitespace = whitespace;
        self.indention &= indention;
    }

    fn write_indent(&mut self) {
        let indent = self.indent.max(0) as usize;
        if !self.indention || self.column > indent || (self.column == indent && !self.whitespace) {
            self.put_break();
        }
        while self.column < indent {
            self.put_ascii(" ");
        }
        self.whitespace = true;
        if self.dialect == Dialect::V2 {
            self.indention = true;
        }
    }
}
