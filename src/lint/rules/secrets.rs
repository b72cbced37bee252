//! Credentials.

pub(crate) mod configmap_secret;
pub(crate) mod env_var_secret;
pub(crate) mod exposed_secret_value;
mod known;
pub(crate) mod read_secret_from_env_var;
