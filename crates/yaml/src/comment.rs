//! Comments: where they are, and which node they speak of.
//!
//! The parser skips comments, so a document is scanned a second time for them, and only when someone asks. libyaml decides
//! what a comment is: a `#` at the start of a line or behind a blank, outside of scalars.

use crate::doc::{Doc, NodeRef};
use crate::scan::Scanner;
use crate::{LineIndex, Span};

/// One comment, from its `#` to the end of its line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Comment {
    /// The comment in the source, `#` included, line break not.
    pub span: Span,
    /// Its line in the source, from 1.
    pub line: u32,
    /// Whether nothing but blanks stands before it on its line.
    pub own_line: bool,
}

/// The comments of a document, with the lines they are on.
#[derive(Clone, Debug)]
pub struct Comments<'d> {
    doc: &'d Doc,
    lines: &'d LineIndex,
    list: Vec<Comment>,
}

impl Doc {
    /// Scans the document for comments. `lines` is the index of the document's whole [`source`](Self::source).
    #[must_use]
    pub fn comments<'d>(&'d self, lines: &'d LineIndex) -> Comments<'d> {
        let source = self.source.as_bytes();
        let mut list = Vec::new();
        for span in Scanner::comments(&self.source, self.span) {
            let line = lines.line(span.start);
            let start = lines.line_start(line).unwrap_or(span.start);
            let before = &source[start as usize..span.start as usize];
            let own_line = before.iter().all(|b| matches!(b, b' ' | b'\t'));
            list.push(Comment { span, line, own_line });
        }
        Comments {
            doc: self,
            lines,
            list,
        }
    }
}

impl<'d> Comments<'d> {
    /// All comments in source order.
    #[must_use]
    pub fn all(&self) -> &[Comment] {
        &self.list
    }

    /// The text of a comment behind `#`, trimmed.
    #[must_use]
    pub fn text(&self, comment: &Comment) -> &'d str {
        let text = self.doc.source.get(comment.span.range()).unwrap_or_default();
        text.trim_start_matches('#').trim()
    }

    /// The comment at the end of the line on which `node` starts.
    #[must_use]
    pub fn on_line_of(&self, node: NodeRef<'_>) -> Option<&Comment> {
        let line = self.lines.line(node.span().start);
        let at = self.list.partition_point(|comment| comment.line < line);
        self.list.get(at).filter(|comment| comment.line == line)
    }

    /// The comments on the lines directly above the one on which `node` starts: an unbroken run of comment lines.
    #[must_use]
    pub fn above(&self, node: NodeRef<'_>) -> &[Comment] {
        let line = self.lines.line(node.span().start);
        let end = self.list.partition_point(|comment| comment.line < line);
        let mut start = end;
        let mut expected = line;
        while let Some(comment) = start.checked_sub(1).and_then(|at| self.list.get(at)) {
            if !comment.own_line || comment.line + 1 != expected {
                break;
            }
            expected = comment.line;
            start -= 1;
        }
        &self.list[start..end]
    }

    /// The comments attached to `node`: those [`above`](Self::above) it, then the one [on its line](Self::on_line_of).
    pub fn of(&self, node: NodeRef<'_>) -> impl Iterator<Item = &Comment> {
        self.above(node).iter().chain(self.on_line_of(node))
    }
}
