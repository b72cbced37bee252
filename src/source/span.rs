//! A place in a text.

/// The number of a text in its [`SourceMap`](super::SourceMap).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceId(pub(super) u32);

/// A half-open byte range of one text. Bytes, not columns: columns are computed only to be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The text.
    pub file: SourceId,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// A range of bytes of one text.
    pub fn new(file: SourceId, start: u32, end: u32) -> Self {
        Self { file, start, end: end.max(start) }
    }
}
