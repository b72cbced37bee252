//! Go's text/template: parse once, execute many times, with Go's output and Go's errors, byte for byte.
//!
//! - `value`: what templates see (`Value`, `Str`, `List`, `Map`, `Object`), `types`: Go's types of it
//! - `func`: the functions that templates call, and how Rust functions become them
//! - `error`: errors as data, with Go's sentences

pub mod error;
pub mod func;
mod string;
pub mod types;
pub mod value;

pub use error::{Error, ErrorKind, Limit, Place};
pub use func::{Context, FuncError, Function, Functions, Rest};
pub use types::{Field, Kind, Named, Type};
pub use value::{GoObject, List, Map, Object, Str, StructValue, Value};
