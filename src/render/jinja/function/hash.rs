//! Digests, for the checksum annotations that restart pods. Page: `docs/jinja/hash.md`.

use minijinja::value::Value;
use minijinja::{Environment, Error};
use sha2::{Digest, Sha256};

use super::scalar;

pub(super) fn add(env: &mut Environment<'_>) {
    env.add_filter("sha256", sha256);
}

/// `text | sha256`, in hexadecimal.
fn sha256(value: &Value) -> Result<String, Error> {
    use std::fmt::Write;

    let digest = match value.as_bytes() {
        Some(bytes) => Sha256::digest(bytes),
        None => Sha256::digest(scalar(value, "sha256")?),
    };
    Ok(digest.iter().fold(String::with_capacity(64), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    }))
}
