//! Go string and character literals: `strconv.Quote` and its inverse.
//!
//! Strings are bytes. What is not UTF-8 is written as `\x..`, so quoting loses nothing.

use super::unicode::{is_graphic, is_print};

/// The first character of `bytes` as Go decodes it: none for an invalid encoding, and how many bytes it takes (1 when
/// invalid, 0 at the end).
pub fn decode_rune(bytes: &[u8]) -> (Option<char>, usize) {
    let Some(&first) = bytes.first() else {
        return (None, 0);
    };
    if first < 0x80 {
        return (Some(char::from(first)), 1);
    }
    let width = match first {
        0xc2..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf4 => 4,
        _ => return (None, 1),
    };
    match bytes
        .get(..width)
        .and_then(|part| std::str::from_utf8(part).ok())
        .and_then(|s| s.chars().next())
    {
        Some(c) => (Some(c), width),
        None => (None, 1),
    }
}

fn push_hex(out: &mut Vec<u8>, value: u32, digits: u32) {
    for shift in (0..digits).rev() {
        let digit = (value >> (shift * 4)) & 0xf;
        out.push(b"0123456789abcdef"[digit as usize]);
    }
}

fn push_escaped(out: &mut Vec<u8>, c: char, quote: u8, ascii: bool, graphic: bool) {
    if u32::from(c) == u32::from(quote) || c == '\\' {
        out.push(b'\\');
        out.push(c as u8);
        return;
    }
    let shows = if ascii {
        c.is_ascii() && is_print(c)
    } else {
        is_print(c) || (graphic && is_graphic(c))
    };
    if shows {
        out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
        return;
    }
    let short = match c {
        '\x07' => b'a',
        '\x08' => b'b',
        '\x0c' => b'f',
        '\n' => b'n',
        '\r' => b'r',
        '\t' => b't',
        '\x0b' => b'v',
        _ => {
            let code = u32::from(c);
            if code < 0x20 || code == 0x7f {
                out.extend_from_slice(b"\\x");
                push_hex(out, code, 2);
            } else if code < 0x10000 {
                out.extend_from_slice(b"\\u");
                push_hex(out, code, 4);
            } else {
                out.extend_from_slice(b"\\U");
                push_hex(out, code, 8);
            }
            return;
        }
    };
    out.extend_from_slice(&[b'\\', short]);
}

fn append_quoted(out: &mut Vec<u8>, text: &[u8], quote: u8, ascii: bool, graphic: bool) {
    out.push(quote);
    let mut rest = text;
    while !rest.is_empty() {
        let (c, width) = decode_rune(rest);
        match c {
            Some(c) => push_escaped(out, c, quote, ascii, graphic),
            None => {
                out.extend_from_slice(b"\\x");
                push_hex(out, u32::from(rest[0]), 2);
            }
        }
        rest = &rest[width..];
    }
    out.push(quote);
}

/// Appends `strconv.Quote` of the text.
pub fn append_quote(out: &mut Vec<u8>, text: &[u8]) {
    append_quoted(out, text, b'"', false, false);
}

/// Appends `strconv.QuoteToASCII` of the text.
pub fn append_quote_to_ascii(out: &mut Vec<u8>, text: &[u8]) {
    append_quoted(out, text, b'"', true, false);
}

/// `strconv.Quote`.
pub fn quote(text: &[u8]) -> String {
    let mut out = Vec::with_capacity(text.len() + 2);
    append_quote(&mut out, text);
    String::from_utf8_lossy(&out).into_owned()
}

/// `strconv.QuoteToASCII`.
pub fn quote_to_ascii(text: &[u8]) -> String {
    let mut out = Vec::with_capacity(text.len() + 2);
    append_quote_to_ascii(&mut out, text);
    String::from_utf8_lossy(&out).into_owned()
}

/// `strconv.QuoteRune`; what is no character quotes as U+FFFD.
pub fn quote_rune(c: u32) -> String {
    let mut out = vec![b'\''];
    push_escaped(
        &mut out,
        char::from_u32(c).unwrap_or('\u{fffd}'),
        b'\'',
        false,
        false,
    );
    out.push(b'\'');
    String::from_utf8_lossy(&out).into_owned()
}

/// `strconv.QuoteRuneToASCII`; what is no character quotes as U+FFFD.
pub fn quote_rune_to_ascii(c: u32) -> String {
    let mut out = vec![b'\''];
    push_escaped(
        &mut out,
        char::from_u32(c).unwrap_or('\u{fffd}'),
        b'\'',
        true,
        false,
    );
    out.push(b'\'');
    String::from_utf8_lossy(&out).into_owned()
}

/// `strconv.CanBackquote`: whether the text can stand unchanged between backquotes.
pub fn can_backquote(text: &[u8]) -> bool {
    std::str::from_utf8(text).is_ok_and(|s| {
        s.chars()
            .all(|c| c != '\u{feff}' && c != '`' && c != '\u{7f}' && (c >= ' ' || c == '\t'))
    })
}

/// What an escape or character of a literal stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unquoted {
    /// A character, to be written as UTF-8. Surrogates cannot be written, so it is a number.
    Rune(u32),
    /// A byte that an escape `\x..` or `\...` gives.
    Byte(u8),
}

impl Unquoted {
    /// Its number.
    pub fn value(self) -> u32 {
        match self {
            Self::Rune(rune) => rune,
            Self::Byte(byte) => u32::from(byte),
        }
    }
}

/// `strconv.UnquoteChar`: the first character or escape of `text` inside literals quoted by `quote` (0 for neither
/// quote), and the rest. None is Go's `invalid syntax`.
pub fn unquote_char(text: &[u8], quote: u8) -> Option<(Unquoted, &[u8])> {
    let (&first, rest) = text.split_first()?;
    if first == quote && (quote == b'\'' || quote == b'"') {
        return None;
    }
    if first >= 0x80 {
        let (c, width) = decode_rune(text);
        return Some((Unquoted::Rune(c.map_or(0xfffd, u32::from)), &text[width..]));
    }
    if first != b'\\' {
        return Some((Unquoted::Rune(u32::from(first)), rest));
    }
    let (&escape, rest) = rest.split_first()?;
    let simple = |c: u8| Some((Unquoted::Rune(u32::from(c)), rest));
    match escape {
        b'a' => simple(7),
        b'b' => simple(8),
        b'f' => simple(0x0c),
        b'n' => simple(b'\n'),
        b'r' => simple(b'\r'),
        b't' => simple(b'\t'),
        b'v' => simple(0x0b),
        b'\\' => simple(b'\\'),
        b'\'' | b'"' if escape == quote => simple(escape),
        b'x' | b'u' | b'U' => {
            let digits = match escape {
                b'x' => 2,
                b'u' => 4,
                _ => 8,
            };
            let hex = rest.get(..digits)?;
            let mut value: u32 = 0;
            for &digit in hex {
                let digit = char::from(digit).to_digit(16)?;
                value = value.wrapping_shl(4) | digit;
            }
            let rest = &rest[digits..];
            if escape == b'x' {
                return Some((Unquoted::Byte(value as u8), rest));
            }
            char::from_u32(value)?;
            Some((Unquoted::Rune(value), rest))
        }
        b'0'..=b'7' => {
            let more = rest.get(..2)?;
            let mut value = u32::from(escape - b'0');
            for &digit in more {
                value = value * 8 + char::from(digit).to_digit(8)?;
            }
            Some((Unquoted::Byte(u8::try_from(value).ok()?), &rest[2..]))
        }
        _ => None,
    }
}

/// `strconv.Unquote` of a whole literal in `"…"`, `` `…` `` or `'…'` (one character). None is Go's `invalid syntax`.
pub fn unquote(literal: &[u8]) -> Option<Vec<u8>> {
    let (&quote, rest) = literal.split_first()?;
    let (&last, inner) = rest.split_last()?;
    if quote != last {
        return None;
    }
    match quote {
        b'`' => {
            if inner.contains(&b'`') {
                return None;
            }
            Some(inner.iter().copied().filter(|&b| b != b'\r').collect())
        }
        b'"' | b'\'' => {
            if inner.contains(&b'\n') {
                return None;
            }
            let mut out = Vec::with_capacity(inner.len());
            let mut rest = inner;
            let mut count = 0;
            while !rest.is_empty() {
                let (value, after) = unquote_char(rest, quote)?;
                match value {
                    Unquoted::Byte(byte) => out.push(byte),
                    Unquoted::Rune(rune) => {
                        let c = char::from_u32(rune).unwrap_or('\u{fffd}');
                        out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
                    }
                }
                rest = after;
                count += 1;
                if quote == b'\'' && count > 1 {
                    return None;
                }
            }
            // As Go: `''` is the empty string.
            Some(out)
        }
        _ => None,
    }
}
