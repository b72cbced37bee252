//! The detour of `sigs.k8s.io/yaml.Marshal`: values written as JSON and read as YAML. Each function gives what comes out of it.
//!
//! The JSON is one line in which strings are double-quoted YAML scalars, so what matters is where YAML and JSON disagree about
//! those: `encoding/json` leaves U+007F to U+009F, U+FFFE and U+FFFF as they are, which libyaml refuses, but for U+0085,
//! which is a line break to it.

use std::borrow::Cow;

use crate::resolve::{self, Scalar};

/// go-yaml's sentence for a character that YAML forbids.
const FORBIDDEN: &str = "control characters are not allowed";

/// What a float is after the detour: an integer if it is whole and below 2^64 (below 2^63 if negative), else the float.
///
/// # Errors
/// NaN and infinite values: the sentence of `encoding/json`, such as `json: unsupported value: +Inf`.
pub fn json_float(value: f64) -> Result<Scalar<'static>, String> {
    let text = crate::float::format_json_float(value)?;
    Ok(match resolve::plain(&text) {
        Scalar::Int(value) => Scalar::Int(value),
        Scalar::Uint(value) => Scalar::Uint(value),
        _ => Scalar::Float(value),
    })
}

/// What a `json.Number` is after the detour; a number out of range becomes the string that it is.
#[must_use]
pub fn json_number(text: &str) -> Scalar<'_> {
    resolve::plain(text)
}

/// What a string value is after the detour.
///
/// # Errors
/// go-yaml's sentence, if YAML does not take the string.
pub fn json_str(text: &str) -> Result<Cow<'_, str>, &'static str> {
    // Everything of interest is above ASCII, but for DEL.
    if !text.bytes().any(|b| b >= 0x7F) {
        return Ok(Cow::Borrowed(text));
    }
    let mut breaks = false;
    for c in text.chars() {
        match c {
            '\u{85}' => breaks = true,
            '\u{7F}'..='\u{9F}' | '\u{FFFE}' | '\u{FFFF}' => return Err(FORBIDDEN),
            _ => {}
        }
    }
    if breaks {
        fold(text).map(Cow::Owned)
    } else {
        Ok(Cow::Borrowed(text))
    }
}

/// Folds the line breaks U+0085 as in a double-quoted scalar.
fn fold(text: &str) -> Result<String, &'static str> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find([' ', '\u{85}']) {
        let (before, run) = rest.split_at(start);
        out.push_str(before);
        let end = run.find(|c| c != ' ' && c != '\u{85}').unwrap_or(run.len());
        let (run, after) = run.split_at(end);
        match run.chars().filter(|&c| c == '\u{85}').count() {
            0 => out.push_str(run),
            1 => out.push(' '),
            breaks => out.extend(std::iter::repeat_n('\n', breaks - 1)),
        }
        if run.ends_with('\u{85}')
            && (after.starts_with("---") || after.starts_with("..."))
            && after[3..].starts_with([' ', '\u{85}'])
        {
            return Err("found unexpected document indicator");
        }
        rest = after;
    }
    out.push_str(rest);
    Ok(out)
}

/// What a key is after the detour.
///
/// # Errors
/// As [`json_str`]; and a key that needs more than 1,024 characters in JSON, or holds U+0085, is no simple key.
pub fn json_key(text: &str) -> Result<&str, &'static str> {
    // No character needs more than six.
    if text.len() <= 1022 / 6 && text.is_ascii() && !text.contains('\x7F') {
        return Ok(text);
    }
    json_str(text)?;
    let mut length = 2;
    for c in text.chars() {
        length += match c {
            '"' | '\\' | '\n' | '\r' | '\t' | '\x08' | '\x0C' => 2,
            '\0'..='\x1F' | '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => 6,
            _ => 1,
        };
    }
    if length > 1024 || text.contains('\u{85}') {
        return Err("did not find expected ',' or '}'");
    }
    Ok(text)
}
