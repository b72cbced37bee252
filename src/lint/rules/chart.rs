//! What charts print wrongly with other values than the defaults.

pub(crate) mod exponent_number;
pub(crate) mod hard_coded_namespace;
mod line;
pub(crate) mod misindented_block;
pub(crate) mod unquoted_env_value;
