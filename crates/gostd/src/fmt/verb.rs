//! Flags, width and precision applied to one plain value: Go's `fmt/format.go`.

use crate::strconv::{
    FloatSize, append_float, append_quote, append_quote_to_ascii, can_backquote, decode_rune, quote_rune,
    quote_rune_to_ascii, unicode::is_print,
};

/// The flags of a verb.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Flags {
    pub(super) width: Option<usize>,
    pub(super) precision: Option<usize>,
    pub(super) minus: bool,
    pub(super) plus: bool,
    pub(super) sharp: bool,
    pub(super) space: bool,
    pub(super) zero: bool,
    /// `%+v`
    pub(super) plus_v: bool,
    /// `%#v`
    pub(super) sharp_v: bool,
}

/// Characters as Go counts them: every invalid byte is one.
fn rune_count(text: &[u8]) -> usize {
    match std::str::from_utf8(text) {
        Ok(text) => text.chars().count(),
        Err(_) => {
            let (mut rest, mut count) = (text, 0);
            while !rest.is_empty() {
                rest = &rest[decode_rune(rest).1..];
                count += 1;
            }
            count
        }
    }
}

impl Flags {
    pub(super) fn padding(&self, out: &mut Vec<u8>, count: usize) {
        let byte = if self.zero && !self.minus { b'0' } else { b' ' };
        out.resize(out.len() + count, byte);
    }

    pub(super) fn pad(&self, out: &mut Vec<u8>, text: &[u8]) {
        let Some(width) = self.width.filter(|&width| width > 0) else {
            out.extend_from_slice(text);
            return;
        };
        let missing = width.saturating_sub(rune_count(text));
        if self.minus {
            out.extend_from_slice(text);
            self.padding(out, missing);
        } else {
            self.padding(out, missing);
            out.extend_from_slice(text);
        }
    }

    fn pad_with_spaces(&self, out: &mut Vec<u8>, text: &[u8]) {
        Self { zero: false, ..*self }.pad(out, text);
    }

    pub(super) fn unicode(&self, out: &mut Vec<u8>, value: u64) {
        let digits = self.precision.unwrap_or(4).max(4);
        let hex = format!("{value:X}");
        let mut text = format!("U+{}{hex}", "0".repeat(digits.saturating_sub(hex.len())));
        if self.sharp
            && let Some(c) = u32::try_from(value)
                .ok()
                .and_then(char::from_u32)
                .filter(|&c| is_print(c))
        {
            text.push_str(&format!(" '{c}'"));
        }
        self.pad_with_spaces(out, text.as_bytes());
    }

    pub(super) fn integer(
        &self,
        out: &mut Vec<u8>,
        value: u64,
        base: u32,
        signed: bool,
        verb: char,
        upper: bool,
    ) {
        let negative = signed && (value as i64) < 0;
        let magnitude = if negative { value.wrapping_neg() } else { value };
        let mut least = 0;
        if let Some(precision) = self.precision {
            least = precision;
            if precision == 0 && magnitude == 0 {
                Self { zero: false, ..*self }.padding(out, self.width.unwrap_or(0));
                return;
            }
        } else if let Some(width) = self.width.filter(|_| self.zero && !self.minus) {
            let sign = negative || self.plus || self.space;
            least = width.saturating_sub(usize::from(sign));
        }
        let digits = match base {
            2 => format!("{magnitude:b}"),
            8 => format!("{magnitude:o}"),
            16 if upper => format!("{magnitude:X}"),
            16 => format!("{magnitude:x}"),
            _ => magnitude.to_string(),
        };
        let mut text = Vec::with_capacity(digits.len().max(least) + 4);
        if negative {
            text.push(b'-');
        } else if self.plus {
            text.push(b'+');
        } else if self.space {
            text.push(b' ');
        }
        if verb == 'O' {
            text.extend_from_slice(b"0o");
        }
        let zeros = least.saturating_sub(digits.len());
        if self.sharp {
            match base {
                2 => text.extend_from_slice(b"0b"),
                8 if zeros == 0 && !digits.starts_with('0') => text.push(b'0'),
                16 => text.extend_from_slice(if upper { b"0X" } else { b"0x" }),
                _ => {}
            }
        }
        text.resize(text.len() + zeros, b'0');
        text.extend_from_slice(digits.as_bytes());
        self.pad_with_spaces(out, &text);
    }

    /// As many characters as the precision allows.
    fn truncate<'a>(&self, text: &'a [u8]) -> &'a [u8] {
        let Some(precision) = self.precision else {
            return text;
        };
        let mut end = 0;
        for _ in 0..precision {
            if end >= text.len() {
                return text;
            }
            end += decode_rune(&text[end..]).1;
        }
        &text[..end.min(text.len())]
    }

    pub(super) fn string(&self, out: &mut Vec<u8>, text: &[u8]) {
        self.pad(out, self.truncate(text));
    }

    pub(super) fn hex(&self, out: &mut Vec<u8>, text: &[u8], upper: bool) {
        let length = self
            .precision
            .map_or(text.len(), |precision| precision.min(text.len()));
        if length == 0 {
            self.padding(out, self.width.unwrap_or(0));
            return;
        }
        let mut width = 2 * length;
        if self.space {
            if self.sharp {
                width *= 2;
            }
            width += length - 1;
        } else if self.sharp {
            width += 2;
        }
        let missing = self.width.unwrap_or(0).saturating_sub(width);
        if !self.minus {
            self.padding(out, missing);
        }
        let (prefix, digits): (&[u8], &[u8]) = if upper {
            (b"0X", b"0123456789ABCDEF")
        } else {
            (b"0x", b"0123456789abcdef")
        };
        for (i, byte) in text[..length].iter().enumerate() {
            if self.space && i > 0 {
                out.push(b' ');
            }
            if self.sharp && (i == 0 || self.space) {
                out.extend_from_slice(prefix);
            }
            out.push(digits[usize::from(byte >> 4)]);
            out.push(digits[usize::from(byte & 15)]);
        }
        if self.minus {
            self.padding(out, missing);
        }
    }

    pub(super) fn quoted(&self, out: &mut Vec<u8>, text: &[u8]) {
        let text = self.truncate(text);
        let mut quoted = Vec::with_capacity(text.len() + 2);
        if self.sharp && can_backquote(text) {
            quoted.push(b'`');
            quoted.extend_from_slice(text);
            quoted.push(b'`');
        } else if self.plus {
            append_quote_to_ascii(&mut quoted, text);
        } else {
            append_quote(&mut quoted, text);
        }
        self.pad(out, &quoted);
    }

    pub(super) fn character(&self, out: &mut Vec<u8>, value: u64) {
        let c = u32::try_from(value)
            .ok()
            .and_then(char::from_u32)
            .unwrap_or('\u{fffd}');
        self.pad(out, c.encode_utf8(&mut [0; 4]).as_bytes());
    }

    pub(super) fn quoted_character(&self, out: &mut Vec<u8>, value: u64) {
        let c = u32::try_from(value).unwrap_or(0xfffd);
        let quoted = if self.plus {
            quote_rune_to_ascii(c)
        } else {
            quote_rune(c)
        };
        self.pad(out, quoted.as_bytes());
    }

    pub(super) fn float(
        &self,
        out: &mut Vec<u8>,
        value: f64,
        size: FloatSize,
        verb: u8,
        default_precision: Option<usize>,
    ) {
        let precision = self.precision.or(default_precision);
        let mut text = Vec::with_capacity(32);
        append_float(&mut text, value, verb, precision, size);
        if !matches!(text.first(), Some(b'-' | b'+')) {
            text.insert(0, b'+');
        }
        if self.space && text[0] == b'+' && !self.plus {
            text[0] = b' ';
        }
        let second = text.get(1).copied().unwrap_or(0);
        if second == b'I' || second == b'N' {
            // Infinities and NaN are not padded with zeros.
            if second == b'N' && !self.space && !self.plus {
                text.remove(0);
            }
            // As Go: the sign of +Inf stays.
            self.pad_with_spaces(out, &text);
            return;
        }
        if self.sharp && verb != b'b' {
            self.keep_zeros(&mut text, verb, precision);
        }
        if self.plus || text[0] != b'+' {
            if let Some(width) = self.width
                && self.zero
                && !self.minus
                && width > text.len()
            {
                out.push(text[0]);
                self.padding(out, width - text.len());
                out.extend_from_slice(&text[1..]);
                return;
            }
            self.pad(out, &text);
            return;
        }
        self.pad(out, &text[1..]);
    }

    /// `#`: a decimal point always, and the trailing zeros of `%g`.
    fn keep_zeros(&self, text: &mut Vec<u8>, verb: u8, precision: Option<usize>) {
        let mut digits: isize = match verb {
            b'g' | b'G' | b'x' => precision.map_or(6, |p| isize::try_from(p).unwrap_or(isize::MAX)),
            _ => 0,
        };
        let mut tail = Vec::new();
        let (mut point, mut nonzero) = (false, false);
        let mut i = 1;
        while i < text.len() {
            match text[i] {
                b'.' => point = true,
                b'p' | b'P' => {
                    tail = text.split_off(i);
                }
                b'e' | b'E' if verb != b'x' && verb != b'X' => {
                    tail = text.split_off(i);
                }
                c => {
                    nonzero |= c != b'0';
                    if nonzero {
                        digits -= 1;
                    }
                }
            }
            i += 1;
        }
        if !point {
            if text.len() == 2 && text[1] == b'0' {
                digits -= 1;
            }
            text.push(b'.');
        }
        if let Ok(digits) = usize::try_from(digits) {
            text.resize(text.len() + digits, b'0');
        }
        text.extend_from_slice(&tail);
    }
}
