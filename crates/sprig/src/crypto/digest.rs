//! Checksums of a string: in hexadecimal, but for `adler32sum`, which is a decimal number.

use plimsoll_gotpl::{Functions, Str};
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};

/// `sha1sum S`
fn sha1sum(text: Str) -> String {
    hex(&Sha1::digest(text.as_bytes()))
}

/// `sha256sum S`
fn sha256sum(text: Str) -> String {
    hex(&Sha256::digest(text.as_bytes()))
}

/// `sha512sum S`
fn sha512sum(text: Str) -> String {
    hex(&Sha512::digest(text.as_bytes()))
}

/// `adler32sum S`
fn adler32sum(text: Str) -> String {
    adler2::adler32_slice(&text).to_string()
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        text.push(char::from(DIGITS[usize::from(byte >> 4)]));
        text.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
    text
}

pub(super) fn add(functions: &mut Functions) {
    functions.add("sha1sum", sha1sum);
    functions.add("sha256sum", sha256sum);
    functions.add("sha512sum", sha512sum);
    functions.add("adler32sum", adler32sum);
}
