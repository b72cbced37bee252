//! Go's panics: text/template turns one inside a function into the error of the call, so their sentences are seen.

use plimsoll_gotpl::{FuncError, Value};

/// A method called on the nil `reflect.Type` or pointer.
pub(crate) fn nil_dereference() -> FuncError {
    FuncError::new("runtime error: invalid memory address or nil pointer dereference")
}

/// `make` with a negative or huge length.
pub(crate) fn makeslice() -> FuncError {
    FuncError::new("runtime error: makeslice: len out of range")
}

/// `/` or `%` by zero.
pub(crate) fn divide_by_zero() -> FuncError {
    FuncError::new("runtime error: integer divide by zero")
}

/// A type assertion that does not hold: `v.(wanted)`.
pub(crate) fn conversion(value: &Value, wanted: &str) -> FuncError {
    match value {
        Value::Nil => FuncError::new(format!(
            "interface conversion: interface {{}} is nil, not {wanted}"
        )),
        other => FuncError::new(format!(
            "interface conversion: interface {{}} is {}, not {wanted}",
            other.ty()
        )),
    }
}
