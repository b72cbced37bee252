//! plimsoll-gostd

pub mod fmt;
pub mod strconv;
