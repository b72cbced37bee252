//! The server's verdicts: from `oracle/apiserver`, which judges by the server's code or asks a real one.

use std::path::Path;
use std::process::Command;

use anyhow::Context;
use serde::Serialize;

use super::verdict::Verdict;
use crate::oracle::Oracle;

/// One request of the oracle's protocol (oracle/apiserver/README.md).
#[derive(Debug, Serialize)]
pub(super) struct Request<'a> {
    pub(super) id: usize,
    pub(super) op: &'static str,
    pub(super) object: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) old: Option<&'a str>,
}

/// Asks for all verdicts, in order.
pub(super) fn judge(
    oracle: &Path,
    arguments: &[&str],
    requests: &[Request<'_>],
) -> anyhow::Result<Vec<Verdict>> {
    Oracle::start(Command::new(oracle).args(arguments))
        .with_context(|| {
            format!(
                "build it with `go build -o {} .` in oracle/apiserver",
                oracle.display()
            )
        })?
        .ask(requests)
}
