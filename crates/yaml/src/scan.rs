//! Characters to tokens: libyaml's scanner as go-yaml v2 has it (`scannerc.go`), over a text that is all in memory.
//!
//! Columns and the 1,024-character bound of a simple key count characters; everything handed on counts bytes. A scalar whose
//! text stands verbatim in the source becomes a range of it; any other is put together in [`Scanner::pool`].
//!
//! Where libyaml's reader would meet a forbidden character the text ends for the scanner ([`Scanner::end`]), and reaching that
//! end is the reader's error.

use crate::Span;
use crate::doc::Style;
use crate::error::ErrorKind;
use crate::queue::Queue;

/// Where the scanner noticed what.
#[derive(Clone, Debug)]
pub(crate) struct Fault {
    pub(crate) kind: ErrorKind,
    pub(crate) message: String,
    /// What was being read, in libyaml's words; empty if it says nothing.
    pub(crate) context: &'static str,
    /// Byte offset and line (from 0) of the problem.
    pub(crate) at: u32,
    pub(crate) line: u32,
    /// Byte offset and line (from 0) of what was being read.
    pub(crate) context_at: u32,
    pub(crate) context_line: u32,
}

pub(crate) type Scan<T> = Result<T, Box<Fault>>;

/// A place in the source.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Mark {
    /// Bytes from the start.
    pub(crate) at: u32,
    /// Characters from the start.
    index: u32,
    /// From 0.
    pub(crate) line: u32,
    /// Characters from the line's start.
    column: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TokenKind {
    VersionDirective {
        major: u8,
        minor: u8,
    },
    /// Index into [`Scanner::tags`]: handle and prefix.
    TagDirective(u32),
    DocumentStart,
    DocumentEnd,
    StreamEnd,
    BlockSequenceStart,
    BlockMappingStart,
    BlockEnd,
    FlowSequenceStart,
    FlowSequenceEnd,
    FlowMappingStart,
    FlowMappingEnd,
    BlockEntry,
    FlowEntry,
    Key,
    Value,
    Alias,
    Anchor,
    /// Index into [`Scanner::tags`]: handle and suffix.
    Tag(u32),
    Scalar(ScalarToken),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ScalarToken {
    pub(crate) style: Style,
    /// The text is in the pool, not in the source.
    pub(crate) pooled: bool,
    pub(crate) from: u32,
    pub(crate) to: u32,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Token {
    pub(crate) kind: TokenKind,
    pub(crate) start: u32,
    /// Of a `BlockEnd`: where the scanner stood before the blanks and comments in front of `start`, never behind it.
    pub(crate) end: u32,
    /// Line of the start, from 0.
    pub(crate) line: u32,
}

#[derive(Clone, Copy, Debug, Default)]
struct SimpleKey {
    possible: bool,
    required: bool,
    token: u64,
    mark: Mark,
}

/// go-yaml's bounds of `flow_level` and of the indentation stack.
const MAX_LEVELS: usize = 10_000;

/// libyaml's scanner. [`Scanner::next_token`] and [`Scanner::peek`] give its tokens.
pub(crate) struct Scanner<'s> {
    text: &'s str,
    bytes: &'s [u8],
    /// Behind the last byte the scanner may read.
    end: usize,
    /// The forbidden character at `end`, if that is why the text ends there.
    forbidden: bool,
    at: usize,
    /// Continuation bytes of UTF-8 before `at`, so that `at - extra` counts characters.
    extra: usize,
    line: u32,
    /// Character index of the line's start.
    line_index: usize,
    pub(crate) pool: String,
    pub(crate) tags: Vec<(Box<str>, Box<str>)>,
    tokens: Queue<Token>,
    /// Number of tokens taken.
    taken: u64,
    ended: bool,
    simple_key_allowed: bool,
    /// One for each flow level and one for the block level.
    simple_keys: Vec<SimpleKey>,
    /// Token number and level of each key that may turn out to be simple, by rising number.
    pending_keys: Vec<(u64, usize)>,
    flow_level: usize,
    indent: i64,
    indents: Vec<i64>,
    comments: Option<Vec<Span>>,
}

/// Width of the line break at `at`, 0 if there is none. CRLF is one break.
#[inline]
pub(crate) fn break_width(bytes: &[u8], at: usize) -> usize {
    match bytes.get(at) {
        Some(b'\n') => 1,
        Some(b'\r') => 1 + usize::from(bytes.get(at + 1) == Some(&b'\n')),
        Some(0xC2) if bytes.get(at + 1) == Some(&0x85) => 2,
        Some(0xE2) if bytes.get(at + 1) == Some(&0x80) && matches!(bytes.get(at + 2), Some(0xA8 | 0xA9)) => 3,
        _ => 0,
    }
}

/// Offset of the first character libyaml's reader refuses, if there is one.
pub(crate) fn find_forbidden(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = 0;
    for block in bytes.chunks(64) {
        // Without branches inside, the compiler turns this into vector code.
        let suspect = block.iter().fold(false, |suspect, &b| {
            suspect | ((b < 0x20) & (b != b'\n') & (b != b'\t') & (b != b'\r')) | (b > 0x7E)
        });
        if suspect {
            for (i, &b) in block.iter().enumerate() {
                let here = at + i;
                let forbidden = match b {
                    b'\t' | b'\n' | b'\r' | 0x20..=0x7E => false,
                    0..0x20 | 0x7F => true,
                    // U+0080 to U+009F but NEL.
                    0xC2 => matches!(bytes.get(here + 1), Some(0x80..=0x84 | 0x86..=0x9F)),
                    // U+FFFE and U+FFFF.
                    0xEF => {
                        bytes.get(here + 1) == Some(&0xBF) && matches!(bytes.get(here + 2), Some(0xBE | 0xBF))
                    }
                    _ => false,
                };
                if forbidden {
                    return Some(here);
                }
            }
        }
        at += block.len();
    }
    None
}

fn is_alpha(b: u8) -> bool {
    b.is_ascii_alphanumeric() || b == b'_' || b == b'-'
}

impl<'s> Scanner<'s> {
    /// A scanner of `text` from byte `start` on, at which a line starts whose number is `line` (from 0).
    pub(crate) fn new(text: &'s str, start: usize, line: u32, forbidden: Option<usize>) -> Self {
        Self {
            text,
            bytes: text.as_bytes(),
            end: forbidden.unwrap_or(text.len()),
            forbidden: forbidden.is_some(),
            at: start,
            extra: 0,
            line,
            line_index: start,
            pool: String::new(),
            tags: Vec::new(),
            tokens: Queue::new(),
            taken: 0,
            ended: false,
            simple_key_allowed: true,
            simple_keys: vec![SimpleKey::default()],
            pending_keys: Vec::new(),
            flow_level: 0,
            indent: -1,
            indents: Vec::new(),
            comments: None,
        }
    }

    /// The comments in `span`, which starts a line and holds whole documents.
    pub(crate) fn comments(text: &'s str, span: Span) -> Vec<Span> {
        let part = text.get(..span.end as usize).unwrap_or(text);
        let mut scanner = Self::new(part, span.start as usize, 0, None);
        scanner.comments = Some(Vec::new());
        while let Ok(token) = scanner.next_token() {
            if token.kind == TokenKind::StreamEnd {
                break;
            }
        }
        scanner.comments.unwrap_or_default()
    }

    /// The byte `ahead` of the current one; NUL behind the end.
    #[inline]
    fn look(&self, ahead: usize) -> u8 {
        let at = self.at + ahead;
        if at < self.end { self.bytes[at] } else { 0 }
    }

    #[inline]
    fn is_break(&self, ahead: usize) -> bool {
        let at = self.at + ahead;
        at < self.end && break_width(self.bytes, at) > 0
    }

    #[inline]
    fn is_breakz(&self, ahead: usize) -> bool {
        let at = self.at + ahead;
        at >= self.end || break_width(self.bytes, at) > 0
    }

    #[inline]
    fn is_blank(&self, ahead: usize) -> bool {
        matches!(self.look(ahead), b' ' | b'\t')
    }

    #[inline]
    fn is_blankz(&self, ahead: usize) -> bool {
        self.is_blank(ahead) || self.is_breakz(ahead)
    }

    #[inline]
    fn index(&self) -> usize {
        self.at - self.extra
    }

    #[inline]
    fn column(&self) -> usize {
        self.index() - self.line_index
    }

    #[inline]
    fn mark(&self) -> Mark {
        Mark {
            at: self.at as u32,
            index: self.index() as u32,
            line: self.line,
            column: self.column() as u32,
        }
    }

    /// Steps over one character.
    fn skip(&mut self) {
        if self.at < self.end {
            let width = match self.bytes[self.at] {
                0..0x80 => 1,
                0x80..0xE0 => 2,
                0xE0..0xF0 => 3,
                _ => 4,
            };
            self.at += width;
            self.extra += width - 1;
        }
    }

    /// Steps over the line break here, if there is one.
    fn skip_break(&mut self) {
        if self.at < self.end {
            let width = break_width(self.bytes, self.at);
            if width > 0 {
                // A CRLF counts two characters, any other break one.
                if self.bytes[self.at] >= 0x80 {
                    self.extra += width - 1;
                }
                self.at += width;
                self.line += 1;
                self.line_index = self.index();
            }
        }
    }

    /// The text libyaml puts into a scalar for the line break here: LF, but LS and PS stay.
    fn break_text(&self) -> &'s str {
        if self.bytes[self.at] == 0xE2 {
            &self.text[self.at..self.at + 3]
        } else {
            "\n"
        }
    }

    /// Steps over everything before the next line break or the end.
    fn skip_to_break(&mut self) {
        let rest = &self.bytes[self.at..self.end];
        let line = memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
        let mut stop = self.at + line;
        if !rest[..line].is_ascii() {
            let mut at = self.at;
            while at < stop {
                if self.bytes[at] >= 0xC2 && break_width(self.bytes, at) > 0 {
                    stop = at;
                    break;
                }
                self.extra += usize::from(self.bytes[at] & 0xC0 == 0x80);
                at += 1;
            }
        }
        self.at = stop;
    }

    fn skip_blanks(&mut self) {
        while self.is_blank(0) {
            self.at += 1;
        }
    }

    /// Steps over a comment, if one starts here.
    fn skip_comment(&mut self) {
        if self.look(0) == b'#' {
            let start = self.at;
            self.skip_to_break();
            let span = Span::new(start as u32, self.at as u32);
            if let Some(comments) = &mut self.comments {
                comments.push(span);
            }
        }
    }

    fn fault<T>(&self, context: &'static str, context_mark: Mark, message: impl Into<String>) -> Scan<T> {
        if self.at >= self.end && self.forbidden {
            return self.reader_fault();
        }
        Err(Box::new(Fault {
            kind: ErrorKind::Scanner,
            message: message.into(),
            context,
            at: self.at as u32,
            line: self.line,
            context_at: context_mark.at,
            context_line: context_mark.line,
        }))
    }

    fn reader_fault<T>(&self) -> Scan<T> {
        Err(Box::new(Fault {
            kind: ErrorKind::Reader,
            message: "control characters are not allowed".to_owned(),
            context: "",
            at: self.end as u32,
            line: self.line,
            context_at: self.end as u32,
            context_line: self.line,
        }))
    }

    /// The next token, left in the queue. At the end of the stream that is `StreamEnd`, again and again.
    #[inline]
    pub(crate) fn peek(&mut self) -> Scan<Token> {
        // Mostly the token is there and has been seen before.
        match self.tokens.front() {
            Some(&token) if self.pending_keys.is_empty() => Ok(token),
            _ => self.peek_ahead(),
        }
    }

    #[inline(never)]
    fn peek_ahead(&mut self) -> Scan<Token> {
        loop {
            if let Some(&token) = self.tokens.front() {
                // A token that may be a simple key waits until that is decided: a KEY may have to come before it.
                let Some(level) = self.pending_level() else {
                    return Ok(token);
                };
                if !self.key_is_valid(level)? {
                    return Ok(token);
                }
            } else if self.ended {
                let at = self.at as u32;
                return Ok(Token {
                    kind: TokenKind::StreamEnd,
                    start: at,
                    end: at,
                    line: self.line,
                });
            }
            self.fetch()?;
        }
    }

    /// The level of the simple key that the next token may be.
    fn pending_level(&mut self) -> Option<usize> {
        let taken = self.taken;
        // The list is empty or has one element but in nested flow collections.
        if self
            .pending_keys
            .first()
            .is_some_and(|&(number, _)| number < taken)
        {
            let stale = self.pending_keys.partition_point(|&(number, _)| number < taken);
            self.pending_keys.drain(..stale);
        }
        let &(number, level) = self.pending_keys.first()?;
        (number == taken).then_some(level)
    }

    /// Takes the token that [`peek`](Self::peek) gave.
    #[inline]
    pub(crate) fn take(&mut self) {
        if self.tokens.pop() {
            self.taken += 1;
        }
    }

    pub(crate) fn next_token(&mut self) -> Scan<Token> {
        let token = self.peek()?;
        self.take();
        Ok(token)
    }

    /// Where the scanner stands, which is ahead of the tokens taken.
    pub(crate) fn offset(&self) -> usize {
        self.at
    }

    fn push(&mut self, kind: TokenKind, start: Mark) {
        let token = Token {
            kind,
            start: start.at,
            end: self.at as u32,
            line: start.line,
        };
        self.tokens.push(token);
    }

    /// Puts a token of no width before the one with `number`.
    fn insert(&mut self, number: u64, kind: TokenKind, mark: Mark) {
        let token = Token {
            kind,
            start: mark.at,
            end: mark.at,
            line: mark.line,
        };
        match number.checked_sub(self.taken) {
            Some(place) => self.tokens.insert(place as usize, token),
            // go-yaml forgets that `[` and `{` wait when the collection is empty, and then comes too late.
            None => self.tokens.push(token),
        }
    }

    fn fetch(&mut self) -> Scan<()> {
        let scanned_from = self.at;
        self.skip_to_token();
        self.unroll(self.column() as i64, scanned_from);
        if self.at >= self.end {
            if self.forbidden {
                return self.reader_fault();
            }
            return self.fetch_stream_end();
        }
        let byte = self.look(0);
        let column = self.column();
        if column == 0 {
            match byte {
                b'%' => return self.fetch_directive(),
                b'-' if self.at_indicator(b'-') => {
                    return self.fetch_document_indicator(TokenKind::DocumentStart);
                }
                b'.' if self.at_indicator(b'.') => {
                    return self.fetch_document_indicator(TokenKind::DocumentEnd);
                }
                _ => {}
            }
        }
        let flow = self.flow_level > 0;
        match byte {
            b'[' => self.fetch_flow_start(TokenKind::FlowSequenceStart),
            b'{' => self.fetch_flow_start(TokenKind::FlowMappingStart),
            b']' => self.fetch_flow_end(TokenKind::FlowSequenceEnd),
            b'}' => self.fetch_flow_end(TokenKind::FlowMappingEnd),
            b',' => self.fetch_flow_entry(),
            b'-' if self.is_blankz(1) => self.fetch_block_entry(),
            b'?' if flow || self.is_blankz(1) => self.fetch_key(),
            b':' if flow || self.is_blankz(1) => self.fetch_value(),
            b'*' => self.fetch_anchor(TokenKind::Alias),
            b'&' => self.fetch_anchor(TokenKind::Anchor),
            b'!' => self.fetch_tag(),
            b'|' if !flow => self.fetch_block_scalar(true),
            b'>' if !flow => self.fetch_block_scalar(false),
            b'\'' => self.fetch_quoted(true),
            b'"' => self.fetch_quoted(false),
            b'#' | b'|' | b'>' | b'%' | b'@' | b'`' | b'\t' => self.no_token(),
            // In a flow `?` and `:` have been taken above; a `-` before a blank too.
            _ => self.fetch_plain(),
        }
    }

    fn no_token(&self) -> Scan<()> {
        self.fault(
            "while scanning for the next token",
            self.mark(),
            "found character that cannot start any token",
        )
    }

    /// Whether three of `byte` and a blank stand here: `---` or `...`.
    fn at_indicator(&self, byte: u8) -> bool {
        self.look(0) == byte && self.look(1) == byte && self.look(2) == byte && self.is_blankz(3)
    }

    fn skip_to_token(&mut self) {
        loop {
            // Tabs separate tokens, but where a key may start they would be indentation.
            if self.flow_level > 0 || !self.simple_key_allowed {
                self.skip_blanks();
            } else {
                while self.look(0) == b' ' {
                    self.at += 1;
                }
            }
            self.skip_comment();
            if !self.is_break(0) {
                return;
            }
            self.skip_break();
            if self.flow_level == 0 {
                self.simple_key_allowed = true;
            }
        }
    }

    fn key_is_valid(&mut self, level: usize) -> Scan<bool> {
        let Some(&key) = self.simple_keys.get(level) else {
            return Ok(false);
        };
        if !key.possible {
            return Ok(false);
        }
        // A simple key ends on its line, and within 1,024 characters.
        if key.mark.line < self.line || (key.mark.index as usize) + 1024 < self.index() {
            if key.required {
                return self.fault(
                    "while scanning a simple key",
                    key.mark,
                    "could not find expected ':'",
                );
            }
            self.simple_keys[level].possible = false;
            return Ok(false);
        }
        Ok(true)
    }

    fn next_number(&self) -> u64 {
        self.taken + self.tokens.len() as u64
    }

    fn save_simple_key(&mut self) -> Scan<()> {
        if !self.simple_key_allowed {
            return Ok(());
        }
        let required = self.flow_level == 0 && self.indent == self.column() as i64;
        let key = SimpleKey {
            possible: true,
            required,
            token: self.next_number(),
            mark: self.mark(),
        };
        self.remove_simple_key()?;
        if let Some(last) = self.simple_keys.last_mut() {
            *last = key;
        }
        let level = self.simple_keys.len() - 1;
        match self.pending_keys.last_mut() {
            Some(last) if last.0 == key.token => last.1 = level,
            _ => self.pending_keys.push((key.token, level)),
        }
        Ok(())
    }

    fn remove_simple_key(&mut self) -> Scan<()> {
        let Some(&key) = self.simple_keys.last() else {
            return Ok(());
        };
        if key.possible {
            if key.required {
                return self.fault(
                    "while scanning a simple key",
                    key.mark,
                    "could not find expected ':'",
                );
            }
            if let Some(last) = self.simple_keys.last_mut() {
                last.possible = false;
            }
            self.forget_pending(key.token);
        }
        Ok(())
    }

    fn forget_pending(&mut self, token: u64) {
        if let Some(&(last, _)) = self.pending_keys.last()
            && last == token
        {
            self.pending_keys.pop();
            return;
        }
        if let Some(place) = self.pending_keys.iter().rposition(|&(number, _)| number <= token)
            && self.pending_keys[place].0 == token
        {
            self.pending_keys.remove(place);
        }
    }

    /// Opens a block collection before the token `number` if `column` is deeper than the current one.
    fn roll(&mut self, column: usize, number: u64, kind: TokenKind, mark: Mark) -> Scan<()> {
        if self.flow_level > 0 || self.indent >= column as i64 {
            return Ok(());
        }
        self.indents.push(self.indent);
        self.indent = column as i64;
        if self.indents.len() > MAX_LEVELS {
            let mark = self.simple_keys.last().map_or(mark, |key| key.mark);
            return self.fault(
                "while increasing indent level",
                mark,
                format!("exceeded max depth of {MAX_LEVELS}"),
            );
        }
        self.insert(number, kind, mark);
        Ok(())
    }

    /// Closes the block collections that are deeper than `column`.
    fn unroll(&mut self, column: i64, scanned_from: usize) {
        if self.flow_level > 0 {
            return;
        }
        while self.indent > column {
            let (start, end) = (self.at as u32, scanned_from as u32);
            self.tokens.push(Token {
                kind: TokenKind::BlockEnd,
                start,
                end,
                line: self.line,
            });
            self.indent = self.indents.pop().unwrap_or(-1);
        }
    }

    fn fetch_stream_end(&mut self) -> Scan<()> {
        if self.column() != 0 {
            self.line += 1;
            self.line_index = self.index();
        }
        self.unroll(-1, self.at);
        self.remove_simple_key()?;
        self.simple_key_allowed = false;
        let mark = self.mark();
        self.push(TokenKind::StreamEnd, mark);
        self.ended = true;
        Ok(())
    }

    fn fetch_document_indicator(&mut self, kind: TokenKind) -> Scan<()> {
        self.unroll(-1, self.at);
        self.remove_simple_key()?;
        self.simple_key_allowed = false;
        let mark = self.mark();
        self.at += 3;
        self.push(kind, mark);
        Ok(())
    }

    fn fetch_flow_start(&mut self, kind: TokenKind) -> Scan<()> {
        self.save_simple_key()?;
        let key = SimpleKey {
            token: self.next_number(),
            mark: self.mark(),
            ..SimpleKey::default()
        };
        self.simple_keys.push(key);
        self.flow_level += 1;
        if self.flow_level > MAX_LEVELS {
            return self.fault(
                "while increasing flow level",
                key.mark,
                format!("exceeded max depth of {MAX_LEVELS}"),
            );
        }
        self.simple_key_allowed = true;
        self.at += 1;
        self.push(kind, key.mark);
        Ok(())
    }

    fn fetch_flow_end(&mut self, kind: TokenKind) -> Scan<()> {
        self.remove_simple_key()?;
        if self.flow_level > 0 {
            self.flow_level -= 1;
            if let Some(key) = self.simple_keys.pop() {
                self.forget_pending(key.token);
            }
        }
        self.simple_key_allowed = false;
        self.indicator(kind);
        Ok(())
    }

    /// Takes one character as a token.
    fn indicator(&mut self, kind: TokenKind) {
        let mark = self.mark();
        self.at += 1;
        self.push(kind, mark);
    }

    fn fetch_flow_entry(&mut self) -> Scan<()> {
        self.remove_simple_key()?;
        self.simple_key_allowed = true;
        self.indicator(TokenKind::FlowEntry);
        Ok(())
    }

    fn fetch_block_entry(&mut self) -> Scan<()> {
        if self.flow_level == 0 {
            if !self.simple_key_allowed {
                return self.fault(
                    "",
                    self.mark(),
                    "block sequence entries are not allowed in this context",
                );
            }
            self.roll(
                self.column(),
                self.next_number(),
                TokenKind::BlockSequenceStart,
                self.mark(),
            )?;
        }
        self.remove_simple_key()?;
        self.simple_key_allowed = true;
        self.indicator(TokenKind::BlockEntry);
        Ok(())
    }

    fn fetch_key(&mut self) -> Scan<()> {
        if self.flow_level == 0 {
            if !self.simple_key_allowed {
                return self.fault("", self.mark(), "mapping keys are not allowed in this context");
            }
            self.roll(
                self.column(),
                self.next_number(),
                TokenKind::BlockMappingStart,
                self.mark(),
            )?;
        }
        self.remove_simple_key()?;
        self.simple_key_allowed = self.flow_level == 0;
        self.indicator(TokenKind::Key);
        Ok(())
    }

    fn fetch_value(&mut self) -> Scan<()> {
        let level = self.simple_keys.len() - 1;
        if self.key_is_valid(level)? {
            let key = self.simple_keys[level];
            self.insert(key.token, TokenKind::Key, key.mark);
            self.roll(
                key.mark.column as usize,
                key.token,
                TokenKind::BlockMappingStart,
                key.mark,
            )?;
            self.simple_keys[level].possible = false;
            self.forget_pending(key.token);
            self.simple_key_allowed = false;
        } else {
            if self.flow_level == 0 {
                if !self.simple_key_allowed {
                    return self.fault("", self.mark(), "mapping values are not allowed in this context");
                }
                self.roll(
                    self.column(),
                    self.next_number(),
                    TokenKind::BlockMappingStart,
                    self.mark(),
                )?;
            }
            self.simple_key_allowed = self.flow_level == 0;
        }
        self.indicator(TokenKind::Value);
        Ok(())
    }

    fn fetch_anchor(&mut self, kind: TokenKind) -> Scan<()> {
        self.save_simple_key()?;
        self.simple_key_allowed = false;
        let start = self.mark();
        self.at += 1;
        let name = self.at;
        while is_alpha(self.look(0)) {
            self.at += 1;
        }
        let closed = self.is_blankz(0)
            || matches!(
                self.look(0),
                b'?' | b':' | b',' | b']' | b'}' | b'%' | b'@' | b'`'
            );
        if self.at == name || !closed {
            let context = if kind == TokenKind::Anchor {
                "while scanning an anchor"
            } else {
                "while scanning an alias"
            };
            return self.fault(
                context,
                start,
                "did not find expected alphabetic or numeric character",
            );
        }
        self.push(kind, start);
        Ok(())
    }

    fn fetch_directive(&mut self) -> Scan<()> {
        const CONTEXT: &str = "while scanning a directive";
        self.unroll(-1, self.at);
        self.remove_simple_key()?;
        self.simple_key_allowed = false;
        let start = self.mark();
        self.at += 1;
        let name = self.at;
        while is_alpha(self.look(0)) {
            self.at += 1;
        }
        let name = &self.text[name..self.at];
        if name.is_empty() {
            return self.fault(CONTEXT, start, "could not find expected directive name");
        }
        if !self.is_blankz(0) {
            return self.fault(CONTEXT, start, "found unexpected non-alphabetical character");
        }
        let (kind, end) = match name {
            "YAML" => {
                const VERSION: &str = "while scanning a %YAML directive";
                self.skip_blanks();
                let major = self.version_number(start)?;
                if self.look(0) != b'.' {
                    return self.fault(VERSION, start, "did not find expected digit or '.' character");
                }
                self.at += 1;
                let minor = self.version_number(start)?;
                (TokenKind::VersionDirective { major, minor }, self.at)
            }
            "TAG" => {
                const TAG: &str = "while scanning a %TAG directive";
                self.skip_blanks();
                let handle = self.tag_handle(TAG, true, start)?;
                if !self.is_blank(0) {
                    return self.fault(TAG, start, "did not find expected whitespace");
                }
                self.skip_blanks();
                let prefix = self.tag_uri(TAG, "", start)?;
                if !self.is_blankz(0) {
                    return self.fault(TAG, start, "did not find expected whitespace or line break");
                }
                self.tags.push((handle, prefix));
                (TokenKind::TagDirective(self.tags.len() as u32 - 1), self.at)
            }
            _ => return self.fault(CONTEXT, start, "found unknown directive name"),
        };
        self.skip_blanks();
        self.skip_comment();
        if !self.is_breakz(0) {
            return self.fault(CONTEXT, start, "did not find expected comment or line break");
        }
        self.skip_break();
        self.tokens.push(Token {
            kind,
            start: start.at,
            end: end as u32,
            line: start.line,
        });
        Ok(())
    }

    fn version_number(&mut self, start: Mark) -> Scan<u8> {
        const CONTEXT: &str = "while scanning a %YAML directive";
        let mut value = 0;
        let mut length = 0;
        while self.look(0).is_ascii_digit() {
            length += 1;
            if length > 2 {
                return self.fault(CONTEXT, start, "found extremely long version number");
            }
            value = value * 10 + (self.look(0) - b'0');
            self.at += 1;
        }
        if length == 0 {
            return self.fault(CONTEXT, start, "did not find expected version number");
        }
        Ok(value)
    }

    fn tag_handle(&mut self, context: &'static str, directive: bool, start: Mark) -> Scan<Box<str>> {
        if self.look(0) != b'!' {
            return self.fault(context, start, "did not find expected '!'");
        }
        let from = self.at;
        self.at += 1;
        while is_alpha(self.look(0)) {
            self.at += 1;
        }
        if self.look(0) == b'!' {
            self.at += 1;
        } else if directive && self.at - from != 1 {
            // Without a second `!` this is no handle; in a tag it is the start of the suffix.
            return self.fault(context, start, "did not find expected '!'");
        }
        Ok(self.text[from..self.at].into())
    }

    /// Reads a URI; `head` is a handle that turned out to be its start.
    fn tag_uri(&mut self, context: &'static str, head: &str, start: Mark) -> Scan<Box<str>> {
        let mut uri = head.get(1..).unwrap_or_default().as_bytes().to_vec();
        let mut found = !head.is_empty();
        loop {
            let byte = self.look(0);
            match byte {
                b'%' => self.uri_escape(context, start, &mut uri)?,
                b';' | b'/' | b'?' | b':' | b'@' | b'&' | b'=' | b'+' | b'$' | b',' | b'.' | b'!' | b'~'
                | b'*' | b'\'' | b'(' | b')' | b'[' | b']' => {
                    uri.push(byte);
                    self.at += 1;
                }
                _ if is_alpha(byte) => {
                    uri.push(byte);
                    self.at += 1;
                }
                _ => break,
            }
            found = true;
        }
        if !found {
            return self.fault(context, start, "did not find expected tag URI");
        }
        // An escape may spell a sequence that libyaml lets pass and UTF-8 does not, such as a surrogate.
        Ok(String::from_utf8(uri)
            .unwrap_or_else(|error| crate::json::to_valid_utf8(error.as_bytes()))
            .into())
    }

    fn uri_escape(&mut self, context: &'static str, start: Mark, uri: &mut Vec<u8>) -> Scan<()> {
        let mut left = 0;
        loop {
            let (Some(high), Some(low)) = (hex(self.look(1)), hex(self.look(2))) else {
                return self.fault(context, start, "did not find URI escaped octet");
            };
            if self.look(0) != b'%' {
                return self.fault(context, start, "did not find URI escaped octet");
            }
            let octet = (high << 4 | low) as u8;
            if left == 0 {
                left = match octet {
                    0..0x80 => 1,
                    0xC0..0xE0 => 2,
                    0xE0..0xF0 => 3,
                    0xF0..0xF8 => 4,
                    _ => return self.fault(context, start, "found an incorrect leading UTF-8 octet"),
                };
            } else if octet & 0xC0 != 0x80 {
                return self.fault(context, start, "found an incorrect trailing UTF-8 octet");
            }
            uri.push(octet);
            self.at += 3;
            left -= 1;
            if left == 0 {
                return Ok(());
            }
        }
    }

    fn fetch_tag(&mut self) -> Scan<()> {
        const CONTEXT: &str = "while parsing a tag";
        self.save_simple_key()?;
        self.simple_key_allowed = false;
        let start = self.mark();
        let (handle, suffix): (Box<str>, Box<str>) = if self.look(1) == b'<' {
            self.at += 2;
            let suffix = self.tag_uri(CONTEXT, "", start)?;
            if self.look(0) != b'>' {
                return self.fault("while scanning a tag", start, "did not find the expected '>'");
            }
            self.at += 1;
            ("".into(), suffix)
        } else {
            let handle = self.tag_handle(CONTEXT, false, start)?;
            if handle.len() > 1 && handle.ends_with('!') {
                let suffix = self.tag_uri(CONTEXT, "", start)?;
                (handle, suffix)
            } else {
                let suffix = self.tag_uri(CONTEXT, &handle, start)?;
                if suffix.is_empty() {
                    ("".into(), "!".into())
                } else {
                    ("!".into(), suffix)
                }
            }
        };
        if !self.is_blankz(0) {
            return self.fault(
                "while scanning a tag",
                start,
                "did not find expected whitespace or line break",
            );
        }
        self.tags.push((handle, suffix));
        self.push(TokenKind::Tag(self.tags.len() as u32 - 1), start);
        Ok(())
    }

    fn push_scalar(&mut self, start: Mark, end: usize, scalar: ScalarToken) {
        let kind = TokenKind::Scalar(scalar);
        self.tokens.push(Token {
            kind,
            start: start.at,
            end: end as u32,
            line: start.line,
        });
    }

    fn fetch_block_scalar(&mut self, literal: bool) -> Scan<()> {
        const CONTEXT: &str = "while scanning a block scalar";
        self.remove_simple_key()?;
        self.simple_key_allowed = true;
        let start = self.mark();
        self.at += 1;
        let mut keep = None;
        let mut increment = 0;
        // Chomping and indentation indicators, in either order.
        for _ in 0..2 {
            match self.look(0) {
                sign @ (b'+' | b'-') if keep.is_none() => {
                    keep = Some(sign == b'+');
                    self.at += 1;
                }
                digit @ b'0'..=b'9' if increment == 0 => {
                    if digit == b'0' {
                        return self.fault(CONTEXT, start, "found an indentation indicator equal to 0");
                    }
                    increment = i64::from(digit - b'0');
                    self.at += 1;
                }
                _ => break,
            }
        }
        self.skip_blanks();
        self.skip_comment();
        if !self.is_breakz(0) {
            return self.fault(CONTEXT, start, "did not find expected comment or line break");
        }
        self.skip_break();
        let mut end = self.at;
        let mut indent = if increment > 0 {
            (self.indent.max(0) + increment) as usize
        } else {
            0
        };
        let from = self.pool.len();
        let mut breaks = String::new();
        self.block_breaks(&mut indent, &mut breaks, start, &mut end)?;
        let mut leading_break = "";
        let mut leading_blank = false;
        while self.column() == indent && self.at < self.end {
            let blank = self.is_blank(0);
            // A folded line joins the one before by a space, unless either starts with a blank.
            if !literal && leading_break == "\n" && !leading_blank && !blank {
                if breaks.is_empty() {
                    self.pool.push(' ');
                }
            } else {
                self.pool.push_str(leading_break);
            }
            self.pool.push_str(&breaks);
            breaks.clear();
            leading_blank = blank;
            let line = self.at;
            self.skip_to_break();
            self.pool.push_str(&self.text[line..self.at]);
            leading_break = "";
            if self.is_break(0) {
                leading_break = self.break_text();
                self.skip_break();
            }
            self.block_breaks(&mut indent, &mut breaks, start, &mut end)?;
        }
        if keep != Some(false) {
            self.pool.push_str(leading_break);
        }
        if keep == Some(true) {
            self.pool.push_str(&breaks);
        }
        let style = if literal { Style::Literal } else { Style::Folded };
        let to = self.pool.len() as u32;
        self.push_scalar(
            start,
            end,
            ScalarToken {
                style,
                pooled: true,
                from: from as u32,
                to,
            },
        );
        Ok(())
    }

    /// Steps over indentation and empty lines of a block scalar; finds the indentation if it is still 0.
    fn block_breaks(
        &mut self,
        indent: &mut usize,
        breaks: &mut String,
        start: Mark,
        end: &mut usize,
    ) -> Scan<()> {
        *end = self.at;
        let mut deepest = 0;
        loop {
            let mut column = self.column();
            while (*indent == 0 || column < *indent) && self.look(0) == b' ' {
                self.at += 1;
                column += 1;
            }
            deepest = deepest.max(column);
            if (*indent == 0 || column < *indent) && self.look(0) == b'\t' {
                return self.fault(
                    "while scanning a block scalar",
                    start,
                    "found a tab character where an indentation space is expected",
                );
            }
            if !self.is_break(0) {
                break;
            }
            breaks.push_str(self.break_text());
            self.skip_break();
            *end = self.at;
        }
        if *indent == 0 {
            *indent = deepest.max((self.indent + 1) as usize).max(1);
        }
        Ok(())
    }

    /// Steps over blanks and line breaks inside a flow scalar. Returns the first break's text, empty if there was none, and
    /// leaves the later ones in `breaks`. `indent` is the column before which a tab is an error.
    fn fold_blanks(&mut self, breaks: &mut String, indent: Option<(usize, Mark)>) -> Scan<&'s str> {
        let mut first = "";
        loop {
            if self.is_blank(0) {
                if let Some((indent, start)) = indent
                    && !first.is_empty()
                    && self.look(0) == b'\t'
                    && self.column() < indent
                {
                    return self.fault(
                        "while scanning a plain scalar",
                        start,
                        "found a tab character that violates indentation",
                    );
                }
                self.at += 1;
            } else if self.is_break(0) {
                if first.is_empty() {
                    first = self.break_text();
                } else {
                    breaks.push_str(self.break_text());
                }
                self.skip_break();
            } else {
                return Ok(first);
            }
        }
    }

    /// Appends folded line breaks to the pool.
    fn push_fold(&mut self, first: &str, breaks: &mut String) {
        if first == "\n" {
            if breaks.is_empty() {
                self.pool.push(' ');
            }
        } else {
            self.pool.push_str(first);
        }
        self.pool.push_str(breaks);
        breaks.clear();
    }

    fn fetch_quoted(&mut self, single: bool) -> Scan<()> {
        const CONTEXT: &str = "while scanning a quoted scalar";
        self.save_simple_key()?;
        self.simple_key_allowed = false;
        let start = self.mark();
        self.at += 1;
        let quote = if single { b'\'' } else { b'"' };
        let verbatim = self.at;
        // Where the part that is not yet in the pool starts.
        let mut chunk = self.at;
        let pool = self.pool.len();
        let mut pooled = false;
        let mut breaks = String::new();
        loop {
            if self.column() == 0 && (self.at_indicator(b'-') || self.at_indicator(b'.')) {
                return self.fault(CONTEXT, start, "found unexpected document indicator");
            }
            if self.at >= self.end {
                return self.fault(CONTEXT, start, "found unexpected end of stream");
            }
            // `\` before a line break joins lines without a space, and drops the next line's indentation.
            let mut joined = false;
            loop {
                self.quoted_run();
                let byte = self.look(0);
                if byte == quote {
                    if single && self.look(1) == quote {
                        self.pool.push_str(&self.text[chunk..=self.at]);
                        pooled = true;
                        self.at += 2;
                        chunk = self.at;
                        continue;
                    }
                    break;
                }
                if byte == b'\\' && !single {
                    self.pool.push_str(&self.text[chunk..self.at]);
                    pooled = true;
                    if self.is_break(1) {
                        self.at += 1;
                        self.skip_break();
                        chunk = self.at;
                        joined = true;
                        break;
                    }
                    self.escape(start)?;
                    chunk = self.at;
                    continue;
                }
                if byte < 0x80 {
                    if matches!(byte, b' ' | b'\t' | b'\r' | b'\n') || self.at >= self.end {
                        break;
                    }
                    self.at += 1;
                } else if self.is_break(0) {
                    break;
                } else {
                    self.skip();
                }
            }
            if self.look(0) == quote {
                break;
            }
            let text_end = self.at;
            let first = self.fold_blanks(&mut breaks, None)?;
            if joined {
                // After an escaped break every further one is kept, and blanks are dropped.
                if !first.is_empty() {
                    self.pool.push_str(first);
                    self.pool.push_str(&breaks);
                    breaks.clear();
                }
                chunk = self.at;
            } else if !first.is_empty() {
                self.pool.push_str(&self.text[chunk..text_end]);
                pooled = true;
                self.push_fold(first, &mut breaks);
                chunk = self.at;
            }
        }
        let (from, to) = if pooled {
            self.pool.push_str(&self.text[chunk..self.at]);
            (pool, self.pool.len())
        } else {
            (verbatim, self.at)
        };
        self.at += 1;
        let style = if single {
            Style::SingleQuoted
        } else {
            Style::DoubleQuoted
        };
        let scalar = ScalarToken {
            style,
            pooled,
            from: from as u32,
            to: to as u32,
        };
        self.push_scalar(start, self.at, scalar);
        Ok(())
    }

    /// Steps over the characters that mean nothing in quotes.
    fn quoted_run(&mut self) {
        let bytes = &self.bytes[..self.end];
        let mut at = self.at;
        while at < bytes.len() && matches!(bytes[at], b'!' | b'#'..=b'&' | b'('..=b'[' | b']'..=b'~') {
            at += 1;
        }
        self.at = at;
    }

    /// Reads the escape at the `\` here into the pool.
    fn escape(&mut self, start: Mark) -> Scan<()> {
        const CONTEXT: &str = "while parsing a quoted scalar";
        let (value, digits) = match self.look(1) {
            b'0' => ('\0', 0),
            b'a' => ('\x07', 0),
            b'b' => ('\x08', 0),
            b't' | b'\t' => ('\t', 0),
            b'n' => ('\n', 0),
            b'v' => ('\x0B', 0),
            b'f' => ('\x0C', 0),
            b'r' => ('\r', 0),
            b'e' => ('\x1B', 0),
            b' ' => (' ', 0),
            b'"' => ('"', 0),
            b'\'' => ('\'', 0),
            b'\\' => ('\\', 0),
            b'N' => ('\u{85}', 0),
            b'_' => ('\u{A0}', 0),
            b'L' => ('\u{2028}', 0),
            b'P' => ('\u{2029}', 0),
            b'x' => ('\0', 2),
            b'u' => ('\0', 4),
            b'U' => ('\0', 8),
            _ => return self.fault(CONTEXT, start, "found unknown escape character"),
        };
        self.at += 2;
        if digits == 0 {
            self.pool.push(value);
            return Ok(());
        }
        let mut code = 0u32;
        for ahead in 0..digits {
            let Some(digit) = hex(self.look(ahead)) else {
                return self.fault(CONTEXT, start, "did not find expected hexdecimal number");
            };
            code = code << 4 | digit;
        }
        let Some(value) = char::from_u32(code) else {
            return self.fault(CONTEXT, start, "found invalid Unicode character escape code");
        };
        self.pool.push(value);
        self.at += digits;
        Ok(())
    }

    fn fetch_plain(&mut self) -> Scan<()> {
        self.save_simple_key()?;
        self.simple_key_allowed = false;
        let start = self.mark();
        let indent = (self.indent + 1) as usize;
        let pool = self.pool.len();
        let mut pooled = false;
        // The part that is not yet in the pool starts at `chunk`; the scalar so far ends at `end`.
        let mut chunk = self.at;
        let mut end = self.at;
        // The line breaks before the current text, and whether there were any after the last text.
        let mut first = "";
        let mut breaks = String::new();
        let flow = self.flow_level > 0;
        loop {
            if self.column() == 0 && (self.at_indicator(b'-') || self.at_indicator(b'.')) {
                break;
            }
            if self.look(0) == b'#' {
                break;
            }
            let text_start = self.at;
            self.plain_run(flow);
            if self.at > text_start {
                if !first.is_empty() {
                    self.pool.push_str(&self.text[chunk..end]);
                    pooled = true;
                    self.push_fold(first, &mut breaks);
                    first = "";
                    chunk = text_start;
                }
                end = self.at;
            }
            if !self.is_blank(0) && !self.is_break(0) {
                break;
            }
            // Behind a break comes text, or something that ends the scalar, so none is pending here.
            first = self.fold_blanks(&mut breaks, Some((indent, start)))?;
            if !flow && self.column() < indent {
                break;
            }
        }
        let (from, to) = if pooled {
            self.pool.push_str(&self.text[chunk..end]);
            (pool, self.pool.len())
        } else {
            (chunk, end)
        };
        let scalar = ScalarToken {
            style: Style::Plain,
            pooled,
            from: from as u32,
            to: to as u32,
        };
        self.push_scalar(start, end, scalar);
        // Behind a line break a key may start.
        if !first.is_empty() {
            self.simple_key_allowed = true;
        }
        Ok(())
    }

    /// Steps over the characters of a plain scalar up to a blank, a break, or an indicator that ends it.
    fn plain_run(&mut self, flow: bool) {
        let bytes = &self.bytes[..self.end];
        let stops = if flow { PLAIN_STOP | FLOW_STOP } else { PLAIN_STOP };
        loop {
            let mut at = self.at;
            while at < bytes.len() && CLASSES[bytes[at] as usize] & stops == 0 {
                at += 1;
            }
            self.at = at;
            match bytes.get(at) {
                Some(b':') if !self.is_blankz(1) => self.at += 1,
                Some(0x80..) if break_width(bytes, at) == 0 => self.skip(),
                _ => return,
            }
        }
    }
}

/// What may end a plain scalar.
const PLAIN_STOP: u8 = 1;
/// What ends a plain scalar in a flow collection.
const FLOW_STOP: u8 = 2;

static CLASSES: [u8; 256] = {
    let mut classes = [0; 256];
    let mut byte = 0x80;
    while byte < 256 {
        classes[byte] = PLAIN_STOP;
        byte += 1;
    }
    classes[b' ' as usize] = PLAIN_STOP;
    classes[b'\t' as usize] = PLAIN_STOP;
    classes[b'\r' as usize] = PLAIN_STOP;
    classes[b'\n' as usize] = PLAIN_STOP;
    classes[b':' as usize] = PLAIN_STOP;
    classes[b',' as usize] = FLOW_STOP;
    classes[b'?' as usize] = FLOW_STOP;
    classes[b'[' as usize] = FLOW_STOP;
    classes[b']' as usize] = FLOW_STOP;
    classes[b'{' as usize] = FLOW_STOP;
    classes[b'}' as usize] = FLOW_STOP;
    classes
};

fn hex(byte: u8) -> Option<u32> {
    char::from(byte).to_digit(16)
}
