//! Scalars: which type a text has for go-yaml v2 (`resolve.go`), a YAML 1.1 dialect of its own.
//!
//! Besides `true` and `false`, `yes no on off y n` are booleans; integers are whatever Go's `strconv.ParseInt(s, 0, 64)` takes
//! once the underscores are gone (`0644` and `0o644` are octal, `08` is a float); base-60 numbers are strings. Nothing
//! else in the crate decides types, and this module never looks at quotes: the caller knows them.

/// A scalar's value, as go-yaml v2 decodes it into an `interface{}`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Scalar<'d> {
    /// `nil`
    Null,
    /// `bool`
    Bool(bool),
    /// `int`
    Int(i64),
    /// `uint64`: an integer above [`i64::MAX`].
    Uint(u64),
    /// `float64`
    Float(f64),
    /// `string`
    Str(&'d str),
    /// A text that reads as a timestamp. go-yaml v2 decodes it as a string, but quotes a string that looks so.
    Timestamp(&'d str),
    /// `!!binary`: the base64 text, checked. See [`decode_base64`].
    Binary(&'d str),
}

/// The type of a plain scalar without a tag.
#[must_use]
pub fn plain(text: &str) -> Scalar<'_> {
    infer(text, true)
}

/// Whether a plain text may be anything but a string: a quick look at its start and length.
pub(crate) fn may_resolve(text: &str) -> bool {
    match text.as_bytes().first() {
        None | Some(b'.' | b'+' | b'-' | b'0'..=b'9') => true,
        Some(b'y' | b'Y' | b'n' | b'N' | b't' | b'T' | b'f' | b'F' | b'o' | b'O' | b'~') => text.len() <= 5,
        Some(_) => false,
    }
}

/// Whether go-yaml v2 would take `text`, written plain, for a string.
#[must_use]
pub fn is_plain_string(text: &str) -> bool {
    matches!(plain(text), Scalar::Str(_))
}

fn infer(text: &str, timestamps: bool) -> Scalar<'_> {
    let Some(&first) = text.as_bytes().first() else {
        return Scalar::Null;
    };
    match first {
        b'y' | b'Y' | b'n' | b'N' | b't' | b'T' | b'f' | b'F' | b'o' | b'O' | b'~' => word(text),
        b'.' => match text {
            ".nan" | ".NaN" | ".NAN" => Scalar::Float(f64::NAN),
            ".inf" | ".Inf" | ".INF" => Scalar::Float(f64::INFINITY),
            _ => dot_float(text).map_or(Scalar::Str(text), Scalar::Float),
        },
        b'+' | b'-' | b'0'..=b'9' => number(text, timestamps),
        _ => Scalar::Str(text),
    }
}

fn word(text: &str) -> Scalar<'_> {
    if text.len() > 5 {
        return Scalar::Str(text);
    }
    match text {
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => {
            Scalar::Bool(true)
        }
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => {
            Scalar::Bool(false)
        }
        "~" | "null" | "Null" | "NULL" => Scalar::Null,
        _ => Scalar::Str(text),
    }
}

fn number(text: &str, timestamps: bool) -> Scalar<'_> {
    match text {
        "+.inf" | "+.Inf" | "+.INF" => return Scalar::Float(f64::INFINITY),
        "-.inf" | "-.Inf" | "-.INF" => return Scalar::Float(f64::NEG_INFINITY),
        _ => {}
    }
    if timestamps && is_timestamp(text) {
        return Scalar::Timestamp(text);
    }
    // Most texts that start like a number and are none (image tags, sizes, dates) have a character no number has.
    if !text
        .bytes()
        .all(|b| b.is_ascii_hexdigit() || matches!(b, b'+' | b'-' | b'.' | b'_' | b'x' | b'X' | b'o' | b'O'))
    {
        return Scalar::Str(text);
    }
    let stripped;
    let digits = if text.contains('_') {
        stripped = text.replace('_', "");
        stripped.as_str()
    } else {
        text
    };
    if let Some(value) = go_int(digits, 0) {
        return Scalar::Int(value);
    }
    if let Some(value) = go_uint(digits, 0) {
        return Scalar::Uint(value);
    }
    if is_yaml_float(digits)
        && let Some(value) = go_float(digits)
    {
        return Scalar::Float(value);
    }
    // `strconv` has read every sound binary number by now; what go-yaml's second attempt still takes is `0b-1`.
    if let Some(rest) = digits.strip_prefix("0b") {
        if let Some(value) = go_int(rest, 2) {
            return Scalar::Int(value);
        }
        if let Some(value) = go_uint(rest, 2) {
            return Scalar::Uint(value);
        }
    } else if let Some(rest) = digits.strip_prefix("-0b")
        && let Some(value) = go_int(&format!("-{rest}"), 2)
    {
        return Scalar::Int(value);
    }
    Scalar::Str(text)
}

/// Whether go-yaml v3 takes a text that is a string for v2 for an octal number: `0o-7`, `-0o+7`.
pub(crate) fn is_v3_octal(text: &str) -> bool {
    if !text.starts_with(['0', '-']) {
        return false;
    }
    let digits = text.replace('_', "");
    if let Some(rest) = digits.strip_prefix("0o") {
        go_int(rest, 8).is_some() || go_uint(rest, 8).is_some()
    } else {
        digits
            .strip_prefix("-0o")
            .is_some_and(|rest| go_int(&format!("-{rest}"), 8).is_some())
    }
}

/// The value of a scalar with a tag; the error is go-yaml's sentence.
pub(crate) fn tagged<'t>(tag: &str, text: &'t str) -> Result<Scalar<'t>, Box<str>> {
    let Some(short) = tag.strip_prefix("tag:yaml.org,2002:") else {
        return Ok(Scalar::Str(text));
    };
    let value = match short {
        "bool" | "int" | "float" | "null" => infer(text, false),
        "timestamp" => infer(text, true),
        "binary" if decode_base64(text).is_some() => return Ok(Scalar::Binary(text)),
        "binary" => return Err("!!binary value contains invalid base64 data".into()),
        _ => return Ok(Scalar::Str(text)),
    };
    let found = match value {
        Scalar::Null => "null",
        Scalar::Bool(_) => "bool",
        Scalar::Int(int) if short == "float" => return Ok(Scalar::Float(int as f64)),
        Scalar::Int(_) | Scalar::Uint(_) => "int",
        Scalar::Float(_) => "float",
        Scalar::Timestamp(_) => "timestamp",
        Scalar::Str(_) | Scalar::Binary(_) => "str",
    };
    if found == short {
        return Ok(value);
    }
    Err(format!("cannot decode !!{found} `{text}` as a !!{short}").into())
}

/// Go's `strconv.ParseInt(s, base, 64)` for base 0, 2 or 8.
fn go_int(text: &str, base: u32) -> Option<i64> {
    let (negative, digits) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    let magnitude = go_uint(digits, base)?;
    if negative {
        0i64.checked_sub_unsigned(magnitude)
    } else {
        i64::try_from(magnitude).ok()
    }
}

/// Go's `strconv.ParseUint(s, base, 64)` for base 0, 2 or 8, without underscores.
fn go_uint(text: &str, base: u32) -> Option<u64> {
    let bytes = text.as_bytes();
    let (radix, digits) = match bytes {
        [] => return None,
        _ if base != 0 => (base, text),
        [b'0', b'b' | b'B', _, ..] => (2, &text[2..]),
        [b'0', b'o' | b'O', _, ..] => (8, &text[2..]),
        [b'0', b'x' | b'X', _, ..] => (16, &text[2..]),
        [b'0'] => return Some(0),
        [b'0', ..] => (8, &text[1..]),
        _ => (10, text),
    };
    // Rust would take a sign here, Go does not.
    if digits.starts_with(['+', '-']) {
        return None;
    }
    u64::from_str_radix(digits, radix).ok()
}

/// go-yaml's `^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$`
fn is_yaml_float(text: &str) -> bool {
    let bytes = text.as_bytes();
    let digits = |mut at: usize| {
        while bytes.get(at).is_some_and(u8::is_ascii_digit) {
            at += 1;
        }
        at
    };
    let mut at = usize::from(matches!(bytes.first(), Some(b'+' | b'-')));
    let whole = digits(at);
    if whole > at {
        at = whole;
        if bytes.get(at) == Some(&b'.') {
            at = digits(at + 1);
        }
    } else if bytes.get(at) == Some(&b'.') {
        let fraction = digits(at + 1);
        if fraction == at + 1 {
            return false;
        }
        at = fraction;
    } else {
        return false;
    }
    if matches!(bytes.get(at), Some(b'e' | b'E')) {
        at += 1;
        at += usize::from(matches!(bytes.get(at), Some(b'+' | b'-')));
        let exponent = digits(at);
        if exponent == at {
            return false;
        }
        at = exponent;
    }
    at == bytes.len()
}

/// Go's `strconv.ParseFloat` for decimal texts: out of range is no number.
pub(crate) fn go_float(text: &str) -> Option<f64> {
    if !is_yaml_float(text) {
        return None;
    }
    text.parse::<f64>().ok().filter(|value| value.is_finite())
}

/// A float that starts with a dot, which go-yaml hands to Go as it is: underscores must stand between digits.
fn dot_float(text: &str) -> Option<f64> {
    if !text.contains('_') {
        return go_float(text);
    }
    let bytes = text.as_bytes();
    let digit = |at: Option<usize>| at.and_then(|at| bytes.get(at)).is_some_and(u8::is_ascii_digit);
    let sound = memchr::memchr_iter(b'_', bytes).all(|at| digit(at.checked_sub(1)) && digit(Some(at + 1)));
    if sound {
        go_float(&text.replace('_', ""))
    } else {
        None
    }
}

/// go-yaml's `parseTimestamp`: four layouts of Go's `time.Parse`, which takes one digit where a layout has one, any number
/// of fraction digits behind `.` or `,`, and several spaces for one.
fn is_timestamp(text: &str) -> bool {
    let bytes = text.as_bytes();
    if bytes.len() < 8 || bytes[4] != b'-' || !bytes[..4].iter().all(u8::is_ascii_digit) {
        return false;
    }
    let year = bytes[..4]
        .iter()
        .fold(0u32, |year, b| year * 10 + u32::from(b - b'0'));
    let mut rest = &bytes[5..];
    let Some(month) = one_or_two_digits(&mut rest) else {
        return false;
    };
    if !(1..=12).contains(&month) || !literal(&mut rest, b'-') {
        return false;
    }
    let Some(day) = one_or_two_digits(&mut rest) else {
        return false;
    };
    let last = match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    if day < 1 || day > last {
        return false;
    }
    let zoned = match rest {
        [] => return true,
        [b'T' | b't', after @ ..] => {
            rest = after;
            true
        }
        [b' ', ..] => {
            while let [b' ', after @ ..] = rest {
                rest = after;
            }
            false
        }
        _ => return false,
    };
    let clock = |rest: &mut &[u8]| {
        one_or_two_digits(rest).is_some_and(|hour| hour < 24)
            && literal(rest, b':')
            && one_or_two_digits(rest).is_some_and(|minute| minute < 60)
            && literal(rest, b':')
            && one_or_two_digits(rest).is_some_and(|second| second < 60)
    };
    if !clock(&mut rest) {
        return false;
    }
    if let [b'.' | b',', b'0'..=b'9', ..] = rest {
        let digits = rest[1..].iter().take_while(|b| b.is_ascii_digit()).count();
        rest = &rest[1 + digits..];
    }
    if !zoned {
        return rest.is_empty();
    }
    match rest {
        [b'Z'] => true,
        [
            b'+' | b'-',
            h1 @ b'0'..=b'9',
            h2 @ b'0'..=b'9',
            b':',
            m1 @ b'0'..=b'9',
            m2 @ b'0'..=b'9',
        ] => (h1 - b'0') * 10 + (h2 - b'0') <= 24 && (m1 - b'0') * 10 + (m2 - b'0') <= 60,
        _ => false,
    }
}

fn one_or_two_digits(rest: &mut &[u8]) -> Option<u32> {
    let (value, width) = match **rest {
        [a @ b'0'..=b'9', b @ b'0'..=b'9', ..] => (u32::from(a - b'0') * 10 + u32::from(b - b'0'), 2),
        [a @ b'0'..=b'9', ..] => (u32::from(a - b'0'), 1),
        _ => return None,
    };
    *rest = &rest[width..];
    Some(value)
}

fn literal(rest: &mut &[u8], byte: u8) -> bool {
    let found = rest.first() == Some(&byte);
    if found {
        *rest = &rest[1..];
    }
    found
}

/// Decodes base64 as Go's `base64.StdEncoding` does: line breaks ignored, padding required. `None` if it is not base64.
#[must_use]
pub fn decode_base64(text: &str) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut count, mut padding) = (0u32, 0u8, 0u8);
    for byte in text.bytes() {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            b'\r' | b'\n' => continue,
            // A group ends with one `=` behind three digits, or two behind two.
            b'=' if (count == 3 && padding == 0) || (count == 2 && padding < 2) => {
                padding += 1;
                continue;
            }
            _ => return None,
        };
        if padding > 0 {
            return None;
        }
        bits = bits << 6 | u32::from(value);
        count += 1;
        if count == 4 {
            out.extend_from_slice(&bits.to_be_bytes()[1..]);
            (bits, count) = (0, 0);
        }
    }
    match (count, padding) {
        (0, 0) => {}
        (3, 1) => out.extend_from_slice(&(bits << 6).to_be_bytes()[1..3]),
        (2, 2) => out.push((bits >> 4) as u8),
        _ => return None,
    }
    Some(out)
}

/// Encodes `bytes` as go-yaml does for `!!binary`: base64 in lines of 70 characters, each ended by a line break if there
/// is more than one.
#[must_use]
pub fn encode_base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const LINE: usize = 70;
    let length = bytes.len().div_ceil(3) * 4;
    let broken = length >= LINE;
    let mut out = String::with_capacity(length + length / LINE + 1);
    let mut column = 0;
    for group in bytes.chunks(3) {
        let bits = group
            .iter()
            .enumerate()
            .fold(0u32, |bits, (at, &b)| bits | u32::from(b) << (16 - 8 * at));
        for at in 0..4 {
            let digit = if at > group.len() {
                b'='
            } else {
                DIGITS[(bits >> (18 - 6 * at)) as usize & 63]
            };
            out.push(char::from(digit));
            column += 1;
            if broken && column == LINE {
                out.push('\n');
                column = 0;
            }
        }
    }
    if broken && column > 0 {
        out.push('\n');
    }
    out
}
