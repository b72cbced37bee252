//! TOML as `BurntSushi/toml` v1.6.0 writes and reads it.

mod decode;
mod encode;
mod lex;

pub(crate) use decode::decode;
pub(crate) use encode::encode;
