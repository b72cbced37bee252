//! The few lines around a place, as they are shown.

use std::ops::Range;

use crate::source::Span;

/// The most characters of one line that are shown; longer ones are cut around the place.
const MAX_LINE: usize = 200;

/// Lines of a text around a place. Self-contained, so that a report needs no text of the run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Excerpt {
    /// Number of the first line, from 1.
    pub first_line: u32,
    /// The lines, with secrets masked.
    pub text: String,
    /// The bytes of `text` that are meant; never empty unless the place is.
    pub range: Range<usize>,
}

impl Excerpt {
    /// The bytes that an excerpt around a place can show: its line, and one before and after.
    pub(super) fn part(source: &str, span: Span) -> Range<usize> {
        let at = floor(source, span.start as usize);
        let mut starts = source[..at].rmatch_indices('\n').map(|(newline, _)| newline);
        let mut ends = source[at..].match_indices('\n').map(|(newline, _)| at + newline);
        starts.nth(1).unwrap_or(0)..ends.nth(1).unwrap_or(source.len())
    }

    /// The line of the place's first byte with one line before and after it. A place of several lines is shown by
    /// its first: where to look is what matters.
    pub(super) fn around(source: &str, line: u32, span: Span, masks: &[Range<u32>]) -> Self {
        let start = floor(source, span.start as usize);
        let line_start = source[..start].rfind('\n').map_or(0, |at| at + 1);
        let line_end = source[start..].find('\n').map_or(source.len(), |at| start + at);
        let before_start = source[..line_start.saturating_sub(1)]
            .rfind('\n')
            .map_or(0, |at| at + 1);
        let has_before = line_start > 0 && !source[before_start..line_start].trim().is_empty();
        let after_end = source[(line_end + 1).min(source.len())..]
            .find('\n')
            .map_or(source.len(), |at| line_end + 1 + at);

        let mut text = String::new();
        let mut range = 0..0;
        let first_line = if has_before { line.saturating_sub(1) } else { line };
        let lines = [
            has_before.then_some(before_start..line_start.saturating_sub(1)),
            Some(line_start..line_end),
            (line_end < source.len() && after_end > line_end + 1).then_some(line_end + 1..after_end),
        ];
        for (position, bytes) in lines.into_iter().enumerate() {
            let Some(bytes) = bytes else { continue };
            if !text.is_empty() {
                text.push('\n');
            }
            let focus = if position == 1 { start } else { bytes.start };
            let shown = cut(source, bytes, focus);
            let base = text.len();
            push_masked(source, shown.clone(), masks, &mut text);
            if position == 1 {
                let end = floor(source, span.end as usize).clamp(start, shown.end.max(start));
                range = base + masked_len(source, shown.start..start, masks)
                    ..base + masked_len(source, shown.start..end, masks);
            }
        }
        Self {
            first_line,
            text,
            range,
        }
    }
}

fn floor(source: &str, mut at: usize) -> usize {
    at = at.min(source.len());
    while !source.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// The part of a line that is shown: all of it, or what stands around the place.
fn cut(source: &str, line: Range<usize>, focus: usize) -> Range<usize> {
    let line = if source[line.clone()].ends_with('\r') {
        line.start..line.end - 1
    } else {
        line
    };
    if line.len() <= MAX_LINE {
        return line;
    }
    let start = floor(source, focus.saturating_sub(MAX_LINE / 2).max(line.start));
    start..floor(source, (start + MAX_LINE).min(line.end))
}

fn is_masked(at: usize, masks: &[Range<u32>]) -> bool {
    let after = masks.partition_point(|mask| mask.start as usize <= at);
    after > 0 && masks[after - 1].end as usize > at
}

fn push_masked(source: &str, bytes: Range<usize>, masks: &[Range<u32>], text: &mut String) {
    for (at, char) in source[bytes.clone()].char_indices() {
        text.push(if is_masked(bytes.start + at, masks) && !char.is_whitespace() {
            '*'
        } else {
            char
        });
    }
}

fn masked_len(source: &str, bytes: Range<usize>, masks: &[Range<u32>]) -> usize {
    let mut text = String::new();
    push_masked(source, bytes, masks, &mut text);
    text.len()
}
