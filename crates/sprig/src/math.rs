//! Numbers: `add`, `div`, `max`, `round`, `until`, `seq` … Integers are 64 bits and wrap around; the `…f` functions
//! compute in decimal (`shopspring/decimal` v1.4.0), so `addf 0.1 0.2` is 0.3.

mod decimal;

use decimal::Decimal;
use plimsoll_gotpl::func::Rest;
use plimsoll_gotpl::{Context, FuncError, Functions, List, Type, Value};

use crate::Profile;
use crate::panics;
use crate::types::{to_float64, to_int64};

/// `add1 A`
fn add1(value: Value) -> i64 {
    to_int64(&value).wrapping_add(1)
}

/// `add A…`
fn sum(values: Rest<Value>) -> i64 {
    values
        .0
        .iter()
        .fold(0, |sum, value| sum.wrapping_add(to_int64(value)))
}

/// `sub A B`
fn sub(a: Value, b: Value) -> i64 {
    to_int64(&a).wrapping_sub(to_int64(&b))
}

/// `div A B` — rounds toward zero.
fn div(a: Value, b: Value) -> Result<i64, FuncError> {
    match to_int64(&b) {
        0 => Err(panics::divide_by_zero()),
        b => Ok(to_int64(&a).wrapping_div(b)),
    }
}

/// `mod A B` — has the sign of A.
fn modulo(a: Value, b: Value) -> Result<i64, FuncError> {
    match to_int64(&b) {
        0 => Err(panics::divide_by_zero()),
        b => Ok(to_int64(&a).wrapping_rem(b)),
    }
}

/// `mul A B…`
fn mul(first: Value, others: Rest<Value>) -> i64 {
    others.0.iter().fold(to_int64(&first), |product, value| {
        product.wrapping_mul(to_int64(value))
    })
}

/// `max A B…` (also `biggest`)
fn max(first: Value, others: Rest<Value>) -> i64 {
    others.0.iter().map(to_int64).fold(to_int64(&first), i64::max)
}

/// `min A B…`
fn min(first: Value, others: Rest<Value>) -> i64 {
    others.0.iter().map(to_int64).fold(to_int64(&first), i64::min)
}

/// `maxf A B…` — NaN if one is.
fn maxf(first: Value, others: Rest<Value>) -> f64 {
    others
        .0
        .iter()
        .map(to_float64)
        .fold(to_float64(&first), |a, b| match (a, b) {
            _ if a == f64::INFINITY || b == f64::INFINITY => f64::INFINITY,
            _ if a.is_nan() || b.is_nan() => f64::NAN,
            _ if a == 0.0 && b == 0.0 => {
                if a.is_sign_negative() {
                    b
                } else {
                    a
                }
            }
            _ => {
                if a > b {
                    a
                } else {
                    b
                }
            }
        })
}

/// `minf A B…` — NaN if one is.
fn minf(first: Value, others: Rest<Value>) -> f64 {
    others
        .0
        .iter()
        .map(to_float64)
        .fold(to_float64(&first), |a, b| match (a, b) {
            _ if a == f64::NEG_INFINITY || b == f64::NEG_INFINITY => f64::NEG_INFINITY,
            _ if a.is_nan() || b.is_nan() => f64::NAN,
            _ if a == 0.0 && b == 0.0 => {
                if a.is_sign_negative() {
                    a
                } else {
                    b
                }
            }
            _ => {
                if a < b {
                    a
                } else {
                    b
                }
            }
        })
}

/// `floor A`
fn floor(value: Value) -> f64 {
    to_float64(&value).floor()
}

/// `ceil A`
fn ceil(value: Value) -> f64 {
    to_float64(&value).ceil()
}

/// `round A PLACES [FROM]` — up where the digits behind are FROM (0.5) or more. Below zero that is never so: the
/// digits behind are negative too, and the result is rounded down.
fn round(value: Value, places: isize, from: Rest<f64>) -> f64 {
    let from = from.0.first().copied().unwrap_or(0.5);
    let power = pow10(places);
    let scaled = power * to_float64(&value);
    let rounded = if scaled - scaled.trunc() >= from {
        scaled.ceil()
    } else {
        scaled.floor()
    };
    rounded / power
}

/// `math.Pow(10, places)` bit by bit as Go computes it, which is not always the nearest float.
fn pow10(places: isize) -> f64 {
    let mut result = 1.0f64;
    let mut exponent = 0i64;
    // 10 = 0.625 · 2⁴
    let (mut base, mut base_exponent) = (0.625f64, 4i64);
    let mut left = places.unsigned_abs();
    while left != 0 {
        if !(-4096..=4096).contains(&base_exponent) {
            exponent += base_exponent;
            break;
        }
        if left & 1 == 1 {
            result *= base;
            exponent += base_exponent;
        }
        base *= base;
        base_exponent <<= 1;
        if base < 0.5 {
            base += base;
            base_exponent -= 1;
        }
        left >>= 1;
    }
    if places < 0 {
        result = 1.0 / result;
        exponent = -exponent;
    }
    scale(result, exponent)
}

/// `math.Ldexp`: `value · 2^exponent`, rounded once.
fn scale(value: f64, exponent: i64) -> f64 {
    let exponent = exponent.clamp(-2200, 2200) as i32;
    // Powers of two within range are exact, so only the last step rounds.
    let half = exponent / 2;
    if (-1021..=1023).contains(&exponent) {
        value * 2f64.powi(exponent)
    } else if exponent > 0 {
        value * 2f64.powi(half) * 2f64.powi(exponent - half)
    } else {
        value * 2f64.powi(-960) * 2f64.powi(exponent + 960)
    }
}

/// `addf A…`
fn addf(values: Rest<Value>) -> Result<f64, FuncError> {
    fold(&Value::float(0.0), &values.0, |a, b| Ok(a.add(&b)))
}

/// `add1f A`
fn add1f(value: Value) -> Result<f64, FuncError> {
    fold(&value, &[Value::int(1)], |a, b| Ok(a.add(&b)))
}

/// `subf A B…`
fn subf(first: Value, others: Rest<Value>) -> Result<f64, FuncError> {
    fold(&first, &others.0, |a, b| Ok(a.sub(&b)))
}

/// `mulf A B…`
fn mulf(first: Value, others: Rest<Value>) -> Result<f64, FuncError> {
    fold(&first, &others.0, |a, b| Ok(a.mul(&b)))
}

/// `divf A B…` — to 16 places.
fn divf(first: Value, others: Rest<Value>) -> Result<f64, FuncError> {
    fold(&first, &others.0, |a, b| {
        a.div(&b).ok_or_else(|| FuncError::new("decimal division by 0"))
    })
}

fn fold(
    first: &Value,
    others: &[Value],
    step: impl Fn(Decimal, Decimal) -> Result<Decimal, FuncError>,
) -> Result<f64, FuncError> {
    let decimal = |value: &Value| {
        let float = to_float64(value);
        Decimal::from_float(float).ok_or_else(|| {
            let name = if float.is_nan() {
                "NaN"
            } else if float > 0.0 {
                "+Inf"
            } else {
                "-Inf"
            };
            FuncError::new(format!("Cannot create a Decimal from {name}"))
        })
    };
    let mut result = decimal(first)?;
    for other in others {
        result = step(result, decimal(other)?)?;
    }
    Ok(result.to_float())
}

/// `until N` — 0 up to N, or down to it.
fn until(cx: &mut Context<'_>, count: isize) -> Result<Ints, FuncError> {
    range(cx, 0, count as i64, if count < 0 { -1 } else { 1 })
}

/// `untilStep START STOP STEP` — empty when STEP leads away from STOP.
fn until_step(cx: &mut Context<'_>, start: isize, stop: isize, step: isize) -> Result<Ints, FuncError> {
    range(cx, start as i64, stop as i64, step as i64)
}

/// Counts to but not up to `stop`, paying for the numbers before making them.
fn range(cx: &mut Context<'_>, start: i64, stop: i64, step: i64) -> Result<Ints, FuncError> {
    let mut numbers = Vec::new();
    if (stop < start && step < 0) || (stop > start && step > 0) {
        let count = stop.abs_diff(start).div_ceil(step.unsigned_abs());
        cx.spend(count)?;
        let mut number = start;
        for _ in 0..count {
            numbers.push(number);
            number = number.wrapping_add(step);
        }
    }
    Ok(Ints(numbers))
}

/// `seq END`, `seq START END`, `seq START STEP END` — the numbers from START (1) to END with blanks between, as
/// `seq` of the shell; but a positive STEP does not count down.
fn seq(cx: &mut Context<'_>, params: Rest<isize>) -> Result<String, FuncError> {
    let params: Vec<i64> = params.0.iter().map(|n| *n as i64).collect();
    let (start, step, end) = match *params.as_slice() {
        [end] => (1, None, end),
        [start, end] => (start, None, end),
        [start, step, end] => (start, Some(step), end),
        _ => return Ok(String::new()),
    };
    let toward = if end < start { -1 } else { 1 };
    if toward < 0 && step.is_some_and(|step| step > 0) {
        return Ok(String::new());
    }
    let numbers = range(cx, start, end.wrapping_add(toward), step.unwrap_or(toward))?;
    let words: Vec<String> = numbers.0.iter().map(i64::to_string).collect();
    Ok(words.join(" "))
}

/// A `[]int`.
struct Ints(Vec<i64>);

impl plimsoll_gotpl::func::IntoValue for Ints {
    const GO_TYPE: &'static Type = &Type::Slice(&Type::Int);

    fn into_value(self) -> Value {
        Value::List(List::typed(
            Self::GO_TYPE,
            self.0.into_iter().map(Value::int).collect(),
        ))
    }
}

/// Adds the functions of this area.
pub(crate) fn add(functions: &mut Functions, _: Profile) {
    functions.add("add1", add1);
    functions.add("add", sum);
    functions.add("sub", sub);
    functions.add("div", div);
    functions.add("mod", modulo);
    functions.add("mul", mul);
    functions.add("max", max);
    functions.add("biggest", max);
    functions.add("min", min);
    functions.add("maxf", maxf);
    functions.add("minf", minf);
    functions.add("floor", floor);
    functions.add("ceil", ceil);
    functions.add("round", round);
    functions.add("addf", addf);
    functions.add("add1f", add1f);
    functions.add("subf", subf);
    functions.add("mulf", mulf);
    functions.add("divf", divf);
    functions.add_with_context("until", until);
    functions.add_with_context("untilStep", until_step);
    functions.add_with_context("seq", seq);
}
