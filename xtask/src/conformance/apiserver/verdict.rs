//! What the API server said of one manifest.

use serde::{Deserialize, Serialize};

/// The server's answer.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Verdict {
    pub(super) id: usize,
    pub(super) accepted: bool,
    #[serde(default)]
    pub(super) stage: String,
    #[serde(default)]
    pub(super) errors: Vec<Problem>,
    #[serde(default)]
    pub(super) text: String,
}

/// One error of an answer.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Problem {
    #[serde(rename = "type")]
    pub(super) class: String,
    pub(super) field: String,
    pub(super) detail: String,
}
