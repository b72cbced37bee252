//! The methods of `.Values`: `AsMap`, `Table`, `PathValue`, `YAML`; and `Encode`, which needs a writer that templates do not
//! have.
//!
//! Upstream: `pkg/chart/common/values.go` of Helm 4.3.1, `pkg/chartutil/values.go` of 3.22.0.

use plimsoll_gotpl::func::{Args, FromArg as _, FuncError, Functions, Signature};
use plimsoll_gotpl::types::Type;
use plimsoll_gotpl::value::{Map, Str, Value};

/// The methods of a type of values.
pub(super) fn methods(ty: &'static Type) -> Functions {
    let mut methods = Functions::new();
    methods.add("AsMap", |values: Value| match values {
        Value::Map(map) if !map.is_empty() => Value::Map(map.with_type(Type::MAP)),
        _ => Value::Map(Map::new()),
    });
    methods.add("YAML", |values: Value| -> Result<String, FuncError> {
        Ok(plimsoll_sprig::to_yaml(&values)? + "\n")
    });
    // A call fails whatever it is given; what is no writer cannot be its argument.
    methods.add("Encode", |_: Value, _: Value| -> Result<String, FuncError> {
        Err(FuncError::new("a template has no io.Writer to give to Encode"))
    });
    let signature = |result| Signature {
        params: &[&Type::Any, &Type::String],
        variadic: false,
        result,
    };
    methods.add_raw("Table", signature(ty), move |_, args| {
        let (values, path) = receive(args)?;
        Ok(Value::Map(
            table(values, path.split(|byte| *byte == b'.'))?.with_type(ty),
        ))
    });
    methods.add_raw("PathValue", signature(&Type::Any), |_, args| {
        let (values, path) = receive(args)?;
        if path.is_empty() {
            return Err(FuncError::new("YAML path cannot be empty"));
        }
        let (tables, key) = match path.iter().rposition(|byte| *byte == b'.') {
            Some(dot) => (Some(&path[..dot]), &path[dot + 1..]),
            None => (None, &path[..]),
        };
        let table = match tables {
            Some(path) => table(values, path.split(|byte| *byte == b'.')).ok(),
            None => Some(values),
        };
        match table.and_then(|table| table.get(key)) {
            Some(value) if !matches!(value, Value::Map(_)) => Ok(value),
            _ => Err(no(key, "a value")),
        }
    });
    methods
}

fn receive(args: &mut Args<'_>) -> Result<(Map, Str), FuncError> {
    let values = match args.next() {
        Some(Value::Map(map)) => map,
        _ => Map::new(),
    };
    Ok((values, Str::from_arg(args.next().unwrap_or_default())?))
}

/// Upstream: `tableLookup` for each name.
fn table<'p>(values: Map, path: impl Iterator<Item = &'p [u8]>) -> Result<Map, FuncError> {
    let mut table = values;
    for name in path {
        table = match table.get(name) {
            Some(Value::Map(inner)) => inner,
            _ => return Err(no(name, "a table")),
        };
    }
    Ok(table)
}

/// Upstream: `ErrNoTable`, `ErrNoValue`.
fn no(key: &[u8], what: &str) -> FuncError {
    let key = plimsoll_gostd::strconv::quote(key);
    FuncError::new(format!("{key} is not {what}"))
}
