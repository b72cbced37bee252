//! Go's `strconv`: numbers and quoted strings, to the byte.
//!
//! - `quote`: Go string literals, both ways
//! - `number`: floats and integers, both ways
//! - `unicode`: Go's categories, for who must agree with Go on what prints or is a letter

mod number;
mod quoted;
pub mod unicode;

pub use number::*;
pub use quoted::*;
pub use unicode::{is_digit, is_graphic, is_letter, is_print, is_upper};
