//! What programs can observe of Go's standard library and a few libraries around it, as plain functions on bytes:
//! printing, numbers, regular expressions, times, paths, URLs, versions, words.
//!
//! Go strings are bytes that need not be UTF-8, so text comes in as `&[u8]`. Nothing here knows templates, touches
//! files or asks the clock (`time::system_zone_name` aside). Invariant: for any input, the result or the error text is
//! Go's; where a bound of ours stops first, the item says so.

pub mod fmt;
pub mod glob;
pub mod netip;
pub mod path;
pub mod regexp;
pub mod semver;
pub mod strconv;
pub mod time;
pub mod unicode;
pub mod url;
pub mod words;
