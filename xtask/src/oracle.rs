//! The Go programs below `oracle/`: they read requests as lines of JSON, and answer each by a line.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use anyhow::{Context, bail};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// The checkout.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap_or(Path::new("."))
}

/// Builds `oracle/NAME` into the target directory, with more flags for `go build`.
pub(crate) fn build(name: &str, flags: &[&OsStr]) -> anyhow::Result<PathBuf> {
    let directory = root().join("oracle").join(name);
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from);
    let binary = target.join(format!("oracle-{name}"));
    let status = Command::new("go")
        .arg("build")
        .args(flags)
        .arg("-o")
        .arg(&binary)
        .arg(".")
        .current_dir(&directory)
        .status();
    if !status.context("run go build")?.success() {
        bail!("go build failed in {}", directory.display());
    }
    Ok(binary)
}

/// A program that answers; it lives as long as this.
pub(crate) struct Oracle {
    process: Child,
    requests: BufWriter<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Oracle {
    pub(crate) fn start(command: &mut Command) -> anyhow::Result<Self> {
        let mut process = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("cannot start {}", command.get_program().display()))?;
        let requests = BufWriter::new(process.stdin.take().context("stdin")?);
        let answers = BufReader::new(process.stdout.take().context("stdout")?);
        Ok(Self {
            process,
            requests,
            answers,
        })
    }

    /// The answers to all requests, in their order. Sending and reading run side by side, so no number of them blocks.
    pub(crate) fn ask<A: DeserializeOwned>(
        &mut self,
        requests: &[impl Serialize + Sync],
    ) -> anyhow::Result<Vec<A>> {
        let mut answers = Vec::with_capacity(requests.len());
        let to = &mut self.requests;
        std::thread::scope(|scope| -> anyhow::Result<()> {
            let writer = scope.spawn(move || -> anyhow::Result<()> {
                for request in requests {
                    serde_json::to_writer(&mut *to, request)?;
                    to.write_all(b"\n")?;
                }
                Ok(to.flush()?)
            });
            let mut line = String::new();
            for request in requests {
                line.clear();
                if self.answers.read_line(&mut line)? == 0 {
                    bail!(
                        "the oracle has ended before it answered {}",
                        serde_json::to_string(request)?
                    );
                }
                answers.push(serde_json::from_str(&line)?);
            }
            match writer.join() {
                Ok(written) => written,
                Err(_) => bail!("the thread that sends requests panicked"),
            }
        })?;
        Ok(answers)
    }
}

impl Drop for Oracle {
    fn drop(&mut self) {
        // Nothing can be done about a process that does not die, and nothing depends on it.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
