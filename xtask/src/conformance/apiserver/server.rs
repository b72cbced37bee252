//! The server's verdicts: from `oracle/apiserver`, which judges by the server's code or asks a real one.

use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, bail};
use serde::Serialize;

use super::verdict::Verdict;

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
    let mut child = Command::new(oracle)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| {
            format!(
                "{}: build it with `go build -o {0} .` in oracle/apiserver",
                oracle.display()
            )
        })?;
    let (stdin, stdout) = (child.stdin.take(), child.stdout.take());
    let (Some(stdin), Some(stdout)) = (stdin, stdout) else {
        bail!("the oracle has no pipes");
    };
    let verdicts = std::thread::scope(|scope| {
        let sent = scope.spawn(move || -> anyhow::Result<()> {
            let mut to = BufWriter::new(stdin);
            for request in requests {
                serde_json::to_writer(&mut to, request)?;
                to.write_all(b"\n")?;
            }
            Ok(to.flush()?)
        });
        let mut verdicts = Vec::with_capacity(requests.len());
        for line in BufReader::new(stdout).lines() {
            verdicts.push(serde_json::from_str(&line?)?);
        }
        if sent.join().is_err() {
            bail!("the thread that sends requests panicked");
        }
        Ok(verdicts)
    })?;
    let status = child.wait()?;
    if !status.success() || verdicts.len() != requests.len() {
        bail!(
            "the oracle gave {} verdicts for {} requests ({status})",
            verdicts.len(),
            requests.len()
        );
    }
    Ok(verdicts)
}
