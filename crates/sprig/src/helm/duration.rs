//! Helm 4's durations: `mustToDuration`, `durationSeconds`, `durationRoundTo` … A duration is a `time.Duration`, a
//! text such as `1h30m`, or a number of seconds, also as text.

use plimsoll_gostd::strconv::{self, FloatSize};
use plimsoll_gostd::time::Duration;
use plimsoll_gotpl::{FuncError, Functions, Value};

use crate::dates::{duration_of, duration_value};

const SECOND: i64 = 1_000_000_000;

/// Helm's `asDuration`, in nanoseconds.
fn as_duration(value: &Value) -> Result<i64, FuncError> {
    if let Some(nanos) = duration_of(value) {
        return Ok(nanos);
    }
    match value {
        Value::Nil => Err(FuncError::new("invalid duration")),
        Value::Str(text) => {
            let trimmed = text.to_str_lossy();
            let trimmed = trimmed.trim();
            if trimmed.is_empty() {
                return Err(FuncError::new("empty duration"));
            }
            if let Ok(Duration(nanos)) = Duration::parse(trimmed.as_bytes()) {
                return Ok(nanos);
            }
            match strconv::parse_float(trimmed.as_bytes(), FloatSize::F64) {
                Ok(seconds) => of_float(seconds),
                Err(_) => Err(FuncError::new(format!(
                    "could not parse duration {}",
                    strconv::quote(text)
                ))),
            }
        }
        Value::Int(seconds, _) => of_int(*seconds),
        Value::Uint(seconds, _) => match i64::try_from(*seconds) {
            Ok(seconds) => of_int(seconds),
            Err(_) => Err(overflow(seconds)),
        },
        Value::Float(_) | Value::Float32(_) => of_float(value.as_float().unwrap_or_default()),
        Value::Object(object) => match object.basic() {
            Some(basic @ (Value::Int(..) | Value::Uint(..) | Value::Float(_))) => as_duration(&basic),
            _ => Err(unsupported(value)),
        },
        _ => Err(unsupported(value)),
    }
}

fn unsupported(value: &Value) -> FuncError {
    FuncError::new(format!("unsupported duration type {}", value.ty()))
}

fn overflow(seconds: impl std::fmt::Display) -> FuncError {
    FuncError::new(format!("duration seconds overflow: {seconds}"))
}

fn of_int(seconds: i64) -> Result<i64, FuncError> {
    seconds.checked_mul(SECOND).ok_or_else(|| overflow(seconds))
}

fn of_float(seconds: f64) -> Result<i64, FuncError> {
    let shown = |value: f64| strconv::format_float(value, b'g', None, FloatSize::F64);
    if !seconds.is_finite() {
        return Err(FuncError::new(format!(
            "invalid duration seconds: {}",
            shown(seconds)
        )));
    }
    let nanos = seconds * SECOND as f64;
    if seconds.abs() > i64::MAX as f64 / SECOND as f64 {
        return Err(overflow(shown(seconds)));
    }
    Ok(crate::types::truncate_float(nanos))
}

/// `mustToDuration V`
fn must_to_duration(value: Value) -> Result<Value, FuncError> {
    as_duration(&value).map(duration_value)
}

/// Most functions take what is no duration for 0.
fn or_zero(value: &Value) -> Duration {
    Duration(as_duration(value).unwrap_or(0))
}

/// `durationSeconds V`
fn seconds(value: Value) -> f64 {
    or_zero(&value).seconds()
}

/// `durationMilliseconds V`
fn milliseconds(value: Value) -> i64 {
    or_zero(&value).0 / 1_000_000
}

/// `durationMicroseconds V`
fn microseconds(value: Value) -> i64 {
    or_zero(&value).0 / 1_000
}

/// `durationNanoseconds V`
fn nanoseconds(value: Value) -> i64 {
    or_zero(&value).0
}

/// `durationMinutes V`
fn minutes(value: Value) -> f64 {
    or_zero(&value).minutes()
}

/// `durationHours V`
fn hours(value: Value) -> f64 {
    or_zero(&value).hours()
}

/// `durationDays V`
fn days(value: Value) -> f64 {
    hours(value) / 24.0
}

/// `durationWeeks V`
fn weeks(value: Value) -> f64 {
    hours(value) / 24.0 / 7.0
}

/// `durationRoundTo V M` — to the nearest multiple of M, half away from zero; V if M is no duration.
fn round_to(value: Value, multiple: Value) -> Value {
    to_multiple(&value, &multiple, Duration::round)
}

/// `durationTruncateTo V M` — toward zero to a multiple of M; V if M is no duration.
fn truncate_to(value: Value, multiple: Value) -> Value {
    to_multiple(&value, &multiple, Duration::truncate)
}

fn to_multiple(value: &Value, multiple: &Value, step: fn(Duration, Duration) -> Duration) -> Value {
    let Ok(nanos) = as_duration(value) else {
        return duration_value(0);
    };
    duration_value(
        as_duration(multiple).map_or(nanos, |multiple| step(Duration(nanos), Duration(multiple)).0),
    )
}

pub(super) fn add(functions: &mut Functions) {
    functions.add("mustToDuration", must_to_duration);
    functions.add("durationSeconds", seconds);
    functions.add("durationMilliseconds", milliseconds);
    functions.add("durationMicroseconds", microseconds);
    functions.add("durationNanoseconds", nanoseconds);
    functions.add("durationMinutes", minutes);
    functions.add("durationHours", hours);
    functions.add("durationDays", days);
    functions.add("durationWeeks", weeks);
    functions.add("durationRoundTo", round_to);
    functions.add("durationTruncateTo", truncate_to);
    let ty = crate::dates::DURATION;
    for name in ["mustToDuration", "durationRoundTo", "durationTruncateTo"] {
        functions.result_type(name, ty);
    }
}
