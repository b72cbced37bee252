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
        Self {
            file,
            start,
            end: end.max(start),
        }
    }

    /// A span of a YAML tree whose text begins at byte `offset` of the file.
    pub fn in_part(file: SourceId, offset: u32, span: plimsoll_yaml::Span) -> Self {
        Self::new(
            file,
            span.start.saturating_add(offset),
            span.end.saturating_add(offset),
        )
    }
}
