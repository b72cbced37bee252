//! Filters and functions for chart authors, one file an area, each with its page in `docs/jinja/`, whose examples are tests.
//!
//! What Jinja itself has (`upper`, `join`, `selectattr`, `range` …) comes from minijinja and is not repeated here.

mod data;
mod encoding;
mod flow;
mod hash;
mod merge;
mod method;
mod nested;
mod number;
mod text;
mod version;

use std::sync::Arc;

use minijinja::value::{Value, ValueKind};
use minijinja::{Environment, Error, ErrorKind};

use super::limits::{Budget, MAX_TEXT};
use super::print;

#[cfg(test)]
pub(super) use data::read_yaml;
pub(super) use flow::AUTHOR;

/// Adds all of them.
pub(super) fn add(env: &mut Environment<'_>, budget: &Arc<Budget>) {
    data::add(env);
    encoding::add(env);
    flow::add(env);
    hash::add(env);
    merge::add(env);
    method::add(env);
    nested::add(env, budget);
    number::add(env);
    text::add(env);
    version::add(env);
}

fn invalid(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::InvalidOperation, message.into())
}

/// What a scalar is printed as; an error for anything else, for a list in quotes is never meant.
fn scalar(value: &Value, filter: &str) -> Result<String, Error> {
    match value.kind() {
        ValueKind::Seq | ValueKind::Map | ValueKind::Iterable => Err(invalid(format!(
            "`{filter}` takes text, a number or a boolean, not a {}: use `to_yaml` or `to_json` first",
            value.kind()
        ))),
        ValueKind::Undefined => Err(Error::from(ErrorKind::UndefinedError)),
        _ => print::text(value),
    }
}

/// A result, unless it is longer than any manifest.
fn bounded(text: String) -> Result<String, Error> {
    if text.len() > MAX_TEXT {
        Err(invalid(format!("text longer than {MAX_TEXT} bytes")))
    } else {
        Ok(text)
    }
}
