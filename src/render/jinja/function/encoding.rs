//! Base64, for the `data` of Secrets. Page: `docs/jinja/encoding.md`.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use minijinja::value::Value;
use minijinja::{Environment, Error};

use super::{invalid, scalar};

pub(super) fn add(env: &mut Environment<'_>) {
    env.add_filter("b64encode", b64encode);
    env.add_filter("b64decode", b64decode);
}

/// `text | b64encode`, also of bytes.
fn b64encode(value: &Value) -> Result<String, Error> {
    match value.as_bytes() {
        Some(bytes) => Ok(STANDARD.encode(bytes)),
        None => Ok(STANDARD.encode(scalar(value, "b64encode")?)),
    }
}

/// `text | b64decode`; what it decodes to must be text.
fn b64decode(text: &str) -> Result<String, Error> {
    let bytes = STANDARD
        .decode(text.trim_end())
        .map_err(|error| invalid(format!("this is not base64: {error}")))?;
    String::from_utf8(bytes).map_err(|_| invalid("this base64 decodes to bytes that are not text"))
}
