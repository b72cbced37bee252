//! Go's text/template: parse once, execute many times, with Go's output and Go's errors, byte for byte.
//!
//! - `set`, `exec`: sets of templates, and running them
//! - `value`: what templates see (`Value`, `Str`, `List`, `Map`, `Object`); `types`: Go's types of it
//! - `func`: the functions that templates call, and how Rust functions become them; `builtin`: Go's own
//! - `print`: `fmt.Sprintf` of values
//! - `error`: errors as data, with Go's sentences; `trace`: where output came from; `reads`: what of their data
//!   templates may read
//!
//! ```
//! use std::sync::Arc;
//! use plimsoll_gotpl::{Execution, Functions, Map, MissingKey, TemplateSet, Value};
//!
//! let mut set = TemplateSet::new("gotpl", Arc::new(Functions::new()), MissingKey::Zero);
//! set.parse("greeting", br#"{{ define "who" }}{{ .name | printf "%q" }}{{ end }}Hello {{ template "who" . }}"#)?;
//! let data = Value::Map(Map::from_pairs([("name", Value::from("world"))]));
//! assert_eq!(Execution::new(&set).execute("greeting", data)?, br#"Hello "world""#);
//!
//! let error = set.parse("broken", b"\n{{ nofunc }}").unwrap_err();
//! assert_eq!(error.to_string(), r#"template: broken:2: function "nofunc" not defined"#);
//! # Ok::<(), plimsoll_gotpl::Error>(())
//! ```

#![allow(
    clippy::result_large_err,
    reason = "an error ends the run, and carries where it happened"
)]

mod action;
mod builtin;
pub mod error;
mod exec;
pub mod func;
mod lex;
mod node;
mod parse;
pub mod print;
pub mod reads;
mod set;
mod string;
pub mod trace;
pub mod types;
pub mod value;

pub use action::Action;
pub use builtin::{html_escape, js_escape, query_escape};
pub use error::{Error, ErrorKind, Limit, Place};
pub use exec::{Execution, Limits, on_large_stack};
pub use func::{Context, FuncError, Function, Functions, Rest, TextError};
pub use node::{Source, Tree};
pub use parse::MAX_NESTING;
pub use set::{MissingKey, Parsed, TemplateSet};
pub use trace::{NoTrace, Trace};
pub use types::{Field, Kind, Named, Type};
pub use value::{GoObject, List, Map, Object, Str, StructValue, Value};
