//! Numbers. Page: `docs/jinja/numbers.md`.

use minijinja::value::{Value, ValueKind};
use minijinja::{Environment, Error};

use super::invalid;

pub(super) fn add(env: &mut Environment<'_>) {
    env.add_filter("to_int", to_int);
}

/// `value | to_int`: text, a float (its fraction is cut) or a boolean as an integer; an error for anything else, where
/// Jinja's own `int` gives 0.
fn to_int(value: &Value) -> Result<i64, Error> {
    let wrong = || invalid(format!("`{value}` is not a whole number"));
    match value.kind() {
        ValueKind::Bool => Ok(i64::from(value.is_true())),
        ValueKind::Number => {
            let float = || {
                f64::try_from(value.clone())
                    .ok()
                    .filter(|number| number.abs() < 9.2e18)
                    .map(|number| number as i64)
            };
            i64::try_from(value.clone()).ok().or_else(float).ok_or_else(wrong)
        }
        ValueKind::String => value
            .as_str()
            .and_then(|text| text.trim().parse().ok())
            .ok_or_else(wrong),
        _ => Err(wrong()),
    }
}
