//! How a value is printed: so that it is read back as the same value from YAML.
//!
//! Jinja prints Python's words (`True`, `None`); here a boolean is `true`, null is `null`, and a list or mapping is JSON, which
//! is YAML on one line. Text is printed as it is: nothing is escaped.

use minijinja::value::{Value, ValueKind};
use minijinja::{Error, ErrorKind, Output, State};

/// The environment's formatter: what `{{ … }}` prints.
pub(super) fn formatter(out: &mut Output<'_>, _: &mut State<'_, '_>, value: &Value) -> Result<(), Error> {
    match value.as_str() {
        Some(text) => out.write_str(text)?,
        None => out.write_str(&text(value)?)?,
    }
    Ok(())
}

/// What a value is printed as.
pub(super) fn text(value: &Value) -> Result<String, Error> {
    Ok(match value.kind() {
        ValueKind::Undefined => String::new(),
        ValueKind::None => "null".to_owned(),
        ValueKind::Bool => (if value.is_true() { "true" } else { "false" }).to_owned(),
        ValueKind::Number if value.is_integer() => value.to_string(),
        ValueKind::Number => f64::try_from(value.clone()).map_or_else(|_| value.to_string(), float),
        ValueKind::Seq | ValueKind::Map | ValueKind::Iterable => json(value)?,
        _ => value.to_string(),
    })
}

/// A value as JSON on one line.
pub(super) fn json(value: &Value) -> Result<String, Error> {
    serde_json::to_string(value).map_err(|error| {
        Error::new(
            ErrorKind::BadSerialization,
            format!("this cannot be written as JSON: {error}"),
        )
    })
}

/// A float with a point or an exponent, so that it stays one: `1.0`, `0.5`, `1e+21`.
fn float(value: f64) -> String {
    if value.is_nan() {
        return ".nan".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { ".inf" } else { "-.inf" }.to_owned();
    }
    let magnitude = value.abs();
    if magnitude != 0.0 && !(1e-6..1e21).contains(&magnitude) {
        let text = format!("{value:e}");
        return if magnitude > 1.0 {
            text.replace('e', "e+")
        } else {
            text
        };
    }
    format!("{value:?}")
}
