//! Byte ranges of a source and their translation into lines and columns.

/// A half-open byte range `start..end` of the source text. Eight bytes, `Copy`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// The range `start..end`; an `end` before `start` is raised to `start`.
    #[must_use]
    pub fn new(start: u32, end: u32) -> Self {
        Self {
            start,
            end: end.max(start),
        }
    }

    /// The same as a `usize` range, to slice the source with.
    #[must_use]
    pub fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }

    /// Length in bytes.
    #[must_use]
    pub fn len(self) -> u32 {
        self.end - self.start
    }

    /// Whether the span covers no byte.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// Whether `offset` is inside.
    #[must_use]
    pub fn contains(self, offset: u32) -> bool {
        self.start <= offset && offset < self.end
    }
}

/// A place for people: both numbers count from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Position {
    /// Line, from 1.
    pub line: u32,
    /// Column in characters (Unicode scalar values), from 1. What editors and go-yaml v3 show.
    pub column: u32,
    /// Column in bytes, from 1.
    pub byte_column: u32,
}

/// Where every line of a source starts; finds the position of a byte offset in logarithmic time.
///
/// Lines end where libyaml ends them: LF, CR, CRLF, NEL (U+0085), LS (U+2028) and PS (U+2029), so a line here is a line
/// of go-yaml's messages and `Node.Line`.
#[derive(Clone, Debug)]
pub struct LineIndex {
    starts: Vec<u32>,
}

impl LineIndex {
    /// Scans `source` once.
    #[must_use]
    pub fn new(source: &str) -> Self {
        let bytes = source.as_bytes();
        let mut starts = Vec::with_capacity(bytes.len() / 24 + 1);
        starts.push(0);
        if bytes.is_ascii() && memchr::memchr(b'\r', bytes).is_none() {
            starts.extend(memchr::memchr_iter(b'\n', bytes).map(|at| at as u32 + 1));
        } else {
            let mut at = 0;
            while at < bytes.len() {
                let width = crate::scan::break_width(bytes, at);
                if width == 0 {
                    at += 1;
                } else {
                    at += width;
                    starts.push(at as u32);
                }
            }
        }
        Self { starts }
    }

    /// Number of lines; a source that ends in a line break has an empty last line.
    #[must_use]
    pub fn lines(&self) -> u32 {
        self.starts.len() as u32
    }

    /// Byte offset at which `line` (from 1) starts, or `None` past the last line.
    #[must_use]
    pub fn line_start(&self, line: u32) -> Option<u32> {
        self.starts.get(line.checked_sub(1)? as usize).copied()
    }

    /// Line of `offset`, from 1.
    #[must_use]
    pub fn line(&self, offset: u32) -> u32 {
        self.starts.partition_point(|&start| start <= offset) as u32
    }

    /// Position of `offset` in the same `source` this index was made from. An offset past the end gives the end; one
    /// inside a character gives that character.
    #[must_use]
    pub fn position(&self, source: &str, offset: u32) -> Position {
        let offset = offset.min(source.len() as u32);
        let line = self.line(offset);
        let start = self.starts[line as usize - 1];
        let bytes = &source.as_bytes()[start as usize..offset as usize];
        let mut chars = bytes.iter().filter(|&&b| b & 0xC0 != 0x80).count() as u32;
        let mut byte_column = offset - start + 1;
        if !source.is_char_boundary(offset as usize) {
            chars -= 1;
            while !source.is_char_boundary((start + byte_column - 1) as usize) {
                byte_column -= 1;
            }
        }
        // A byte-order mark opens the first line and is not a character of it, for go-yaml and for editors.
        if line == 1 && chars > 0 && source.starts_with('\u{feff}') {
            chars -= 1;
        }
        Position {
            line,
            column: chars + 1,
            byte_column,
        }
    }
}
