//! How a string is printed: which quotes it gets, and how its lines are folded (libyaml's `analyze_scalar`,
//! `select_scalar_style` and `write_…_scalar`).

use super::{Dialect, Emitter};
use crate::resolve;
use crate::scan::break_width;

/// A key longer than this many bytes is written behind `? `.
pub(super) const LONGEST_SIMPLE_KEY: usize = 128;

/// What a text may be written as.
#[derive(Clone, Copy, Debug)]
struct Analysis {
    multiline: bool,
    plain: bool,
    single_quoted: bool,
    block: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Plain,
    SingleQuoted,
    DoubleQuoted,
    Literal,
}

impl Emitter {
    /// Prints a string, in quotes if go-yaml would read it as something else without, in literal style if it has lines.
    pub fn string(&mut self, text: &str) {
        if self.done {
            return;
        }
        let plain = || {
            resolve::is_plain_string(text)
                && !is_base60(text)
                && !(self.dialect == Dialect::V3 && resolve::is_v3_octal(text))
        };
        let form = if memchr::memchr(b'\n', text.as_bytes()).is_some() {
            Form::Literal
        } else if plain() {
            Form::Plain
        } else {
            Form::DoubleQuoted
        };
        self.text(text, form, "");
    }

    /// Prints base64 text as `!!binary`.
    pub(super) fn binary(&mut self, base64: &str) {
        if self.done {
            return;
        }
        let form = if base64.contains('\n') {
            Form::Literal
        } else {
            Form::Plain
        };
        self.text(base64, form, "!!binary");
    }

    fn text(&mut self, text: &str, form: Form, tag: &str) {
        let analysis = analyze(text, self.dialect);
        self.prefix(!analysis.multiline && tag.len() + text.len() <= LONGEST_SIMPLE_KEY);
        let simple_key = self.is_simple_key();
        let form = match form {
            Form::Plain if analysis.plain => Form::Plain,
            Form::Plain | Form::SingleQuoted if analysis.single_quoted => Form::SingleQuoted,
            Form::Literal if analysis.block && !simple_key => Form::Literal,
            _ => Form::DoubleQuoted,
        };
        if !tag.is_empty() {
            self.space();
            self.put_ascii(tag);
            self.whitespace = false;
            self.indention = false;
        }
        let outer = self.indent;
        self.indent = if outer < 0 { 2 } else { outer + 2 };
        match form {
            Form::Plain => self.write_plain(text, !simple_key),
            Form::SingleQuoted => self.write_single_quoted(text, !simple_key),
            Form::DoubleQuoted => self.write_double_quoted(text, !simple_key),
            Form::Literal => self.write_literal(text),
        }
        self.indent = outer;
        self.node_done();
    }

    /// Text without line breaks and without folding.
    fn put(&mut self, text: &str) {
        self.out.push_str(text);
        self.column += if text.is_ascii() {
            text.len()
        } else {
            text.chars().count()
        };
    }

    /// Prints text in which a single space behind the width of the line becomes a line break. `first` and `last` say whether
    /// the first and the last byte may be such a space.
    fn put_folded(&mut self, text: &str, breaks: bool, ends: bool) {
        let width = self.dialect.width();
        if !breaks || width == usize::MAX || self.column + text.len() <= width {
            return self.put(text);
        }
        let bytes = text.as_bytes();
        let mut done = 0;
        for at in memchr::memchr_iter(b' ', bytes) {
            let single =
                (at == 0 || bytes[at - 1] != b' ') && bytes.get(at + 1).is_none_or(|&next| next != b' ');
            let inside = ends || (at > 0 && at + 1 < bytes.len());
            if !single || !inside {
                continue;
            }
            self.put(&text[done..at]);
            if self.column > width {
                self.write_indent();
                done = at + 1;
            } else {
                done = at;
            }
        }
        self.put(&text[done..]);
    }

    fn write_plain(&mut self, text: &str, breaks: bool) {
        self.space();
        self.put_folded(text, breaks, true);
        self.whitespace = false;
        self.indention = false;
    }

    fn write_single_quoted(&mut self, text: &str, breaks: bool) {
        self.indicator("'", true, false, false);
        if !has_breaks(text) {
            if memchr::memchr(b'\'', text.as_bytes()).is_none() {
                self.put_folded(text, breaks, false);
            } else {
                let doubled = text.replace('\'', "''");
                self.put_folded_quoted(&doubled, breaks);
            }
        } else {
            self.write_single_quoted_lines(text, breaks);
        }
        self.indicator("'", false, false, false);
        self.whitespace = false;
        self.indention = false;
    }

    /// As [`put_folded`](Self::put_folded): doubled quotes are no spaces and change no neighbor of one.
    fn put_folded_quoted(&mut self, text: &str, breaks: bool) {
        self.put_folded(text, breaks, false);
    }

    /// Single quotes around text that has LS or PS in it, the only breaks that come here.
    fn write_single_quoted_lines(&mut self, text: &str, fold: bool) {
        let bytes = text.as_bytes();
        let width = self.dialect.width();
        let (mut spaces, mut breaks) = (false, false);
        let mut at = 0;
        while at < bytes.len() {
            let length = text[at..].chars().next().map_or(1, char::len_utf8);
            let c = &text[at..at + length];
            if c == " " {
                if fold
                    && !spaces
                    && self.column > width
                    && at > 0
                    && at + 1 < bytes.len()
                    && bytes[at + 1] != b' '
                {
                    self.write_indent();
                } else {
                    self.put(c);
                }
                spaces = true;
            } else if break_width(bytes, at) > 0 {
                if !breaks && c == "\n" {
                    self.put_break();
                }
                self.write_break(c);
                self.indention = true;
                breaks = true;
            } else {
                if breaks {
                    self.write_indent();
                }
                if c == "'" {
                    self.put("'");
                }
                self.put(c);
                self.indention = false;
                spaces = false;
                breaks = false;
            }
            at += length;
        }
    }

    fn write_break(&mut self, text: &str) {
        if text == "\n" {
            self.put_break();
        } else {
            self.out.push_str(text);
            self.column = 0;
            if self.dialect == Dialect::V3 {
                self.indention = true;
            }
        }
    }

    fn write_double_quoted(&mut self, text: &str, breaks: bool) {
        self.indicator("\"", true, false, false);
        let bytes = text.as_bytes();
        let width = self.dialect.width();
        // go-yaml asks for a byte-order mark at the start of the text at each character, so all are escaped behind one.
        let escape_all = text.starts_with('\u{feff}');
        let mut spaces = false;
        // Where the part that is not yet printed starts.
        let mut done = 0;
        for (at, c) in text.char_indices() {
            if escape_all || must_escape(c) {
                self.put(&text[done..at]);
                self.escape(c);
                done = at + c.len_utf8();
                spaces = false;
            } else if c == ' ' {
                if breaks && !spaces && at > 0 && at + 1 < bytes.len() && width != usize::MAX {
                    self.put(&text[done..at]);
                    done = at;
                    if self.column > width {
                        self.write_indent();
                        if bytes[at + 1] == b' ' {
                            self.put("\\");
                        }
                        done = at + 1;
                    }
                }
                spaces = true;
            } else {
                spaces = false;
            }
        }
        self.put(&text[done..]);
        self.indicator("\"", false, false, false);
        self.whitespace = false;
        self.indention = false;
    }

    fn escape(&mut self, c: char) {
        let short = match c {
            '\0' => "\\0",
            '\x07' => "\\a",
            '\x08' => "\\b",
            '\t' => "\\t",
            '\n' => "\\n",
            '\x0B' => "\\v",
            '\x0C' => "\\f",
            '\r' => "\\r",
            '\x1B' => "\\e",
            '"' => "\\\"",
            '\\' => "\\\\",
            '\u{85}' => "\\N",
            '\u{A0}' => "\\_",
            '\u{2028}' => "\\L",
            '\u{2029}' => "\\P",
            _ => {
                let code = u32::from(c);
                let text = match code {
                    0..=0xFF => format!("\\x{code:02X}"),
                    0x100..=0xFFFF => format!("\\u{code:04X}"),
                    _ => format!("\\U{code:08X}"),
                };
                return self.put_ascii(&text);
            }
        };
        self.put_ascii(short);
    }

    fn write_literal(&mut self, text: &str) {
        self.indicator("|", true, false, false);
        let bytes = text.as_bytes();
        // The reader finds the indentation by itself unless the text starts with a blank.
        if bytes.first() == Some(&b' ') || break_width(bytes, 0) > 0 {
            self.indicator("2", false, false, false);
        }
        let mut chars = text.chars().rev();
        let last = chars.next().is_some_and(is_break);
        let before = chars.next().is_none_or(is_break);
        if !last {
            self.indicator("-", false, false, false);
        } else if before {
            self.indicator("+", false, false, false);
        }
        self.put_break();
        self.indention = true;
        self.whitespace = true;
        let mut rest = text;
        while !rest.is_empty() {
            let end = next_break(rest.as_bytes());
            let (line, tail) = rest.split_at(end);
            if !line.is_empty() {
                self.write_indent();
                self.put(line);
                self.indention = false;
            }
            rest = tail;
            if let Some(c) = tail.chars().next() {
                let (text, tail) = tail.split_at(c.len_utf8());
                self.write_break(text);
                self.indention = true;
                rest = tail;
            }
        }
    }
}

/// Offset of the first line break of a literal text: LF, LS, PS. Others force double quotes.
fn next_break(bytes: &[u8]) -> usize {
    let mut from = 0;
    while let Some(found) = memchr::memchr2(b'\n', 0xE2, &bytes[from..]) {
        let at = from + found;
        if break_width(bytes, at) > 0 {
            return at;
        }
        from = at + 1;
    }
    bytes.len()
}

fn is_break(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

fn has_breaks(text: &str) -> bool {
    let bytes = text.as_bytes();
    memchr::memchr3_iter(b'\n', b'\r', 0xE2, bytes).any(|at| break_width(bytes, at) > 0)
        || text.contains('\u{85}')
}

/// What libyaml prints as an escape: control characters, breaks, byte-order marks, and everything outside the BMP.
fn must_escape(c: char) -> bool {
    match c {
        '"' | '\\' | '\n' | '\u{2028}' | '\u{2029}' => true,
        ' '..='~' => false,
        _ => !is_printable(c),
    }
}

fn is_printable(c: char) -> bool {
    matches!(c, '\n' | ' '..='~' | '\u{A0}'..='\u{D7FF}' | '\u{E000}'..='\u{FEFE}' | '\u{FF00}'..='\u{FFFD}')
}

fn analyze(text: &str, dialect: Dialect) -> Analysis {
    let bytes = text.as_bytes();
    if bytes.is_empty() {
        return Analysis {
            multiline: false,
            plain: true,
            single_quoted: true,
            block: false,
        };
    }
    let mut indicators = text.starts_with("---") || text.starts_with("...");
    let (mut line_breaks, mut special, mut tabs) = (false, false, false);
    let (mut leading, mut trailing_space, mut trailing_break) = (false, false, false);
    let (mut break_space, mut space_break) = (false, false);
    let (mut previous_space, mut previous_break) = (false, false);
    let mut preceded_by_blank = true;
    let mut at = 0;
    while at < bytes.len() {
        let byte = bytes[at];
        // Nearly all text.
        if at > 0 && (byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'/' | b'_' | b'=')) {
            previous_space = false;
            previous_break = false;
            preceded_by_blank = false;
            at += 1;
            continue;
        }
        let c = text[at..].chars().next().unwrap_or('\0');
        let width = c.len_utf8();
        let blank_follows = bytes
            .get(at + width)
            .is_none_or(|&next| matches!(next, b' ' | b'\t'));
        if at == 0 {
            match byte {
                b'#' | b',' | b'[' | b']' | b'{' | b'}' | b'&' | b'*' | b'!' | b'|' | b'>' | b'\'' | b'"'
                | b'%' | b'@' | b'`' => indicators = true,
                b'?' | b':' | b'-' if blank_follows => indicators = true,
                _ => {}
            }
        } else {
            match byte {
                b':' if blank_follows => indicators = true,
                b'#' if preceded_by_blank => indicators = true,
                _ => {}
            }
        }
        if c == '\t' && dialect == Dialect::V3 {
            tabs = true;
        } else if !is_printable(c) {
            special = true;
        }
        let last = at + width == bytes.len();
        let break_here = is_break(c);
        if c == ' ' {
            leading |= at == 0;
            trailing_space |= last;
            break_space |= previous_break;
            previous_space = true;
            previous_break = false;
        } else if break_here {
            line_breaks = true;
            leading |= at == 0;
            trailing_break |= last;
            space_break |= previous_space;
            previous_space = false;
            previous_break = true;
        } else {
            previous_space = false;
            previous_break = false;
        }
        preceded_by_blank = break_here || matches!(c, ' ' | '\t' | '\0');
        at += width;
    }
    let unquotable = space_break || special;
    Analysis {
        multiline: line_breaks,
        plain: !(leading
            || trailing_space
            || trailing_break
            || break_space
            || unquotable
            || tabs
            || line_breaks
            || indicators),
        single_quoted: !(break_space || unquotable || tabs),
        block: !(trailing_space || unquotable),
    }
}

/// go-yaml's `^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$`: numbers of base 60, quoted for other readers.
fn is_base60(text: &str) -> bool {
    let bytes = text.as_bytes();
    let rest = match bytes {
        [b'+' | b'-', rest @ ..] => rest,
        _ => bytes,
    };
    let Some(colon) = memchr::memchr(b':', rest) else {
        return false;
    };
    let (whole, rest) = rest.split_at(colon);
    let whole_fits =
        matches!(whole, [b'0'..=b'9', tail @ ..] if tail.iter().all(|b| b.is_ascii_digit() || *b == b'_'));
    let (groups, fraction) = match memchr::memchr(b'.', rest) {
        Some(dot) => rest.split_at(dot),
        None => (rest, &rest[..0]),
    };
    whole_fits
        && groups[1..]
            .split(|&b| b == b':')
            .all(|group| matches!(group, [b'0'..=b'9'] | [b'0'..=b'5', b'0'..=b'9']))
        && fraction.iter().skip(1).all(|b| b.is_ascii_digit() || *b == b'_')
}
