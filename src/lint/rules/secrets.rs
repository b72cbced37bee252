//! Credentials.

pub(crate) mod configmap_secret;
mod data;
pub(crate) mod env_var_secret;
pub(crate) mod exposed_secret_value;
mod known;
pub(crate) mod read_secret_from_env_var;
pub(crate) mod secret_encoded_twice;
pub(crate) mod secret_malformed;
pub(crate) mod secret_trailing_newline;
