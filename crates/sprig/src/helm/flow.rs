//! Templates within templates, and stopping: `include`, `tpl`, `required`, `fail`, `lookup`.

use plimsoll_gostd::strconv;
use plimsoll_gotpl::func::TextError;
use plimsoll_gotpl::{Context, FuncError, Functions, Map, Str, Value};

/// `include NAME DATA` — what the template writes.
fn include(cx: &mut Context<'_>, name: Str, data: Value) -> Result<Str, FuncError> {
    cx.execute(&name, data)
}

/// `tpl TEXT DATA` — what the text writes as a template, without the `<no value>` of missing ones.
fn tpl(cx: &mut Context<'_>, text: Str, data: Value) -> Result<Str, FuncError> {
    // Helm gives the clone the name of the whole set.
    match cx.execute_text("gotpl", &text, data) {
        Ok(output) => Ok(without_no_value(&output)),
        Err(TextError::Parse(error)) => {
            Err(error.prefixed(format_args!("cannot parse template {}: ", strconv::quote(&text))))
        }
        Err(TextError::Exec(error)) => Err(error.prefixed(format_args!(
            "error during tpl function execution for {}: ",
            strconv::quote(&text)
        ))),
    }
}

/// Removes every `<no value>`, as Helm does with whatever was rendered.
fn without_no_value(output: &Str) -> Str {
    const NO_VALUE: &[u8] = b"<no value>";
    if !output.windows(NO_VALUE.len()).any(|part| part == NO_VALUE) {
        return output.clone();
    }
    let mut kept = Vec::with_capacity(output.len());
    let mut rest: &[u8] = output;
    while let Some((&first, after)) = rest.split_first() {
        if let Some(after) = rest.strip_prefix(NO_VALUE) {
            rest = after;
        } else {
            kept.push(first);
            rest = after;
        }
    }
    kept.into()
}

/// `required MESSAGE V` — V, unless it is nil or the empty string.
fn required(message: Str, value: Value) -> Result<Value, FuncError> {
    match &value {
        Value::Nil => Err(warning(&message)),
        Value::Str(text) if text.is_empty() => Err(warning(&message)),
        _ => Ok(value),
    }
}

/// `fail MESSAGE`
fn fail(message: Str) -> Result<Str, FuncError> {
    Err(warning(&message))
}

/// Helm marks a message that is meant for the user, to cut it out of the errors around it.
fn warning(message: &Str) -> FuncError {
    FuncError::new(format!("HELM_ERR_START{message}HELM_ERR_END"))
}

/// `lookup VERSION KIND NAMESPACE NAME` — nothing exists without a cluster.
fn lookup(_: Str, _: Str, _: Str, _: Str) -> Map {
    Map::new()
}

pub(super) fn add(functions: &mut Functions) {
    functions.add_with_context("include", include);
    functions.add_with_context("tpl", tpl);
    functions.add("required", required);
    functions.add("fail", fail);
    functions.add("lookup", lookup);
}
