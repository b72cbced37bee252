//! Go's `unicode` and the case functions of `strings`: classes by category alone, case mappings rune by rune.
//!
//! Rust's own differ: `char::is_uppercase` is wider than the category `Lu`, and `to_uppercase` may give several runes.
//! Text need not be UTF-8; functions that map runes write U+FFFD for each byte of no rune, as Go's do.

use std::sync::LazyLock;

use regex_syntax::hir::ClassUnicode;

use crate::regexp::property;
use crate::strconv::{decode_rune, is_digit, is_letter};
pub use crate::strconv::{is_digit as is_decimal, is_letter as is_alphabetic, is_upper};

struct Category(LazyLock<Option<ClassUnicode>>);

impl Category {
    fn holds(&self, c: char) -> bool {
        self.0.as_ref().is_some_and(|class| {
            let ranges = class.ranges();
            let after = ranges.partition_point(|range| range.start() <= c);
            after > 0 && c <= ranges[after - 1].end()
        })
    }
}

/// Category `Ll`.
pub fn is_lower(c: char) -> bool {
    static LOWER: Category = Category(LazyLock::new(|| property("gc=Ll")));
    if c.is_ascii() {
        c.is_ascii_lowercase()
    } else {
        LOWER.holds(c)
    }
}

/// Category `Lt`.
pub fn is_title(c: char) -> bool {
    static TITLE: Category = Category(LazyLock::new(|| property("gc=Lt")));
    !c.is_ascii() && TITLE.holds(c)
}

/// Category `N`.
pub fn is_number(c: char) -> bool {
    static NUMBER: Category = Category(LazyLock::new(|| property("gc=N")));
    if c.is_ascii() {
        c.is_ascii_digit()
    } else {
        NUMBER.holds(c)
    }
}

/// Category `P`.
pub fn is_punct(c: char) -> bool {
    static PUNCT: Category = Category(LazyLock::new(|| property("gc=P")));
    PUNCT.holds(c)
}

/// `unicode.IsSpace`
pub fn is_space(c: char) -> bool {
    c.is_whitespace()
}

/// `unicode.ToUpper`: the simple mapping.
pub fn to_upper(c: char) -> char {
    let mut upper = c.to_uppercase();
    match (upper.next(), upper.next()) {
        (Some(one), None) => one,
        _ => match u32::from(c) {
            0x1f80..=0x1f87 | 0x1f90..=0x1f97 | 0x1fa0..=0x1fa7 => {
                char::from_u32(u32::from(c) + 8).unwrap_or(c)
            }
            0x1fb3 | 0x1fc3 | 0x1ff3 => char::from_u32(u32::from(c) + 9).unwrap_or(c),
            _ => c,
        },
    }
}

/// `unicode.ToLower`: the simple mapping.
pub fn to_lower(c: char) -> char {
    let mut lower = c.to_lowercase();
    match (lower.next(), lower.next()) {
        (Some(one), None) => one,
        // Only U+0130 has a longer full mapping.
        _ => 'i',
    }
}

/// `unicode.ToTitle`: differs from upper case for the digraphs and Georgian.
pub fn to_title(c: char) -> char {
    match u32::from(c) {
        0x1c4..=0x1c6 => '\u{1c5}',
        0x1c7..=0x1c9 => '\u{1c8}',
        0x1ca..=0x1cc => '\u{1cb}',
        0x1f1..=0x1f3 => '\u{1f2}',
        0x10d0..=0x10fa | 0x10fd..=0x10ff => c,
        _ => to_upper(c),
    }
}

/// The runes of a text as Go's `range` gives them.
pub fn runes(mut text: &[u8]) -> impl Iterator<Item = char> + '_ {
    std::iter::from_fn(move || {
        if text.is_empty() {
            return None;
        }
        let (rune, width) = decode_rune(text);
        text = &text[width.clamp(1, text.len())..];
        Some(rune.unwrap_or('\u{fffd}'))
    })
}

fn map(text: &[u8], mapping: impl Fn(char) -> char) -> Vec<u8> {
    let mut out = String::with_capacity(text.len());
    out.extend(runes(text).map(mapping));
    out.into_bytes()
}

/// `strings.ToUpper`
pub fn upper(text: &[u8]) -> Vec<u8> {
    if text.is_ascii() {
        text.to_ascii_uppercase()
    } else {
        map(text, to_upper)
    }
}

/// `strings.ToLower`
pub fn lower(text: &[u8]) -> Vec<u8> {
    if text.is_ascii() {
        text.to_ascii_lowercase()
    } else {
        map(text, to_lower)
    }
}

/// `strings.Title`: what follows neither a letter, a digit nor `_` in title case.
pub fn title(text: &[u8]) -> Vec<u8> {
    let mut out = String::with_capacity(text.len());
    let mut previous = ' ';
    for c in runes(text) {
        let separator = if previous.is_ascii() {
            !previous.is_ascii_alphanumeric() && previous != '_'
        } else {
            !is_letter(previous) && !is_digit(previous) && is_space(previous)
        };
        out.push(if separator { to_title(c) } else { c });
        previous = c;
    }
    out.into_bytes()
}

/// `strings.TrimSpace`
pub fn trim_space(text: &[u8]) -> &[u8] {
    trim(text, is_space)
}

/// `strings.Trim`: without the runes of the set at both ends.
pub fn trim_set<'t>(text: &'t [u8], set: &[u8]) -> &'t [u8] {
    if set.is_empty() {
        return text;
    }
    // A byte of no rune counts as U+FFFD, in the set as in the text.
    let set: Vec<char> = runes(set).collect();
    trim(text, |c| set.contains(&c))
}

fn trim(mut text: &[u8], cut: impl Fn(char) -> bool) -> &[u8] {
    while !text.is_empty() {
        let (rune, width) = decode_rune(text);
        if !cut(rune.unwrap_or('\u{fffd}')) {
            break;
        }
        text = &text[width.clamp(1, text.len())..];
    }
    while !text.is_empty() {
        let (rune, width) = last_rune(text);
        if !cut(rune.unwrap_or('\u{fffd}')) {
            break;
        }
        text = &text[..text.len() - width];
    }
    text
}

/// `utf8.DecodeLastRune`
fn last_rune(text: &[u8]) -> (Option<char>, usize) {
    for width in 1..=text.len().min(4) {
        let start = text.len() - width;
        if text[start] & 0xc0 != 0x80 {
            let (rune, length) = decode_rune(&text[start..]);
            if rune.is_some() && length == width {
                return (rune, width);
            }
            break;
        }
    }
    (None, 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_as_in_go() {
        assert_eq!(upper("straße ŉ ᾳ".as_bytes()), "STRAßE ŉ ᾼ".as_bytes());
        assert_eq!(lower("İÀ".as_bytes()), "ià".as_bytes());
        assert_eq!(
            title("hello wörld-éa x_y ǆ".as_bytes()),
            "Hello Wörld-Éa X_y ǅ".as_bytes()
        );
        assert_eq!(upper(b"\xffa"), "\u{fffd}A".as_bytes());
        assert_eq!(
            trim_set("ééaé\u{301}b".as_bytes(), "éb".as_bytes()),
            "aé\u{301}".as_bytes()
        );
        assert!(is_punct('!') && !is_punct('+') && is_number('²'));
    }
}
