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
