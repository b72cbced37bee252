//! Base64 and base32. Decoding gives Go's error as its text, as Sprig does.

use plimsoll_gotpl::{Functions, Str};

use crate::Profile;

const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// Go's `base64.StdEncoding`, on one line: what `b64enc` gives, and what `encoding/json` makes of a `[]byte`.
pub(crate) fn base64(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

/// `b64enc "a"` is `YQ==`.
fn b64enc(text: Str) -> Str {
    base64(text.as_bytes()).into()
}

/// `b64dec "YQ=="` is `a`; newlines are skipped.
fn b64dec(text: Str) -> Str {
    match decode64(&text) {
        Ok(bytes) => bytes.into(),
        Err(at) => format!("illegal base64 data at input byte {at}").into(),
    }
}

fn value64(byte: u8) -> Option<u8> {
    match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    }
}

fn value32(byte: u8) -> Option<u8> {
    match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'2'..=b'7' => Some(byte - b'2' + 26),
        _ => None,
    }
}

/// Decodes, or the offset where Go stops.
pub(crate) fn decode64(text: &[u8]) -> Result<Vec<u8>, usize> {
    let newline = |at: usize| matches!(text.get(at), Some(b'\n' | b'\r'));
    let mut out = Vec::with_capacity(text.len() / 4 * 3);
    let mut at = 0;
    while at < text.len() {
        let mut quantum = [0_u8; 4];
        let mut filled = 0;
        let mut padded = false;
        while filled < 4 && !padded {
            let Some(&byte) = text.get(at) else {
                if filled == 0 {
                    return Ok(out);
                }
                return Err(at - filled);
            };
            at += 1;
            if let Some(value) = value64(byte) {
                quantum[filled] = value;
                filled += 1;
                continue;
            }
            if matches!(byte, b'\n' | b'\r') {
                continue;
            }
            if byte != b'=' || filled < 2 {
                return Err(at - 1);
            }
            if filled == 2 {
                while newline(at) {
                    at += 1;
                }
                match text.get(at) {
                    None => return Err(text.len()),
                    Some(b'=') => at += 1,
                    Some(_) => return Err(at - 1),
                }
            }
            while newline(at) {
                at += 1;
            }
            if at < text.len() {
                return Err(at);
            }
            padded = true;
        }
        let [a, b, c, d] = quantum;
        let bytes = [a << 2 | b >> 4, b << 4 | c >> 2, c << 6 | d];
        out.extend_from_slice(&bytes[..filled - 1]);
    }
    Ok(out)
}

/// `b32enc "a"` is `ME======`.
fn b32enc(text: Str) -> Str {
    let mut out = Vec::with_capacity(text.len().div_ceil(5) * 8);
    for chunk in text.chunks(5) {
        let mut bits = [0_u8; 8];
        bits[3..3 + chunk.len()].copy_from_slice(chunk);
        let bits = u64::from_be_bytes(bits);
        let digits = (chunk.len() * 8).div_ceil(5);
        for i in 0..8 {
            out.push(if i < digits {
                BASE32[(bits >> (35 - 5 * i)) as usize & 31]
            } else {
                b'='
            });
        }
    }
    out.into()
}

/// `b32dec "ME======"` is `a`; newlines are skipped.
fn b32dec(text: Str) -> Str {
    match decode32(&text) {
        Ok(bytes) => bytes.into(),
        Err(at) => format!("illegal base32 data at input byte {at}").into(),
    }
}

/// Decodes, or the offset (newlines not counted) where Go stops.
fn decode32(text: &[u8]) -> Result<Vec<u8>, usize> {
    let text: Vec<u8> = text
        .iter()
        .copied()
        .filter(|b| !matches!(b, b'\n' | b'\r'))
        .collect();
    let whole = text.len();
    let mut rest = &text[..];
    let mut out = Vec::with_capacity(whole / 8 * 5);
    let mut end = false;
    while !rest.is_empty() && !end {
        let mut bits = 0_u64;
        let mut filled = 0;
        while filled < 8 {
            let Some((&byte, after)) = rest.split_first() else {
                return Err(whole - filled);
            };
            rest = after;
            if byte == b'=' && filled >= 2 && rest.len() < 8 {
                if rest.len() + filled < 7 {
                    return Err(whole);
                }
                for k in 0..7 - filled {
                    if rest.get(k).is_some_and(|&b| b != b'=') {
                        return Err((whole - rest.len() + k).saturating_sub(1));
                    }
                }
                if matches!(filled, 1 | 3 | 6) {
                    return Err((whole - rest.len()).saturating_sub(1));
                }
                end = true;
                break;
            }
            let Some(value) = value32(byte) else {
                return Err(whole - rest.len() - 1);
            };
            bits |= u64::from(value) << (35 - 5 * filled);
            filled += 1;
        }
        out.extend_from_slice(&bits.to_be_bytes()[3..3 + filled * 5 / 8]);
    }
    Ok(out)
}

pub(crate) fn add(functions: &mut Functions, _: Profile) {
    functions.add("b64enc", b64enc);
    functions.add("b64dec", b64dec);
    functions.add("b32enc", b32enc);
    functions.add("b32dec", b32dec);
}
