//! From what libyaml noticed to the mistake that was probably made.
//!
//! libyaml reports where it could not go on, which is often a line or more behind the mistake. Each rule here looks at the
//! message and at the text around, and names a place a person would look at.

use crate::Span;
use crate::error::{Cause, ErrorKind};
use crate::scan::Fault;

/// Place and cause of `fault` in the document that starts at `doc_start`.
pub(crate) fn diagnose(text: &str, doc_start: u32, fault: &Fault) -> (Span, Cause) {
    let around = Around {
        text,
        doc_start: doc_start as usize,
    };
    around.diagnose(fault)
}

struct Around<'s> {
    text: &'s str,
    doc_start: usize,
}

impl Around<'_> {
    fn diagnose(&self, fault: &Fault) -> (Span, Cause) {
        let at = self.boundary(fault.at as usize);
        let context = self.boundary(fault.context_at as usize);
        if fault.kind == ErrorKind::Reader {
            return (self.char_at(at), Cause::ControlCharacter);
        }
        if fault.kind == ErrorKind::Composer {
            let span = Span::new(fault.at, fault.context_at);
            let cause = match fault.message.as_str() {
                message if message.starts_with("unknown anchor") => Cause::UnknownAnchor,
                message if message.ends_with("contains itself") => Cause::SelfReference,
                message if message.starts_with("exceeded max depth") => Cause::TooDeep,
                _ => Cause::AliasBomb,
            };
            return (
                if cause == Cause::TooDeep {
                    self.char_at(at)
                } else {
                    span
                },
                cause,
            );
        }
        if let Some(span) = self.conflict_marker(at).or_else(|| self.conflict_marker(context)) {
            return (span, Cause::ConflictMarker);
        }
        let message = fault.message.as_str();
        match message {
            "found unexpected end of stream" | "found unexpected document indicator" => {
                return (self.char_at(context), Cause::UnclosedQuote);
            }
            "found a tab character where an indentation space is expected"
            | "found a tab character that violates indentation" => {
                return (self.run_of(at, '\t'), Cause::TabIndent);
            }
            "found unknown escape character" => return (self.span(at, at + 2), Cause::BadEscape),
            "did not find expected hexdecimal number" | "found invalid Unicode character escape code" => {
                return (self.span(at.saturating_sub(2), at), Cause::BadEscape);
            }
            _ => {}
        }
        if let Some(span) = self.template_action(at).or_else(|| self.template_action(context)) {
            return (span, Cause::TemplateAction);
        }
        if fault.kind == ErrorKind::Parser
            && self.text[at..].starts_with([']', '}'])
            && !message.contains("',' or")
        {
            return (self.char_at(at), Cause::StrayBracket);
        }
        match message {
            "found character that cannot start any token" => match self.text[at..].chars().next() {
                Some('\t') => (self.run_of(at, '\t'), Cause::TabIndent),
                _ => (self.word(at), Cause::ReservedIndicator),
            },
            "could not find expected ':'" => self.missing_colon(context),
            "mapping values are not allowed in this context" => self.stray_colon(at),
            "block sequence entries are not allowed in this context" => {
                (self.char_at(at), Cause::ListOnKeyLine)
            }
            "did not find expected key" => self.expected_key(at, context),
            "did not find expected '-' indicator" => {
                if self.column(at) == self.column(context) {
                    (self.word(at), Cause::MixedCollection)
                } else {
                    (self.word(at), Cause::Indentation)
                }
            }
            "did not find expected ',' or ']'" | "did not find expected ',' or '}'" => {
                (self.char_at(context), Cause::UnclosedBracket)
            }
            "did not find expected node content" => match self.open_bracket(at) {
                Some(open) => (self.char_at(open), Cause::UnclosedBracket),
                None => (self.word(at), Cause::Unknown),
            },
            "did not find expected alphabetic or numeric character" => {
                let cause = if self.text[context..].starts_with('&') {
                    Cause::AnchorLike
                } else {
                    Cause::AliasLike
                };
                (self.word(context), cause)
            }
            "did not find expected comment or line break"
                if fault.context == "while scanning a block scalar" =>
            {
                (self.span(at, self.line_end(at)), Cause::BlockHeader)
            }
            "found an indentation indicator equal to 0" => (self.word(context), Cause::BlockHeader),
            "did not find expected <document start>" => self.second_root(at),
            _ if fault.context.contains("directive") || message.contains("directive") => {
                (self.span(context, self.line_end(context)), Cause::BadDirective)
            }
            "found incompatible YAML document" => (self.span(at, self.line_end(at)), Cause::BadDirective),
            _ if fault.context.contains("tag") || message.contains("tag") => {
                // The parser's own tag error has its place in `at`.
                let place = if fault.kind == ErrorKind::Parser {
                    at
                } else {
                    context
                };
                (self.word(place), Cause::TagLike)
            }
            _ => (self.word(at), Cause::Unknown),
        }
    }

    /// A required key at `key` met no `:`.
    fn missing_colon(&self, key: usize) -> (Span, Cause) {
        let line = &self.text[key..self.line_end(key)];
        if line.starts_with('-') && !line.starts_with("---") {
            return (self.span(key, key + 1), Cause::MissingSpaceAfterDash);
        }
        if let Some(colon) = colon_without_space(line) {
            return (
                self.span(key + colon, key + colon + 1),
                Cause::MissingSpaceAfterColon,
            );
        }
        (self.span(key, key + line.trim_end().len()), Cause::MissingColon)
    }

    /// A `: ` at `at` that opens no value.
    fn stray_colon(&self, at: usize) -> (Span, Cause) {
        let start = self.line_start(at);
        let before = &self.text[start..at];
        let indent = before.len() - before.trim_start_matches([' ', '\t']).len();
        if before[..indent].contains('\t') {
            let tab = start + before.find('\t').unwrap_or(0);
            return (self.run_of(tab, '\t'), Cause::TabIndent);
        }
        // `key: some: thing`
        if let Some(colon) = before.find(": ") {
            let value = start + colon + 1;
            let value = value + (self.text[value..].len() - self.text[value..].trim_start_matches(' ').len());
            return (self.span(value, self.line_end(at)), Cause::ColonInValue);
        }
        // The line was read as the continuation of the one above.
        if let Some(previous) = self.previous_line(start) {
            let line = &self.text[previous..self.line_end(previous)];
            let content = line.trim_start_matches(' ').trim_start_matches("- ");
            let offset = previous + (line.len() - content.len());
            if let Some(colon) = colon_without_space(content)
                && !content.contains(": ")
            {
                return (
                    self.span(offset + colon, offset + colon + 1),
                    Cause::MissingSpaceAfterColon,
                );
            }
            if content.starts_with('-') && !content.starts_with("--") {
                return (self.span(offset, offset + 1), Cause::MissingSpaceAfterDash);
            }
            if !content.contains(':') && offset - previous == indent && !line.trim_start().starts_with("- ") {
                return (
                    self.span(offset, offset + content.trim_end().len()),
                    Cause::MissingColon,
                );
            }
        }
        (self.span(start + indent, at), Cause::Indentation)
    }

    /// Something that is no key at `at`, in the block mapping that starts at `mapping`.
    fn expected_key(&self, at: usize, mapping: usize) -> (Span, Cause) {
        let start = self.line_start(at);
        let before = self.text[start..at].trim_end();
        if before.trim_start().is_empty() {
            let here = &self.text[at..];
            if here.starts_with("- ") || here.starts_with("-\n") {
                return if self.column(at) == self.column(mapping) {
                    (self.span(at, at + 1), Cause::MixedCollection)
                } else {
                    (self.span(at, at + 1), Cause::Indentation)
                };
            }
            return (self.word(at), Cause::Indentation);
        }
        if before.ends_with(['"', '\'']) {
            return (self.span(at, self.line_end(at)), Cause::TextAfterQuote);
        }
        if before.ends_with([']', '}']) {
            return (self.span(at, self.line_end(at)), Cause::TextAfterBracket);
        }
        (self.word(at), Cause::Unknown)
    }

    /// Content at `at` behind a complete document.
    fn second_root(&self, at: usize) -> (Span, Cause) {
        let first = self.text[self.doc_start.min(at)..at].lines().find(|line| {
            let line = line.trim();
            !line.is_empty() && !line.starts_with('#') && !line.starts_with("---")
        });
        let indent = first.map_or(0, |line| line.len() - line.trim_start_matches(' ').len());
        if self.column(at) < indent {
            return (self.word(at), Cause::Indentation);
        }
        let before = self.text[self.line_start(at)..at].trim_end();
        if before.ends_with(['"', '\'']) {
            return (self.span(at, self.line_end(at)), Cause::TextAfterQuote);
        }
        if before.ends_with([']', '}']) {
            return (self.span(at, self.line_end(at)), Cause::TextAfterBracket);
        }
        (self.word(at), Cause::Indentation)
    }

    fn conflict_marker(&self, at: usize) -> Option<Span> {
        let start = self.line_start(at);
        let line = &self.text[start..self.line_end(start)];
        ["<<<<<<<", "=======", ">>>>>>>", "|||||||"]
            .iter()
            .any(|marker| line.starts_with(marker))
            .then(|| self.span(start, start + line.len()))
    }

    /// A `{{ … }}` or `{% … %}` on the line of `at`.
    fn template_action(&self, at: usize) -> Option<Span> {
        let start = self.line_start(at);
        let end = self.line_end(at);
        let line = &self.text[start..end];
        let (open, close) = match (line.find("{{"), line.find("{%")) {
            (Some(action), Some(block)) if block < action => (block, "%}"),
            (Some(action), _) => (action, "}}"),
            (None, Some(block)) => (block, "%}"),
            (None, None) => return None,
        };
        let stop = line[open..]
            .find(close)
            .map_or(line.trim_end().len(), |at| open + at + 2);
        Some(self.span(start + open, start + stop))
    }

    /// The innermost bracket before `at` that is still open, if the text before `at` ends inside a flow collection.
    fn open_bracket(&self, at: usize) -> Option<usize> {
        let text = &self.text[self.doc_start.min(at)..at];
        if !text.trim_end().ends_with(['[', '{', ',']) {
            return None;
        }
        let mut closed = 0;
        for (place, c) in text.char_indices().rev() {
            match c {
                ']' | '}' => closed += 1,
                '[' | '{' if closed == 0 => return Some(self.doc_start + place),
                '[' | '{' => closed -= 1,
                _ => {}
            }
        }
        None
    }

    fn boundary(&self, at: usize) -> usize {
        let mut at = at.min(self.text.len());
        while !self.text.is_char_boundary(at) {
            at -= 1;
        }
        at
    }

    fn span(&self, start: usize, end: usize) -> Span {
        Span::new(start as u32, self.boundary(end) as u32)
    }

    fn line_start(&self, at: usize) -> usize {
        self.text[..at].rfind(['\n', '\r']).map_or(0, |at| at + 1)
    }

    fn line_end(&self, at: usize) -> usize {
        self.text[at..]
            .find(['\n', '\r'])
            .map_or(self.text.len(), |end| at + end)
    }

    /// Start of the nearest line above `start` that is neither empty nor a comment.
    fn previous_line(&self, start: usize) -> Option<usize> {
        let mut start = start;
        while start > self.doc_start {
            start = self.line_start(start - 1);
            let line = self.text[start..self.line_end(start)].trim();
            if !line.is_empty() && !line.starts_with('#') {
                return Some(start);
            }
        }
        None
    }

    fn column(&self, at: usize) -> usize {
        at - self.line_start(at)
    }

    fn char_at(&self, at: usize) -> Span {
        let width = self.text[at..].chars().next().map_or(0, char::len_utf8);
        self.span(at, at + width)
    }

    fn run_of(&self, at: usize, c: char) -> Span {
        let length = self.text[at..]
            .chars()
            .take_while(|&next| next == c)
            .map(char::len_utf8)
            .sum::<usize>();
        self.span(at, at + length.max(1))
    }

    /// From `at` to the next blank.
    fn word(&self, at: usize) -> Span {
        let rest = &self.text[at..];
        let length = rest.find([' ', '\t', '\n', '\r']).unwrap_or(rest.len());
        if length == 0 {
            self.char_at(at)
        } else {
            self.span(at, at + length)
        }
    }
}

/// Offset of the `:` in a line such as `key:value`, if the part before it can be a key.
fn colon_without_space(line: &str) -> Option<usize> {
    let colon = line.find(':')?;
    let after = line[colon + 1..].chars().next()?;
    let is_key = !line[..colon].is_empty()
        && line[..colon]
            .chars()
            .all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '/'));
    (!after.is_whitespace() && after != '/' && is_key).then_some(colon)
}
