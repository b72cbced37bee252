//! What one run of the parser may cost. Every bound that a hostile stream could exceed is here, none elsewhere.

/// Bounds of one [`parse`](crate::parse()).
///
/// go-yaml itself allows 10,000 levels of flow collections and 10,000 of block indentation. A consumer of a tree usually
/// recurses, and a thread of a pool has two megabytes of stack, so the default here is far lower; no real manifest
/// comes near it (the deepest CRD schemas known nest about 60 levels).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Deepest nesting of collections, aliases counted as the depth of what they stand for. A document that exceeds it is
    /// an error of that document.
    pub max_depth: u32,
    /// Nodes that aliases may add to all documents of the stream together, as go-yaml counts decode steps. On top of
    /// this, each document obeys go-yaml's own ratio between alias-made and written nodes ("excessive aliasing").
    pub max_alias_nodes: u64,
    /// Longest source in bytes. Never above `u32::MAX`, because positions are 32 bits wide.
    pub max_source_bytes: u32,
}

impl Limits {
    /// The default bounds, usable in constants.
    pub const DEFAULT: Self = Self {
        max_depth: 500,
        max_alias_nodes: 20_000_000,
        max_source_bytes: 1 << 30,
    };
}

impl Default for Limits {
    fn default() -> Self {
        Self::DEFAULT
    }
}
