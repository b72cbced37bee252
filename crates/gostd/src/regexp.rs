//! Go's `regexp`: RE2 syntax as Go reads it, on a linear-time engine.
//!
//! `parse` reads the expression with Go's rules and Go's error sentences into an intermediate expression of
//! regex-syntax; regex-automata runs it, leftmost-first as Go's `Compile` does. Text need not be UTF-8: a byte that
//! belongs to no rune counts as U+FFFD one byte wide, as in Go.
//!
//! Invariant: time is linear in the text; the size of a compiled expression is bounded, an expression beyond the bound
//! is refused as `expression too large`.

mod parse;

pub(crate) use parse::property;

use std::borrow::Cow;
use std::fmt;

use regex_automata::meta::Regex;
use regex_automata::util::captures::Captures;
use regex_automata::{Input, Span};

use crate::strconv::decode_rune;

/// Why an expression was refused; displays as Go's sentence. The expression may be cut inside a rune, so it is bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    pub(crate) code: &'static str,
    pub(crate) expr: Vec<u8>,
}

impl Error {
    /// Go's sentence in bytes: the expression quoted in it need not be UTF-8.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut text = format!("error parsing regexp: {}: `", self.code).into_bytes();
        text.extend_from_slice(&self.expr);
        text.push(b'`');
        text
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // As Go prints bytes of no rune where text must be UTF-8: one U+FFFD each.
        crate::unicode::runes(&self.to_bytes()).try_for_each(|c| fmt::Write::write_char(f, c))
    }
}

impl std::error::Error for Error {}

/// Bytes that a compiled expression may take: far above what expressions in use need, below what hurts.
const COMPILED_BYTES: usize = 32 << 20;

/// A compiled expression. Cheap to share, safe between threads.
#[derive(Debug, Clone)]
pub struct Regexp {
    regex: Regex,
    names: Vec<Option<String>>,
    /// Whether the expression is the empty text.
    empty: bool,
}

/// Text as the engine sees it, and the way back to the original offsets.
struct Haystack<'t> {
    original: &'t [u8],
    text: Cow<'t, str>,
    /// Where replacements end, by offset in `text`, when there are any.
    invalid: Vec<usize>,
}

impl<'t> Haystack<'t> {
    fn new(original: &'t [u8]) -> Self {
        if let Ok(text) = std::str::from_utf8(original) {
            return Self {
                original,
                text: Cow::Borrowed(text),
                invalid: Vec::new(),
            };
        }
        let mut text = String::with_capacity(original.len() + 16);
        let mut invalid = Vec::new();
        let mut rest = original;
        while !rest.is_empty() {
            let (rune, width) = decode_rune(rest);
            text.push(rune.unwrap_or('\u{fffd}'));
            if rune.is_none() {
                invalid.push(text.len());
            }
            rest = &rest[width.max(1)..];
        }
        Self {
            original,
            text: Cow::Owned(text),
            invalid,
        }
    }

    /// The part of the original that a span of `text` stands for.
    fn part(&self, span: Span) -> &'t [u8] {
        &self.original[self.offset(span.start)..self.offset(span.end)]
    }

    fn offset(&self, offset: usize) -> usize {
        // Every replaced byte became three.
        offset - 2 * self.invalid.partition_point(|&end| end <= offset)
    }
}

impl Regexp {
    /// Compiles an expression, Go's `regexp.Compile`.
    ///
    /// # Errors
    /// It is not an expression, or too large.
    pub fn new(expression: &[u8]) -> Result<Self, Error> {
        let too_large = || Error {
            code: "expression too large",
            expr: expression.to_vec(),
        };
        let parsed = parse::parse(expression)?;
        let config = Regex::config()
            .nfa_size_limit(Some(COMPILED_BYTES))
            .onepass_size_limit(Some(1 << 20))
            .hybrid_cache_capacity(2 << 20)
            .dfa_size_limit(Some(256 << 10));
        let regex = Regex::builder()
            .configure(config)
            .build_from_hir(&parsed.hir)
            .map_err(|_| too_large())?;
        Ok(Self {
            regex,
            names: parsed.names,
            empty: expression.is_empty(),
        })
    }

    /// `MatchString`
    pub fn is_match(&self, text: &[u8]) -> bool {
        self.regex.is_match(Haystack::new(text).text.as_bytes())
    }

    /// The leftmost match, `FindString` (which gives "" when there is none).
    pub fn find<'t>(&self, text: &'t [u8]) -> Option<&'t [u8]> {
        let haystack = Haystack::new(text);
        let found = self.regex.find(haystack.text.as_bytes())?;
        Some(haystack.part(found.span()))
    }

    /// Whole matches that do not overlap, each with its submatches by number; an absent one is empty.
    pub fn captures_all<'t>(&self, text: &'t [u8]) -> Vec<Vec<&'t [u8]>> {
        let haystack = Haystack::new(text);
        let mut captures = self.regex.create_captures();
        let mut all = Vec::new();
        self.each(&haystack, usize::MAX, |span| {
            let input = Input::new(haystack.text.as_bytes()).span(span.start..haystack.text.len());
            self.regex.search_captures(&input, &mut captures);
            all.push(
                captures
                    .iter()
                    .map(|group| group.map_or(&b""[..], |span| haystack.part(span)))
                    .collect(),
            );
        });
        all
    }

    /// Every match with Go's rule: an empty match right after another match does not count.
    fn each(&self, haystack: &Haystack<'_>, limit: usize, mut deliver: impl FnMut(Span)) {
        let text = haystack.text.as_bytes();
        let (mut position, mut previous, mut count) = (0, None, 0);
        while count < limit && position <= text.len() {
            let Some(found) = self.regex.search(&Input::new(text).span(position..text.len())) else {
                break;
            };
            let mut accept = true;
            if found.end() == position {
                accept = Some(found.start()) != previous;
                position += haystack
                    .text
                    .get(position..)
                    .and_then(|rest| rest.chars().next())
                    .map_or(1, char::len_utf8);
            } else {
                position = found.end();
            }
            previous = Some(found.end());
            if accept {
                deliver(found.span());
                count += 1;
            }
        }
    }

    /// `FindAllString`: the first `limit` matches, all when it is negative. Go gives a nil slice when none is found.
    pub fn find_all<'t>(&self, text: &'t [u8], limit: i64) -> Vec<&'t [u8]> {
        let haystack = Haystack::new(text);
        let mut found = Vec::new();
        self.each(&haystack, usize::try_from(limit).unwrap_or(usize::MAX), |span| {
            found.push(haystack.part(span));
        });
        found
    }

    /// `Split`: the parts between the first `limit` - 1 matches, all when it is negative; none when it is 0.
    pub fn split<'t>(&self, text: &'t [u8], limit: i64) -> Option<Vec<&'t [u8]>> {
        if limit == 0 {
            return None;
        }
        if text.is_empty() && !self.empty {
            return Some(vec![text]);
        }
        let haystack = Haystack::new(text);
        let mut spans = Vec::new();
        self.each(&haystack, usize::try_from(limit).unwrap_or(usize::MAX), |span| {
            spans.push(span)
        });
        let (mut parts, mut start, mut end) = (Vec::new(), 0, 0);
        for span in spans {
            if limit > 0 && parts.len() as i64 == limit - 1 {
                break;
            }
            end = span.start;
            if span.end != 0 {
                parts.push(haystack.part(Span { start, end }));
            }
            start = span.end;
        }
        if end != haystack.text.len() {
            parts.push(haystack.part(Span {
                start,
                end: haystack.text.len(),
            }));
        }
        Some(parts)
    }

    fn replace_each(
        &self,
        text: &[u8],
        mut replacement: impl FnMut(&mut Vec<u8>, &Haystack<'_>, Span),
    ) -> Vec<u8> {
        let haystack = Haystack::new(text);
        let whole = haystack.text.as_bytes();
        let mut out = Vec::with_capacity(text.len());
        let (mut last_end, mut position) = (0, 0);
        // As Go's `replaceAll`: an empty match is not allowed immediately after another match, and the search goes
        // on a rune further after each empty one.
        while position <= whole.len() {
            let Some(found) = self.regex.search(&Input::new(whole).span(position..whole.len())) else {
                break;
            };
            let span = found.span();
            out.extend_from_slice(haystack.part(Span {
                start: last_end,
                end: span.start,
            }));
            if span.end > last_end || span.start == 0 {
                replacement(&mut out, &haystack, span);
            }
            last_end = span.end;
            let width = haystack
                .text
                .get(position..)
                .and_then(|rest| rest.chars().next())
                .map_or(0, char::len_utf8);
            position = if position + width > span.end {
                position + width
            } else if position + 1 > span.end {
                position + 1
            } else {
                span.end
            };
        }
        out.extend_from_slice(haystack.part(Span {
            start: last_end,
            end: whole.len(),
        }));
        out
    }

    /// `ReplaceAllLiteralString`
    pub fn replace_all_literal(&self, text: &[u8], replacement: &[u8]) -> Vec<u8> {
        self.replace_each(text, |out, _, _| out.extend_from_slice(replacement))
    }

    /// `ReplaceAllString`: `$1`, `${1}`, `$name` and `${name}` stand for submatches, `$$` for `$`.
    pub fn replace_all(&self, text: &[u8], template: &[u8]) -> Vec<u8> {
        if !template.contains(&b'$') {
            return self.replace_all_literal(text, template);
        }
        let template = self.template(template);
        let mut captures = self.regex.create_captures();
        self.replace_each(text, |out, haystack, span| {
            // The spans come from the same expression, so it matches here again; the context before stays visible.
            let whole = haystack.text.as_bytes();
            let input = Input::new(whole).span(span.start..whole.len());
            self.regex.search_captures(&input, &mut captures);
            for piece in &template {
                match piece {
                    Piece::Text(text) => out.extend_from_slice(text),
                    Piece::Groups(groups) => expand_groups(out, haystack, &captures, groups),
                }
            }
        })
    }

    /// Reads a replacement template, Go's `expand`.
    fn template<'t>(&self, mut template: &'t [u8]) -> Vec<Piece<'t>> {
        let mut pieces = Vec::new();
        while let Some(dollar) = memchr::memchr(b'$', template) {
            pieces.push(Piece::Text(&template[..dollar]));
            template = &template[dollar + 1..];
            if template.first() == Some(&b'$') {
                pieces.push(Piece::Text(b"$"));
                template = &template[1..];
                continue;
            }
            let Some((name, rest)) = extract(template) else {
                // Malformed: a `$` that stands for itself.
                pieces.push(Piece::Text(b"$"));
                continue;
            };
            template = rest;
            pieces.push(Piece::Groups(match number(name) {
                Some(number) => vec![number],
                None => (0..self.names.len())
                    .filter(|&i| self.names[i].as_deref().is_some_and(|n| n.as_bytes() == name))
                    .collect(),
            }));
        }
        pieces.push(Piece::Text(template));
        pieces
    }
}

enum Piece<'t> {
    Text(&'t [u8]),
    /// The first of them that took part in the match.
    Groups(Vec<usize>),
}

fn expand_groups(out: &mut Vec<u8>, haystack: &Haystack<'_>, captures: &Captures, groups: &[usize]) {
    if let Some(span) = groups.iter().find_map(|&group| captures.get_group(group)) {
        out.extend_from_slice(haystack.part(span));
    }
}

/// The digits of `$1`; none when it is a name, or beyond any number of groups as Go has it.
fn number(name: &[u8]) -> Option<usize> {
    let mut number = 0_usize;
    for &digit in name {
        if !digit.is_ascii_digit() || number >= 100_000_000 {
            return None;
        }
        number = number * 10 + usize::from(digit - b'0');
    }
    // Go reads "01" as a name.
    if name.len() > 1 && name[0] == b'0' {
        return None;
    }
    Some(number)
}

/// What follows a `$`: the name, and the rest of the template.
fn extract(template: &[u8]) -> Option<(&[u8], &[u8])> {
    let (brace, text) = match template.split_first()? {
        (b'{', rest) => (true, rest),
        _ => (false, template),
    };
    let mut end = 0;
    while end < text.len() {
        let (rune, width) = decode_rune(&text[end..]);
        match rune {
            Some(c) if c == '_' || crate::strconv::is_letter(c) || crate::strconv::is_digit(c) => {
                end += width
            }
            _ => break,
        }
    }
    if end == 0 {
        return None;
    }
    let (name, rest) = text.split_at(end);
    match brace {
        true => Some((name, rest.strip_prefix(b"}")?)),
        false => Some((name, rest)),
    }
}

/// `QuoteMeta`: an expression that matches exactly that text.
pub fn quote_meta(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len() * 2);
    for &byte in text {
        if br"\.+*?()|[]{}^$".contains(&byte) {
            out.push(b'\\');
        }
        out.push(byte);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(expression: &str) -> String {
        Regexp::new(expression.as_bytes()).map_or_else(|e| e.to_string(), |_| String::new())
    }

    #[test]
    fn errors_read_as_in_go() {
        for (expression, sentence) in [
            ("(", "missing closing ): `(`"),
            ("a)", "unexpected ): `a)`"),
            ("a**", "invalid nested repetition operator: `**`"),
            ("a{1001}", "invalid repeat count: `{1001}`"),
            ("(a{1000}){2}", "invalid repeat count: `{2}`"),
            ("*", "missing argument to repetition operator: `*`"),
            ("[a", "missing closing ]: `[a`"),
            ("[z-a]", "invalid character class range: `z-a`"),
            ("\\8", "invalid escape sequence: `\\8`"),
            ("\\", "trailing backslash at end of expression: ``"),
            ("(?i", "invalid or unsupported Perl syntax: `(?i`"),
            ("\\pX", "invalid character class range: `\\pX`"),
            ("(?P<n", "invalid named capture: `(?P<n`"),
        ] {
            assert_eq!(
                error(expression),
                format!("error parsing regexp: {sentence}"),
                "{expression}"
            );
        }
    }

    #[test]
    fn letters_that_rust_reads_otherwise() {
        for (expression, text, matches) in [
            (r"^\d$", "٣", false),
            (r"^\w$", "é", false),
            (r"\Qa.b\E", "a.b", true),
            (r"^[[a]+$", "[a", true),
            (r"^a{,2}$", "a{,2}", true),
            (r"^[a&&b]+$", "a&b", true),
            (r"\101", "A", true),
            (r"^\pL+\z", "é日", true),
            ("(?i)^[^k]$", "\u{212a}", false),
        ] {
            assert_eq!(
                Regexp::new(expression.as_bytes())
                    .unwrap()
                    .is_match(text.as_bytes()),
                matches,
                "{expression}"
            );
        }
    }

    #[test]
    fn invalid_bytes_are_runes_of_their_own() {
        let any = Regexp::new(b".").unwrap();
        assert_eq!(
            any.find_all(b"\xff\xc3\xa9\xc3", -1),
            [&b"\xff"[..], b"\xc3\xa9", b"\xc3"]
        );
        assert_eq!(any.replace_all(b"a\xff", b"<$0>"), b"<a><\xff>");
    }

    #[test]
    fn empty_matches_as_in_go() {
        let re = Regexp::new(b"a*").unwrap();
        assert_eq!(re.replace_all(b"baaac", b"x"), b"xbxcx");
        assert_eq!(re.find_all(b"baaac", -1).len(), 3);
        assert_eq!(re.split(b"baaac", -1).unwrap(), [&b"b"[..], b"c"]);
        assert_eq!(re.split(b"", -1).unwrap(), [b""]);
    }
}
