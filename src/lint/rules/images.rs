//! Image references.

pub mod latest_tag;
