//! plimsoll-gostd

pub mod strconv;
