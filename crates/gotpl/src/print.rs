//! Values as `fmt` prints them.

use plimsoll_gostd::fmt::{self, Operand, Shape, TooLarge};
use plimsoll_gostd::strconv::FloatSize;

use crate::func::FuncError;
use crate::value::{Str, Value};

impl Operand for Value {
    type Text = Str;

    fn shape(&self) -> Shape<Self> {
        match self {
            Self::Nil => Shape::Nil,
            Self::Bool(value) => Shape::Bool(*value),
            Self::Int(value, _) => Shape::Int(*value),
            Self::Uint(value, _) => Shape::Uint(*value),
            Self::Float(value) => Shape::Float(*value, FloatSize::F64),
            Self::Float32(value) => Shape::Float(f64::from(*value), FloatSize::F32),
            Self::Complex(re, im) => Shape::Complex(*re, *im),
            Self::Str(text) => Shape::Text(text.clone()),
            Self::List(list) if list.is_bytes() => {
                Shape::Bytes((!list.is_nil()).then(|| list.to_bytes()).flatten())
            }
            Self::List(list) => Shape::List((!list.is_nil()).then(|| list.to_vec())),
            Self::Map(map) => Shape::Map((!map.is_nil()).then(|| map.to_vec())),
            Self::NilPtr(_) => Shape::Pointer(None),
            Self::Func(_) => Shape::Func,
            Self::Object(object) => {
                if object.is_pointer() {
                    return Shape::Pointer(Some(Self::Object(object.deref())));
                }
                if let Some(value) = object.basic() {
                    return value.shape();
                }
                let fields = object.ty().fields().iter().enumerate();
                Shape::Struct(
                    fields
                        .map(|(i, field)| (field.name, object.target().field(i)))
                        .collect(),
                )
            }
        }
    }

    fn type_name(&self) -> String {
        self.ty().to_string()
    }

    fn method_text(&self) -> Option<Str> {
        match self {
            Self::Object(object) => object.target().go_string(),
            _ => None,
        }
    }
}

impl From<TooLarge> for FuncError {
    fn from(error: TooLarge) -> Self {
        Self {
            limit: Some(crate::error::Limit::Output),
            ..Self::new(error.to_string())
        }
    }
}

impl Value {
    /// The value as `fmt.Sprint` prints it: `%v`, which is what Sprig's `toString` and `strval` print of most values.
    ///
    /// # Errors
    /// The value holds itself, or is larger than `fmt` prints.
    pub fn sprint(&self) -> Result<Str, FuncError> {
        match self {
            Self::Str(text) => Ok(text.clone()),
            other => Ok(fmt::sprint(std::slice::from_ref(other))?.into()),
        }
    }
}

/// `fmt.Sprintf`.
///
/// # Errors
/// As `Value::sprint`.
pub fn sprintf(format: &[u8], args: &[Value]) -> Result<Str, FuncError> {
    Ok(fmt::sprintf(format, args)?.into())
}

/// `fmt.Sprint`.
///
/// # Errors
/// As `Value::sprint`.
pub fn sprint(args: &[Value]) -> Result<Str, FuncError> {
    Ok(fmt::sprint(args)?.into())
}

/// `fmt.Sprintln`.
///
/// # Errors
/// As `Value::sprint`.
pub fn sprintln(args: &[Value]) -> Result<Str, FuncError> {
    Ok(fmt::sprintln(args)?.into())
}
