//! Bytes to text: encodings and byte-order marks, as libyaml's reader treats them.

use std::sync::Arc;

use crate::compose::parse;
use crate::doc::Stream;
use crate::error::{Cause, ErrorKind, SyntaxError};
use crate::{Limits, Span};

/// Parses bytes as read from a file.
///
/// A UTF-16 byte-order mark selects UTF-16, which is converted, so that positions refer to the UTF-8 text
/// ([`Doc::source`](crate::Doc::source)). Bytes that are not in the encoding give one error that points at the first of them, and no
/// document: what stands beside binary data is not worth trusting.
#[must_use]
pub fn parse_bytes(bytes: &[u8], limits: &Limits) -> Stream {
    match bytes {
        [0xFF, 0xFE, rest @ ..] => parse_utf16(rest, u16::from_le_bytes, limits),
        [0xFE, 0xFF, rest @ ..] => parse_utf16(rest, u16::from_be_bytes, limits),
        _ => match std::str::from_utf8(bytes) {
            Ok(text) => parse(Arc::<str>::from(text), limits),
            Err(error) => {
                let at = error.valid_up_to();
                let message = match bytes.get(at) {
                    Some(0xC0..=0xF7) if error.error_len().is_none() => "incomplete UTF-8 octet sequence",
                    Some(0xC0..=0xF7) => "invalid trailing UTF-8 octet",
                    _ => "invalid leading UTF-8 octet",
                };
                reader_error(at, message)
            }
        },
    }
}

/// What libyaml's reader says of the first bytes of a text in UTF-8. It decodes 512 of them before anything is scanned, so
/// a forbidden character among them is the error, whatever else is wrong and wherever the first document ends. A sequence
/// that the text or those bytes cut off is not looked at yet.
#[must_use]
pub fn reader_mistake(bytes: &[u8]) -> Option<&'static str> {
    if bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]) {
        return None;
    }
    let bytes = bytes.get(..512).unwrap_or(bytes);
    let mut rest = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    while let Some(&lead) = rest.first() {
        let width = match lead {
            0..=0x7F => 1,
            0xC0..=0xDF => 2,
            0xE0..=0xEF => 3,
            0xF0..=0xF7 => 4,
            _ => return Some("invalid leading UTF-8 octet"),
        };
        let (sequence, after) = rest.split_at_checked(width)?;
        rest = after;
        let bits = if width == 1 { 0x7F } else { 0x7F >> width };
        let mut value = u32::from(lead & bits);
        for &octet in &sequence[1..] {
            if octet & 0xC0 != 0x80 {
                return Some("invalid trailing UTF-8 octet");
            }
            value = value << 6 | u32::from(octet & 0x3F);
        }
        let least = [0, 0, 0x80, 0x800, 0x1_0000][width];
        if value < least {
            return Some("invalid length of a UTF-8 sequence");
        }
        match char::from_u32(value) {
            None => return Some("invalid Unicode character"),
            Some('\t' | '\n' | '\r' | ' '..='~' | '\u{85}' | '\u{A0}'..='\u{FFFD}' | '\u{10000}'..) => {}
            Some(_) => return Some("control characters are not allowed"),
        }
    }
    None
}

/// The text before a sequence that the end of the text cuts off: libyaml's reader asks for the rest of that only when what is
/// before has been scanned.
#[must_use]
pub fn before_cut_sequence(bytes: &[u8]) -> Option<&str> {
    let back = (1..=3.min(bytes.len())).find(|back| bytes[bytes.len() - back] & 0xC0 == 0xC0);
    // The lead may also be followed by what does not belong to it: width is looked at first.
    let back = back?;
    let (before, cut) = bytes.split_at(bytes.len() - back);
    let width = match cut[0] {
        0xC0..=0xDF => 2,
        0xE0..=0xEF => 3,
        0xF0..=0xF7 => 4,
        _ => return None,
    };
    (width > back).then(|| std::str::from_utf8(before).ok())?
}

fn parse_utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16, limits: &Limits) -> Stream {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let mut text = String::with_capacity(bytes.len());
    let mut at = 2;
    for decoded in char::decode_utf16(pairs.iter().map(|&pair| unit(pair))) {
        match decoded {
            Ok(c) => {
                text.push(c);
                at += c.len_utf16() * 2;
            }
            Err(_) => return reader_error(at, "unexpected low surrogate area"),
        }
    }
    if !rest.is_empty() {
        return reader_error(at, "incomplete UTF-16 character");
    }
    parse(text, limits)
}

fn reader_error(at: usize, message: &str) -> Stream {
    let at = u32::try_from(at).unwrap_or(u32::MAX);
    let error = SyntaxError {
        span: Span::new(at, at.saturating_add(1)),
        noticed_at: at,
        message: message.to_owned(),
        go_line: 0,
        kind: ErrorKind::Reader,
        cause: Cause::NotUtf8,
        doc_index: 0,
    };
    Stream {
        docs: Vec::new(),
        errors: vec![error],
    }
}
