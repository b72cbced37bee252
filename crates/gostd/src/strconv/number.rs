//! Numbers as Go reads and prints them.
//!
//! Digits come from Rust's correctly rounded conversions, which Go's agree with; the layout, the grammar and the
//! errors are Go's.

use std::fmt;

/// Why a number could not be read; prints as `strconv.NumError`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumError {
    /// The Go function that failed: `ParseInt`.
    pub function: &'static str,
    /// Its input.
    pub number: Vec<u8>,
    pub reason: NumErrorReason,
}

/// What was wrong with a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NumErrorReason {
    Syntax,
    Range,
    /// Of `ParseInt` and `ParseUint`.
    InvalidBase(i64),
    /// Of `ParseInt` and `ParseUint`.
    InvalidBitSize(i64),
}

impl fmt::Display for NumErrorReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Syntax => f.write_str("invalid syntax"),
            Self::Range => f.write_str("value out of range"),
            Self::InvalidBase(base) => write!(f, "invalid base {base}"),
            Self::InvalidBitSize(size) => write!(f, "invalid bit size {size}"),
        }
    }
}

impl fmt::Display for NumError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "strconv.{}: parsing {}: {}",
            self.function,
            super::quote(&self.number),
            self.reason
        )
    }
}

impl std::error::Error for NumError {}

/// Which floating-point type a value is of: its digits depend on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FloatSize {
    F32,
    F64,
}

/// Decimal digits of a positive finite number: `0.d1d2d3… × 10^point`.
struct Decimal {
    digits: Vec<u8>,
    point: i32,
}

/// From Rust's `{:e}` output.
fn decimal(text: &str) -> Decimal {
    let (mantissa, exponent) = text.split_once('e').unwrap_or((text, "0"));
    let digits: Vec<u8> = mantissa.bytes().filter(u8::is_ascii_digit).collect();
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if digits.iter().all(|&d| d == b'0') {
        Decimal { digits, point: 1 }
    } else {
        Decimal {
            digits,
            point: exponent + 1,
        }
    }
}

fn shortest(value: f64, size: FloatSize) -> Decimal {
    if value == 0.0 {
        return Decimal {
            digits: Vec::new(),
            point: 0,
        };
    }
    let (found, certain) = match size {
        FloatSize::F32 => (decimal(&format!("{:e}", value as f32)), 6),
        FloatSize::F64 => (decimal(&format!("{value:e}")), 15),
    };
    if found.digits.len() < certain {
        return found;
    }
    // Of two shortest numbers equally near, Go takes the even one and Rust the greater.
    let even = format!("{:.*e}", found.digits.len() - 1, value);
    let same = match size {
        FloatSize::F32 => even.parse() == Ok(value as f32),
        FloatSize::F64 => even.parse() == Ok(value),
    };
    if same { decimal(&even) } else { found }
}

/// No float has more digits than this before or after its point; Rust's formatting takes no more than 65,535.
const EXACT_DIGITS: usize = 1_100;

/// Rounded to `count` significant digits, or exact with fewer.
fn significant(value: f64, count: usize) -> Decimal {
    if value == 0.0 {
        return Decimal {
            digits: Vec::new(),
            point: 0,
        };
    }
    decimal(&format!(
        "{:.*e}",
        count.saturating_sub(1).min(EXACT_DIGITS),
        value
    ))
}

/// The most digits after the point that any caller can ask for; `fmt` allows a million.
const MAX_PRECISION: usize = 1_000_000;

/// Appends `strconv.FormatFloat(value, format, precision, size)`. `format` is one of `b e E f g G x X`, any other prints
/// as Go prints it, `%` and the letter; no precision is Go's -1, the shortest that reads back the same.
pub fn append_float(out: &mut Vec<u8>, value: f64, format: u8, precision: Option<usize>, size: FloatSize) {
    let value = if size == FloatSize::F32 {
        f64::from(value as f32)
    } else {
        value
    };
    if value.is_nan() {
        out.extend_from_slice(b"NaN");
        return;
    }
    if value.is_infinite() {
        out.extend_from_slice(if value > 0.0 { b"+Inf" } else { b"-Inf" });
        return;
    }
    let precision = precision.map(|p| p.min(MAX_PRECISION));
    let negative = value.is_sign_negative();
    let magnitude = value.abs();
    match format {
        b'b' => return append_binary(out, negative, magnitude, size),
        b'x' | b'X' => return append_hex(out, negative, magnitude, format, precision, size),
        b'e' | b'E' | b'f' | b'g' | b'G' => {}
        _ => {
            out.extend_from_slice(&[b'%', format]);
            return;
        }
    }
    if negative {
        out.push(b'-');
    }
    match (format, precision) {
        (b'e' | b'E', None) => {
            let decimal = shortest(magnitude, size);
            let count = decimal.digits.len().saturating_sub(1);
            append_exponent(out, &decimal, count, format);
        }
        (b'e' | b'E', Some(precision)) => {
            append_exponent(out, &significant(magnitude, precision + 1), precision, format);
        }
        (b'f', None) => {
            let decimal = shortest(magnitude, size);
            let count = (decimal.digits.len() as i32 - decimal.point).max(0) as usize;
            append_fixed(out, &decimal, count);
        }
        (b'f', Some(precision)) => {
            // Rust's `{:.n}` is exact and rounds half to even, as Go does.
            let exact = precision.min(EXACT_DIGITS);
            out.extend_from_slice(format!("{magnitude:.exact$}").as_bytes());
            out.resize(out.len() + precision - exact, b'0');
        }
        (_, precision) => {
            let (decimal, mut limit) = match precision {
                None => (shortest(magnitude, size), 6),
                Some(precision) => {
                    let count = precision.max(1);
                    let mut decimal = significant(magnitude, count);
                    while decimal.digits.last() == Some(&b'0') {
                        decimal.digits.pop();
                    }
                    (decimal, count as i32)
                }
            };
            let count = decimal.digits.len() as i32;
            // The exponent form is for exponents below -4 or not below the precision; the shortest form takes 6.
            if precision.is_some() && limit > count && count >= decimal.point {
                limit = count;
            }
            let exponent = decimal.point - 1;
            if exponent < -4 || exponent >= limit {
                let shown = (count - 1).max(0) as usize;
                append_exponent(out, &decimal, shown, format + b'e' - b'g');
            } else {
                append_fixed(out, &decimal, (count - decimal.point).max(0) as usize);
            }
        }
    }
}

/// `strconv.FormatFloat`; see `append_float`.
pub fn format_float(value: f64, format: u8, precision: Option<usize>, size: FloatSize) -> String {
    let mut out = Vec::new();
    append_float(&mut out, value, format, precision, size);
    String::from_utf8_lossy(&out).into_owned()
}

/// `d.ddde±dd` with `count` digits after the point.
fn append_exponent(out: &mut Vec<u8>, decimal: &Decimal, count: usize, letter: u8) {
    out.push(decimal.digits.first().copied().unwrap_or(b'0'));
    if count > 0 {
        out.push(b'.');
        let shown = decimal.digits.get(1..).unwrap_or_default();
        let shown = &shown[..shown.len().min(count)];
        out.extend_from_slice(shown);
        out.resize(out.len() + count - shown.len(), b'0');
    }
    let exponent = if decimal.digits.is_empty() {
        0
    } else {
        decimal.point - 1
    };
    out.push(letter);
    out.push(if exponent < 0 { b'-' } else { b'+' });
    out.extend_from_slice(format!("{:02}", exponent.unsigned_abs()).as_bytes());
}

/// `ddd.ddd` with `count` digits after the point.
fn append_fixed(out: &mut Vec<u8>, decimal: &Decimal, count: usize) {
    let digit = |index: i32| {
        usize::try_from(index)
            .ok()
            .and_then(|i| decimal.digits.get(i))
            .copied()
            .unwrap_or(b'0')
    };
    if decimal.point > 0 {
        out.extend((0..decimal.point).map(digit));
    } else {
        out.push(b'0');
    }
    if count > 0 {
        out.push(b'.');
        out.extend((0..count as i32).map(|i| digit(decimal.point + i)));
    }
}

/// Mantissa and binary exponent as Go's `ftoa` has them: value = mantissa × 2^(exponent - mantissa bits).
fn parts(magnitude: f64, size: FloatSize) -> (u64, i32, u32) {
    let (bits, mantissa_bits, exponent_bits, bias) = match size {
        FloatSize::F32 => (u64::from((magnitude as f32).to_bits()), 23, 8, -127),
        FloatSize::F64 => (magnitude.to_bits(), 52, 11, -1023),
    };
    let exponent = ((bits >> mantissa_bits) & ((1 << exponent_bits) - 1)) as i32;
    let mantissa = bits & ((1u64 << mantissa_bits) - 1);
    if exponent == 0 {
        (mantissa, 1 + bias, mantissa_bits)
    } else {
        (mantissa | 1 << mantissa_bits, exponent + bias, mantissa_bits)
    }
}

fn append_binary(out: &mut Vec<u8>, negative: bool, magnitude: f64, size: FloatSize) {
    let (mantissa, exponent, bits) = parts(magnitude, size);
    let exponent = exponent - bits as i32;
    let sign = if negative { "-" } else { "" };
    let exponent_sign = if exponent >= 0 { "+" } else { "" };
    out.extend_from_slice(format!("{sign}{mantissa}p{exponent_sign}{exponent}").as_bytes());
}

fn append_hex(
    out: &mut Vec<u8>,
    negative: bool,
    magnitude: f64,
    format: u8,
    precision: Option<usize>,
    size: FloatSize,
) {
    let (mut mantissa, mut exponent, bits) = parts(magnitude, size);
    if mantissa == 0 {
        exponent = 0;
    }
    // Leading 1, then 60 bits of fraction.
    mantissa <<= 60 - bits;
    while mantissa != 0 && mantissa & (1 << 60) == 0 {
        mantissa <<= 1;
        exponent -= 1;
    }
    if let Some(precision) = precision.filter(|&p| p < 15) {
        let shift = precision as u32 * 4;
        let extra = (mantissa << shift) & ((1 << 60) - 1);
        mantissa >>= 60 - shift;
        if extra | (mantissa & 1) > 1 << 59 {
            mantissa += 1;
        }
        mantissa <<= 60 - shift;
        if mantissa & (1 << 61) != 0 {
            mantissa >>= 1;
            exponent += 1;
        }
    }
    let upper = format == b'X';
    if negative {
        out.push(b'-');
    }
    out.extend_from_slice(if upper { b"0X" } else { b"0x" });
    out.push(b'0' + ((mantissa >> 60) & 1) as u8);
    mantissa <<= 4; // The digit before the point is written.
    let hex: &[u8] = if upper {
        b"0123456789ABCDEF"
    } else {
        b"0123456789abcdef"
    };
    match precision {
        None if mantissa == 0 => {}
        None => {
            out.push(b'.');
            while mantissa != 0 {
                out.push(hex[(mantissa >> 60) as usize & 15]);
                mantissa <<= 4;
            }
        }
        Some(0) => {}
        Some(precision) => {
            out.push(b'.');
            for _ in 0..precision {
                out.push(hex[(mantissa >> 60) as usize & 15]);
                mantissa <<= 4;
            }
        }
    }
    out.push(if upper { b'P' } else { b'p' });
    out.push(if exponent < 0 { b'-' } else { b'+' });
    out.extend_from_slice(format!("{:02}", exponent.unsigned_abs()).as_bytes());
}

fn error<T>(function: &'static str, number: &[u8], reason: NumErrorReason) -> Result<T, NumError> {
    Err(NumError {
        function,
        number: number.to_vec(),
        reason,
    })
}

/// Underscores stand only between digits, or between a base prefix and a digit.
fn underscores_fit(text: &[u8]) -> bool {
    let mut rest = text;
    if let [b'+' | b'-', tail @ ..] = rest {
        rest = tail;
    }
    let mut hex = false;
    let mut before = b'^';
    if let [b'0', prefix, tail @ ..] = rest
        && matches!(prefix | 0x20, b'b' | b'o' | b'x')
    {
        hex = prefix | 0x20 == b'x';
        before = b'0';
        rest = tail;
    }
    for &c in rest {
        before = match c {
            b'0'..=b'9' => b'0',
            _ if hex && matches!(c | 0x20, b'a'..=b'f') => b'0',
            b'_' if before == b'0' => b'_',
            b'_' => return false,
            _ if before == b'_' => return false,
            _ => b'!',
        };
    }
    before != b'_'
}

/// The magnitude and whether it is out of the range of `bits`; none for a syntax error.
fn parse_magnitude(text: &[u8], base: u32, bits: u32) -> Option<(u64, bool)> {
    if text.is_empty() {
        return None;
    }
    let (digits, radix) = match (base, text) {
        (0, [b'0', b'b' | b'B', digits @ ..]) if !digits.is_empty() => (digits, 2),
        (0, [b'0', b'o' | b'O', digits @ ..]) if !digits.is_empty() => (digits, 8),
        (0, [b'0', b'x' | b'X', digits @ ..]) if !digits.is_empty() => (digits, 16),
        (0, [b'0', digits @ ..]) => (digits, 8),
        (0, _) => (text, 10),
        _ => (text, base),
    };
    let max = if bits >= 64 { u64::MAX } else { (1 << bits) - 1 };
    let mut value: u64 = 0;
    let mut underscores = false;
    for &c in digits {
        if c == b'_' && base == 0 {
            underscores = true;
            continue;
        }
        let digit = char::from(c).to_digit(radix)?;
        value = match value
            .checked_mul(u64::from(radix))
            .and_then(|v| v.checked_add(u64::from(digit)))
        {
            Some(value) if value <= max => value,
            _ => return Some((max, true)),
        };
    }
    if underscores && !underscores_fit(text) {
        return None;
    }
    Some((value, false))
}

fn check_base(function: &'static str, text: &[u8], base: u32, bits: u32) -> Result<u32, NumError> {
    if matches!(text, b"") || (function != "ParseUint" && matches!(text, b"+" | b"-")) {
        return error(function, text, NumErrorReason::Syntax);
    }
    if base == 1 || base > 36 {
        return error(function, text, NumErrorReason::InvalidBase(i64::from(base)));
    }
    match bits {
        0 => Ok(64),
        1..=64 => Ok(bits),
        _ => error(function, text, NumErrorReason::InvalidBitSize(i64::from(bits))),
    }
}

/// `strconv.ParseUint`. Base 0 reads the base from the prefix and allows underscores; 0 bits is Go's `uint`.
///
/// # Errors
/// As Go's; of `Range` the result would be the greatest of the size.
pub fn parse_uint(text: &[u8], base: u32, bits: u32) -> Result<u64, NumError> {
    let bits = check_base("ParseUint", text, base, bits)?;
    match parse_magnitude(text, base, bits) {
        None => error("ParseUint", text, NumErrorReason::Syntax),
        Some((_, true)) => error("ParseUint", text, NumErrorReason::Range),
        Some((value, false)) => Ok(value),
    }
}

fn parse_signed(function: &'static str, text: &[u8], base: u32, bits: u32) -> Result<i64, NumError> {
    let bits = check_base(function, text, base, bits)?;
    let (negative, digits) = match text {
        [b'+', digits @ ..] => (false, digits),
        [b'-', digits @ ..] => (true, digits),
        _ => (false, text),
    };
    let Some((magnitude, over)) = parse_magnitude(digits, base, bits) else {
        return error(function, text, NumErrorReason::Syntax);
    };
    let cutoff = 1u64 << (bits - 1);
    if over || magnitude > cutoff || (!negative && magnitude == cutoff) {
        return error(function, text, NumErrorReason::Range);
    }
    Ok(if negative {
        (magnitude as i64).wrapping_neg()
    } else {
        magnitude as i64
    })
}

/// `strconv.ParseInt`. Base 0 reads the base from the prefix and allows underscores; 0 bits is Go's `int`.
///
/// # Errors
/// As Go's; of `Range`, Go returns the nearest value of the size beside the error, `saturated_int` is it.
pub fn parse_int(text: &[u8], base: u32, bits: u32) -> Result<i64, NumError> {
    parse_signed("ParseInt", text, base, bits)
}

/// What Go's `ParseInt` and `Atoi` return beside the error of reading `text`: the nearest value of 64 bits when it is
/// out of range, else 0.
pub fn saturated_int(text: &[u8], error: &NumError) -> i64 {
    match error.reason {
        NumErrorReason::Range if text.first() == Some(&b'-') => i64::MIN,
        NumErrorReason::Range => i64::MAX,
        _ => 0,
    }
}

/// `strconv.Atoi`.
///
/// # Errors
/// As Go's.
pub fn atoi(text: &[u8]) -> Result<i64, NumError> {
    parse_signed("Atoi", text, 10, 0)
}

/// `strconv.ParseBool`.
///
/// # Errors
/// As Go's.
pub fn parse_bool(text: &[u8]) -> Result<bool, NumError> {
    match text {
        b"1" | b"t" | b"T" | b"true" | b"TRUE" | b"True" => Ok(true),
        b"0" | b"f" | b"F" | b"false" | b"FALSE" | b"False" => Ok(false),
        _ => error("ParseBool", text, NumErrorReason::Syntax),
    }
}

/// `strconv.ParseFloat` of that size.
///
/// # Errors
/// As Go's: a number that is out of range is an error, though Go returns ±Inf beside it.
pub fn parse_float(text: &[u8], size: FloatSize) -> Result<f64, NumError> {
    match read_float(text, size) {
        Some((value, [])) => {
            let infinite = value.is_infinite() && !is_special(text);
            if infinite {
                error("ParseFloat", text, NumErrorReason::Range)
            } else {
                Ok(value)
            }
        }
        _ => error("ParseFloat", text, NumErrorReason::Syntax),
    }
}

fn is_special(text: &[u8]) -> bool {
    let rest = text
        .strip_prefix(b"+")
        .or_else(|| text.strip_prefix(b"-"))
        .unwrap_or(text);
    rest.first().is_some_and(u8::is_ascii_alphabetic)
}

/// Reads a float at the start of the text; infinite when out of range.
fn read_float(text: &[u8], size: FloatSize) -> Option<(f64, &[u8])> {
    let (negative, signed, rest) = match text {
        [b'+', rest @ ..] => (false, true, rest),
        [b'-', rest @ ..] => (true, true, rest),
        _ => (false, false, text),
    };
    let apply = |value: f64| if negative { -value } else { value };
    let word = |word: &[u8]| {
        rest.get(..word.len())
            .is_some_and(|part| part.eq_ignore_ascii_case(word))
    };
    if word(b"infinity") {
        return Some((apply(f64::INFINITY), &rest[8..]));
    }
    if word(b"inf") {
        return Some((apply(f64::INFINITY), &rest[3..]));
    }
    if !signed && word(b"nan") {
        return Some((f64::NAN, &rest[3..]));
    }
    let hex = matches!(rest, [b'0', b'x' | b'X', _, ..]);
    let digits = if hex { &rest[2..] } else { rest };
    let mut mantissa: Vec<u8> = Vec::new();
    let mut after_point: i64 = 0;
    let (mut point, mut any, mut underscores) = (false, false, false);
    let mut i = 0;
    while let Some(&c) = digits.get(i) {
        match c {
            b'_' => underscores = true,
            b'.' if !point => point = true,
            b'.' => break,
            b'0'..=b'9' => {
                any = true;
                mantissa.push(c);
                after_point += i64::from(point);
            }
            _ if hex && c.is_ascii_hexdigit() => {
                any = true;
                mantissa.push(c);
                after_point += i64::from(point);
            }
            _ => break,
        }
        i += 1;
    }
    if !any {
        return None;
    }
    let mut exponent: i64 = 0;
    let letter = digits.get(i).map(|c| c | 0x20);
    if letter == Some(if hex { b'p' } else { b'e' }) {
        let mut j = i + 1;
        let exponent_negative = match digits.get(j) {
            Some(b'+') => {
                j += 1;
                false
            }
            Some(b'-') => {
                j += 1;
                true
            }
            _ => false,
        };
        if !digits.get(j).is_some_and(u8::is_ascii_digit) {
            return None;
        }
        while let Some(&c) = digits.get(j) {
            match c {
                b'_' => underscores = true,
                b'0'..=b'9' if exponent < 10_000 => exponent = exponent * 10 + i64::from(c - b'0'),
                b'0'..=b'9' => {}
                _ => break,
            }
            j += 1;
        }
        if exponent_negative {
            exponent = -exponent;
        }
        i = j;
    } else if hex {
        return None;
    }
    let used = text.len() - digits.len() + i;
    if underscores && !underscores_fit(&text[..used]) {
        return None;
    }
    let value = if hex {
        hex_float(&mantissa, exponent - 4 * after_point, size)
    } else {
        let digits = String::from_utf8_lossy(&mantissa);
        let number = format!("{digits}e{}", exponent - after_point);
        match size {
            FloatSize::F32 => f64::from(number.parse::<f32>().ok()?),
            FloatSize::F64 => number.parse::<f64>().ok()?,
        }
    };
    Some((apply(value), &digits[i..]))
}

/// `mantissa` (hexadecimal digits) × 2^exponent, rounded half to even once.
fn hex_float(mantissa: &[u8], exponent: i64, size: FloatSize) -> f64 {
    let (mut value, mut exponent, mut sticky) = (0u64, exponent, false);
    for &digit in mantissa {
        let digit = u64::from(char::from(digit).to_digit(16).unwrap_or(0));
        if value >> 59 == 0 {
            value = value << 4 | digit;
        } else {
            sticky |= digit != 0;
            exponent += 4;
        }
    }
    if value == 0 {
        return 0.0;
    }
    let (mantissa_bits, min_exponent, max_exponent) = match size {
        FloatSize::F32 => (24, -149, 127),
        FloatSize::F64 => (53, -1074, 1023),
    };
    // Round to mantissa_bits, or to fewer when subnormal.
    let length = 64 - i64::from(value.leading_zeros());
    let lowest = (exponent + length - mantissa_bits).max(min_exponent);
    let drop = lowest - exponent;
    if drop > 0 {
        if drop > 64 {
            return 0.0;
        }
        let (kept, lost, half) = if drop == 64 {
            (0, value, 1u64 << 63)
        } else {
            (value >> drop, value & ((1 << drop) - 1), 1u64 << (drop - 1))
        };
        value = kept;
        if lost > half || (lost == half && (sticky || kept & 1 == 1)) {
            value += 1;
        }
        exponent = lowest;
    }
    if value == 0 {
        return 0.0;
    }
    if exponent + 64 - i64::from(value.leading_zeros()) - 1 > max_exponent {
        return f64::INFINITY;
    }
    // Exact: the value fits the mantissa. Scaling in two steps keeps powers of two in range.
    let scaled = value as f64;
    let half = exponent / 2;
    scaled * 2f64.powi(half as i32) * 2f64.powi((exponent - half) as i32)
}
