//! From template text to tokens.
//!
//! Follows `text/template/parse/lex.go` token by token, because where a token begins, what a broken one is called and
//! on which line it is counted all show in error messages. Text is bytes and need not be UTF-8.

use memchr::memmem;
use plimsoll_gostd::strconv::{decode_rune, quote, unicode};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TokenKind {
    Error,
    Bool,
    Char,
    CharConstant,
    Complex,
    Assign,
    Declare,
    Eof,
    Field,
    Identifier,
    LeftDelim,
    LeftParen,
    Number,
    Pipe,
    RawString,
    RightDelim,
    RightParen,
    Space,
    String,
    Text,
    Variable,
    // Keywords.
    Block,
    Break,
    Continue,
    Dot,
    Define,
    Else,
    End,
    If,
    Nil,
    Range,
    Template,
    With,
}

impl TokenKind {
    fn is_keyword(self) -> bool {
        self as u8 >= Self::Block as u8
    }

    fn keyword(word: &[u8]) -> Option<Self> {
        Some(match word {
            b"block" => Self::Block,
            b"break" => Self::Break,
            b"continue" => Self::Continue,
            b"define" => Self::Define,
            b"else" => Self::Else,
            b"end" => Self::End,
            b"if" => Self::If,
            b"range" => Self::Range,
            b"nil" => Self::Nil,
            b"template" => Self::Template,
            b"with" => Self::With,
            _ => return None,
        })
    }
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Token {
    pub(crate) kind: TokenKind,
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// Line on which it begins, from 1.
    pub(crate) line: usize,
}

/// What stands where text ends: no character.
const EOF: u32 = u32::MAX;
/// What Go makes of bytes that are not UTF-8.
const INVALID: u32 = 0xfffd;

pub(crate) struct Lexer<'a> {
    input: &'a [u8],
    left_delims: memmem::Finder<'static>,
    /// The input as error tokens leave it: nothing more to read.
    exhausted: bool,
    pos: usize,
    start: usize,
    at_eof: bool,
    paren_depth: usize,
    line: usize,
    start_line: usize,
    inside_action: bool,
    /// `break` and `continue` are keywords unless functions have these names.
    pub(crate) break_ok: bool,
    pub(crate) continue_ok: bool,
    /// The message of the error token.
    pub(crate) error: String,
}

const LEFT: &[u8] = b"{{";
const RIGHT: &[u8] = b"}}";

fn is_space(c: u32) -> bool {
    matches!(char::from_u32(c), Some(' ' | '\t' | '\r' | '\n'))
}

fn is_space_byte(c: u8) -> bool {
    matches!(c, b' ' | b'\t' | b'\r' | b'\n')
}

fn is_alphanumeric(c: u32) -> bool {
    char::from_u32(c).is_some_and(|c| c == '_' || unicode::is_letter(c) || unicode::is_digit(c))
}

fn has_left_trim(text: &[u8]) -> bool {
    matches!(text, [b'-', space, ..] if is_space_byte(*space))
}

fn has_right_trim(text: &[u8]) -> bool {
    matches!(text, [space, b'-', ..] if is_space_byte(*space))
}

/// A character as `%#U` prints it.
fn unicode_verb(c: u32) -> String {
    match char::from_u32(c) {
        // `-1`, what Go's lexer reads at the end of the text.
        None => "U+FFFFFFFFFFFFFFFF".into(),
        Some(shown) if unicode::is_print(shown) => format!("U+{c:04X} '{shown}'"),
        Some(_) => format!("U+{c:04X}"),
    }
}

impl<'a> Lexer<'a> {
    pub(crate) fn new(input: &'a [u8]) -> Self {
        Self {
            input,
            left_delims: memmem::Finder::new(LEFT),
            exhausted: false,
            pos: 0,
            start: 0,
            at_eof: false,
            paren_depth: 0,
            line: 1,
            start_line: 1,
            inside_action: false,
            break_ok: true,
            continue_ok: true,
            error: String::new(),
        }
    }

    /// The whole text, whatever was read of it.
    pub(crate) fn input(&self) -> &'a [u8] {
        self.input
    }

    fn text(&self) -> &'a [u8] {
        if self.exhausted { &[] } else { self.input }
    }

    fn rest(&self) -> &'a [u8] {
        self.text().get(self.pos..).unwrap_or_default()
    }

    fn next(&mut self) -> u32 {
        let rest = self.rest();
        let Some(&first) = rest.first() else {
            self.at_eof = true;
            return EOF;
        };
        if first < 0x80 {
            self.pos += 1;
            if first == b'\n' {
                self.line += 1;
            }
            return u32::from(first);
        }
        let (c, width) = decode_rune(rest);
        self.pos += width;
        c.map_or(INVALID, u32::from)
    }

    fn peek(&mut self) -> u32 {
        if let Some(&first) = self.rest().first()
            && first < 0x80
        {
            return u32::from(first);
        }
        let c = self.next();
        self.backup();
        c
    }

    fn backup(&mut self) {
        if self.at_eof || self.pos == 0 {
            return;
        }
        let before = &self.text()[..self.pos];
        if let Some(&last) = before.last()
            && last < 0x80
        {
            self.line -= usize::from(last == b'\n');
            self.pos -= 1;
            return;
        }
        // Characters are at most four bytes; take the longest that ends here.
        let width = (1..=before.len().min(4))
            .find(|&width| {
                let (c, used) = decode_rune(&before[before.len() - width..]);
                c.is_some() && used == width
            })
            .unwrap_or(1);
        self.pos -= width;
    }

    fn token(&mut self, kind: TokenKind) -> Token {
        let token = Token {
            kind,
            start: self.start,
            end: self.pos,
            line: self.start_line,
        };
        self.start = self.pos;
        self.start_line = self.line;
        token
    }

    fn count_lines(&mut self) {
        self.line += memchr::memchr_iter(b'\n', &self.text()[self.start..self.pos]).count();
    }

    /// Skips what was passed over without `next`.
    fn ignore(&mut self) {
        self.count_lines();
        self.start = self.pos;
        self.start_line = self.line;
    }

    fn accept(&mut self, valid: &[u8]) -> bool {
        let c = self.next();
        if u8::try_from(c).is_ok_and(|c| valid.contains(&c)) {
            return true;
        }
        self.backup();
        false
    }

    fn accept_run(&mut self, valid: &[u8]) {
        while u8::try_from(self.next()).is_ok_and(|c| valid.contains(&c)) {}
        self.backup();
    }

    fn fail(&mut self, message: impl Into<String>) -> Token {
        let token = Token {
            kind: TokenKind::Error,
            start: self.start,
            end: self.start,
            line: self.start_line,
        };
        self.error = message.into();
        self.start = 0;
        self.pos = 0;
        self.exhausted = true;
        token
    }

    pub(crate) fn next_token(&mut self) -> Token {
        if self.inside_action {
            self.inside_action()
        } else {
            self.plain_text()
        }
    }

    /// Text up to the next action; comments on the way are skipped.
    fn plain_text(&mut self) -> Token {
        loop {
            let Some(offset) = self.left_delims.find(self.rest()) else {
                self.pos = self.text().len();
                if self.pos > self.start {
                    self.count_lines();
                    return self.token(TokenKind::Text);
                }
                return self.token(TokenKind::Eof);
            };
            if offset > 0 {
                self.pos += offset;
                let mut trim = 0;
                if has_left_trim(&self.text()[self.pos + LEFT.len()..]) {
                    let passed = &self.text()[self.start..self.pos];
                    trim = passed.iter().rev().take_while(|c| is_space_byte(**c)).count();
                }
                self.pos -= trim;
                self.count_lines();
                let token = self.token(TokenKind::Text);
                self.pos += trim;
                self.ignore();
                if token.end > token.start {
                    return token;
                }
            }
            match self.left_delim() {
                Some(token) => return token,
                None => continue,
            }
        }
    }

    /// Whether a right delimiter is here, and whether with a trim marker.
    fn at_right_delim(&self) -> (bool, bool) {
        let rest = self.rest();
        if has_right_trim(rest) && rest[2..].starts_with(RIGHT) {
            (true, true)
        } else {
            (rest.starts_with(RIGHT), false)
        }
    }

    /// The delimiter, or none after a comment.
    fn left_delim(&mut self) -> Option<Token> {
        self.pos += LEFT.len();
        let marker = if has_left_trim(self.rest()) { 2 } else { 0 };
        if self.rest()[marker..].starts_with(b"/*") {
            self.pos += marker;
            self.ignore();
            return self.comment();
        }
        let token = self.token(TokenKind::LeftDelim);
        self.inside_action = true;
        self.pos += marker;
        self.ignore();
        self.paren_depth = 0;
        Some(token)
    }

    fn comment(&mut self) -> Option<Token> {
        self.pos += 2;
        let Some(offset) = memmem::find(self.rest(), b"*/") else {
            return Some(self.fail("unclosed comment"));
        };
        self.pos += offset + 2;
        let (delim, trim) = self.at_right_delim();
        if !delim {
            return Some(self.fail("comment ends before closing delimiter"));
        }
        self.count_lines();
        self.token(TokenKind::Text);
        self.pos += RIGHT.len() + if trim { 2 } else { 0 };
        if trim {
            self.pos += self.rest().iter().take_while(|c| is_space_byte(**c)).count();
        }
        self.ignore();
        None
    }

    fn right_delim(&mut self) -> Token {
        let (_, trim) = self.at_right_delim();
        if trim {
            self.pos += 2;
            self.ignore();
        }
        self.pos += RIGHT.len();
        let token = self.token(TokenKind::RightDelim);
        if trim {
            self.pos += self.rest().iter().take_while(|c| is_space_byte(**c)).count();
            self.ignore();
        }
        self.inside_action = false;
        token
    }

    fn inside_action(&mut self) -> Token {
        if self.at_right_delim().0 {
            if self.paren_depth == 0 {
                return self.right_delim();
            }
            return self.fail("unclosed left paren");
        }
        let c = self.next();
        match char::from_u32(c) {
            None => self.fail("unclosed action"),
            Some(' ' | '\t' | '\r' | '\n') => {
                self.backup();
                self.space()
            }
            Some('=') => self.token(TokenKind::Assign),
            Some(':') => {
                if self.next() != u32::from('=') {
                    return self.fail("expected :=");
                }
                self.token(TokenKind::Declare)
            }
            Some('|') => self.token(TokenKind::Pipe),
            Some('"') => self.quoted(b'"', "unterminated quoted string", TokenKind::String),
            Some('`') => self.raw_quoted(),
            Some('$') => {
                if self.at_terminator() {
                    return self.token(TokenKind::Variable);
                }
                self.field_or_variable(TokenKind::Variable)
            }
            Some('\'') => self.quoted(b'\'', "unterminated character constant", TokenKind::CharConstant),
            Some('.') if self.rest().first().is_some_and(|c| !c.is_ascii_digit()) => {
                self.field_or_variable(TokenKind::Field)
            }
            Some('.' | '+' | '-' | '0'..='9') => {
                self.backup();
                self.number()
            }
            Some(_) if is_alphanumeric(c) => {
                self.backup();
                self.identifier()
            }
            Some('(') => {
                self.paren_depth += 1;
                self.token(TokenKind::LeftParen)
            }
            Some(')') => {
                if self.paren_depth == 0 {
                    return self.fail("unexpected right paren");
                }
                self.paren_depth -= 1;
                self.token(TokenKind::RightParen)
            }
            Some(c) if c.is_ascii() && unicode::is_print(c) => self.token(TokenKind::Char),
            Some(_) => self.fail(format!("unrecognized character in action: {}", unicode_verb(c))),
        }
    }

    fn space(&mut self) -> Token {
        let rest = self.rest();
        let count = rest.iter().take_while(|byte| is_space_byte(**byte)).count();
        self.line += memchr::memchr_iter(b'\n', &rest[..count]).count();
        self.pos += count;
        // A trim marker begins with a space, which belongs to the delimiter.
        let from_last = &self.text()[self.pos.saturating_sub(1)..];
        if has_right_trim(from_last) && from_last[2..].starts_with(RIGHT) {
            self.backup();
            if count == 1 {
                return self.right_delim();
            }
        }
        self.token(TokenKind::Space)
    }

    fn identifier(&mut self) -> Token {
        let c = self.word();
        if !self.at_terminator() {
            return self.fail(format!("bad character {}", unicode_verb(c)));
        }
        let word = &self.text()[self.start..self.pos];
        let kind = match TokenKind::keyword(word) {
            Some(TokenKind::Break) if !self.break_ok => TokenKind::Identifier,
            Some(TokenKind::Continue) if !self.continue_ok => TokenKind::Identifier,
            Some(keyword) => keyword,
            None if word == b"true" || word == b"false" => TokenKind::Bool,
            None => TokenKind::Identifier,
        };
        self.token(kind)
    }

    fn field_or_variable(&mut self, kind: TokenKind) -> Token {
        if self.at_terminator() {
            return self.token(if kind == TokenKind::Variable {
                kind
            } else {
                TokenKind::Dot
            });
        }
        let c = self.word();
        if !self.at_terminator() {
            return self.fail(format!("bad character {}", unicode_verb(c)));
        }
        self.token(kind)
    }

    /// Passes over letters, digits and `_`; what stands behind them.
    fn word(&mut self) -> u32 {
        loop {
            let rest = self.rest();
            self.pos += rest
                .iter()
                .take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_')
                .count();
            // What is not ASCII is seldom, and Unicode's tables decide.
            let c = self.next();
            if !is_alphanumeric(c) {
                self.backup();
                return c;
            }
        }
    }

    fn at_terminator(&mut self) -> bool {
        match self.rest() {
            [
                b' ' | b'\t' | b'\r' | b'\n' | b'.' | b',' | b'|' | b':' | b')' | b'(',
                ..,
            ] => return true,
            [byte, next, ..] if *byte < 0x80 => return [*byte, *next] == *RIGHT,
            _ => {}
        }
        let c = self.peek();
        is_space(c)
            || c == EOF
            || matches!(char::from_u32(c), Some('.' | ',' | '|' | ':' | ')' | '('))
            || self.rest().starts_with(RIGHT)
    }

    fn quoted(&mut self, quote: u8, unterminated: &str, kind: TokenKind) -> Token {
        loop {
            match self.next() {
                EOF | 0x0a => return self.fail(unterminated),
                0x5c if matches!(self.next(), EOF | 0x0a) => return self.fail(unterminated),
                c if c == u32::from(quote) => return self.token(kind),
                _ => {}
            }
        }
    }

    fn raw_quoted(&mut self) -> Token {
        loop {
            match self.next() {
                EOF => return self.fail("unterminated raw quoted string"),
                0x60 => return self.token(TokenKind::RawString),
                _ => {}
            }
        }
    }

    fn number(&mut self) -> Token {
        if !self.scan_number() {
            return self.bad_number();
        }
        let sign = self.peek();
        if sign == u32::from('+') || sign == u32::from('-') {
            if !self.scan_number() || self.text().get(self.pos.wrapping_sub(1)) != Some(&b'i') {
                return self.bad_number();
            }
            return self.token(TokenKind::Complex);
        }
        self.token(TokenKind::Number)
    }

    fn bad_number(&mut self) -> Token {
        let message = format!("bad number syntax: {}", quote(&self.text()[self.start..self.pos]));
        self.fail(message)
    }

    fn scan_number(&mut self) -> bool {
        self.accept(b"+-");
        let mut digits: &[u8] = b"0123456789_";
        if self.accept(b"0") {
            if self.accept(b"xX") {
                digits = b"0123456789abcdefABCDEF_";
            } else if self.accept(b"oO") {
                digits = b"01234567_";
            } else if self.accept(b"bB") {
                digits = b"01_";
            }
        }
        self.accept_run(digits);
        if self.accept(b".") {
            self.accept_run(digits);
        }
        if digits.len() == 11 && self.accept(b"eE") {
            self.accept(b"+-");
            self.accept_run(b"0123456789_");
        }
        if digits.len() == 23 && self.accept(b"pP") {
            self.accept(b"+-");
            self.accept_run(b"0123456789_");
        }
        self.accept(b"i");
        if is_alphanumeric(self.peek()) {
            self.next();
            return false;
        }
        true
    }

    /// The token as Go's messages show it.
    pub(crate) fn describe(&self, token: Token) -> String {
        let text = &self.input[token.start..token.end];
        match token.kind {
            TokenKind::Eof => "EOF".into(),
            TokenKind::Error => self.error.clone(),
            kind if kind.is_keyword() => format!("<{}>", String::from_utf8_lossy(text)),
            _ if text.len() > 10 => {
                let mut end = 0;
                for _ in 0..10 {
                    end += decode_rune(&text[end..]).1;
                }
                format!("{}...", quote(&text[..end]))
            }
            _ => quote(text),
        }
    }
}
