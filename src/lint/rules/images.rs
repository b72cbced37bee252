//! Image references.

pub(crate) mod latest_tag;
