//! What must be there, what stands in, and what ends the render. Page: `docs/jinja/flow.md`.

use minijinja::value::{Rest, Value};
use minijinja::{Environment, Error, ErrorKind};

use super::invalid;

/// Marks the errors of `fail` and `required`, whose text is the chart author's own.
pub(in super::super) const AUTHOR: &str = "\u{1}";

pub(super) fn add(env: &mut Environment<'_>) {
    env.add_filter("required", |value: &Value, message: &str| {
        required(message, value)
    });
    env.add_function("required", required);
    env.add_function("fail", fail);
    env.add_filter("default", default);
    env.add_filter("d", default);
}

/// `value | required("message")` or `required("message", value)`: the value, unless it is undefined, null or empty text.
fn required(message: &str, value: &Value) -> Result<Value, Error> {
    if value.is_undefined() || value.is_none() || value.as_str() == Some("") {
        return fail(message);
    }
    Ok(value.clone())
}

/// `fail("message")` ends the render.
fn fail(message: &str) -> Result<Value, Error> {
    Err(invalid(format!("{AUTHOR}{message}")))
}

/// `value | default(other)`: `other` for what is undefined or null; `default(other, true)` also for what is empty.
///
/// Jinja's own leaves null alone, but a key without a value is how values files say "not set".
fn default(value: &Value, arguments: Rest<Value>) -> Result<Value, Error> {
    if arguments.len() > 2 {
        return Err(Error::from(ErrorKind::TooManyArguments));
    }
    let takes_empty = arguments.get(1).is_some_and(Value::is_true);
    let is_missing = value.is_undefined() || value.is_none() || takes_empty && !value.is_true();
    Ok(if is_missing {
        arguments.first().cloned().unwrap_or_else(|| Value::from(""))
    } else {
        value.clone()
    })
}
