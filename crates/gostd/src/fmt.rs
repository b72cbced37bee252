//! Go's `fmt`: `Sprintf`, `Sprint` and `Sprintln` of any values that can show themselves as Go ones.
//!
//! The crate knows no value type: a caller implements `Operand`, which says what a value is made of, and gets every
//! verb, flag, width, precision, argument index and `%!` complaint of Go. Invariant: output is bounded in size and
//! depth, also of values that hold themselves (Go overflows its stack on those).

mod printer;
mod verb;

use crate::strconv::FloatSize;

pub use printer::{sprint, sprintf, sprintln};

/// The most bytes that one call prints.
pub const MAX_OUTPUT: usize = 64 << 20;

/// The deepest nesting that is printed.
pub const MAX_DEPTH: usize = 1_000;

/// What is printed for the address of anything that is not nil. Go's own addresses differ from run to run; ours must not,
/// since the same input gives the same output. This one is where Go's heap begins on most systems.
pub const ADDRESS: u64 = 0xc0_0000_a000;

/// The output or the nesting is beyond what is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooLarge;

impl std::fmt::Display for TooLarge {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("value is too large or too deeply nested to print")
    }
}

impl std::error::Error for TooLarge {}

/// What a value is made of, as reflection shows it.
pub enum Shape<O: Operand> {
    /// The nil `interface {}`.
    Nil,
    Bool(bool),
    Int(i64),
    Uint(u64),
    Float(f64, FloatSize),
    Complex(f64, f64),
    Text(O::Text),
    /// A slice of bytes; none is the nil one.
    Bytes(Option<O::Text>),
    /// Any other slice; none is the nil one.
    List(Option<Vec<O>>),
    /// A map with string keys, sorted; none is the nil one.
    Map(Option<Vec<(O::Text, O)>>),
    Struct(Vec<(&'static str, O)>),
    /// A pointer to a struct, slice or map; none is the nil one.
    Pointer(Option<O>),
    Func,
}

/// A value that can be printed.
pub trait Operand: Sized {
    /// How it holds strings.
    type Text: AsRef<[u8]>;

    fn shape(&self) -> Shape<Self>;

    /// The Go type: `map[string]interface {}`.
    fn type_name(&self) -> String;

    /// What its `String` or `Error` method gives, when it has one.
    fn method_text(&self) -> Option<Self::Text>;
}
