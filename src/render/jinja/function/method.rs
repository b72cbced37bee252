//! The methods Jinja authors expect of Python's text and mappings. Page: `docs/jinja/methods.md`.

use minijinja::value::{Value, ValueKind, from_args};
use minijinja::{Environment, Error, ErrorKind, State};

pub(super) fn add(env: &mut Environment<'_>) {
    env.set_unknown_method_callback(call);
}

fn call(state: &mut State<'_, '_>, value: &Value, method: &str, arguments: &[Value]) -> Result<Value, Error> {
    match value.kind() {
        ValueKind::Map => of_map(state, value, method, arguments),
        ValueKind::String => of_text(state, value, method, arguments),
        _ => Err(Error::from(ErrorKind::UnknownMethod)),
    }
}

fn of_map(state: &mut State<'_, '_>, map: &Value, method: &str, arguments: &[Value]) -> Result<Value, Error> {
    match method {
        "get" => {
            let (key, other): (&Value, Option<Value>) = from_args(arguments)?;
            let found = map.get_item(key)?;
            Ok(if found.is_undefined() {
                other.unwrap_or_else(|| Value::from(()))
            } else {
                found
            })
        }
        "items" => {
            let () = from_args(arguments)?;
            state.apply_filter("items", std::slice::from_ref(map))
        }
        "keys" => {
            let () = from_args(arguments)?;
            Ok(map.try_iter()?.collect())
        }
        "values" => {
            let () = from_args(arguments)?;
            map.try_iter()?
                .map(|key| map.get_item(&key))
                .collect::<Result<Vec<Value>, Error>>()
                .map(Value::from)
        }
        _ => Err(Error::from(ErrorKind::UnknownMethod)),
    }
}

fn of_text(
    state: &mut State<'_, '_>,
    value: &Value,
    method: &str,
    arguments: &[Value],
) -> Result<Value, Error> {
    let text = value.as_str().unwrap_or_default();
    let filter = match method {
        "startswith" => {
            let (start,): (&str,) = from_args(arguments)?;
            return Ok(Value::from(text.starts_with(start)));
        }
        "endswith" => {
            let (end,): (&str,) = from_args(arguments)?;
            return Ok(Value::from(text.ends_with(end)));
        }
        "strip" => "trim",
        "splitlines" => "lines",
        "upper" | "lower" | "title" | "capitalize" | "replace" | "split" => method,
        _ => return Err(Error::from(ErrorKind::UnknownMethod)),
    };
    let arguments: Vec<Value> = std::iter::once(value).chain(arguments).cloned().collect();
    state.apply_filter(filter, &arguments)
}
