//! A program that reads the manifests and prints others. Upstream: `pkg/postrender/exec.go` of Helm 3.

use std::io::Write as _;
use std::process::{Command, Stdio};

use anyhow::{Context as _, bail};

/// What the program prints when it is given the manifests.
///
/// # Errors
/// The program cannot be started, or fails.
pub(super) fn run(program: &str, args: &[String], manifests: &[u8]) -> anyhow::Result<Vec<u8>> {
    let mut child = Command::new(program)
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot start the post-renderer `{program}`"))?;
    let stdin = child.stdin.take();
    let output = std::thread::scope(|scope| {
        // A writer of its own: a program may print before it has read everything.
        let writer = scope.spawn(move || stdin.map_or(Ok(()), |mut stdin| stdin.write_all(manifests)));
        let output = child.wait_with_output();
        // A program that does not read all of it is no error.
        let _ = writer.join();
        output
    })
    .with_context(|| format!("the post-renderer `{program}` cannot be read"))?;
    if !output.status.success() {
        bail!("the post-renderer `{program}` failed: {}", output.status);
    }
    Ok(output.stdout)
}
