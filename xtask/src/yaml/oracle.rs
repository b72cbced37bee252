//! The Go program that answers, as a process.

use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use anyhow::{Context, bail};
use serde_json::Value as Json;

use super::compare::Answer;

pub(crate) struct Oracle {
    process: Child,
    requests: BufWriter<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

/// Builds `oracle/yaml` into the target directory.
pub(crate) fn build(root: &Path) -> anyhow::Result<PathBuf> {
    let directory = root.join("oracle/yaml");
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    let binary = target.join("oracle-yaml");
    let status = Command::new("go")
        .args(["build", "-o"])
        .arg(&binary)
        .arg(".")
        .current_dir(&directory)
        .status();
    if !status.context("run go build")?.success() {
        bail!("go build failed in {}", directory.display());
    }
    Ok(binary)
}

impl Oracle {
    pub(crate) fn start(binary: &Path) -> anyhow::Result<Self> {
        let mut process = Command::new(binary)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let requests = BufWriter::new(process.stdin.take().context("stdin")?);
        let answers = BufReader::new(process.stdout.take().context("stdout")?);
        Ok(Self {
            process,
            requests,
            answers,
        })
    }

    /// Asks about each of `inputs`. Sending and reading run side by side, so no number of
    /// inputs blocks.
    pub(crate) fn ask(&mut self, op: &str, inputs: &[Json]) -> anyhow::Result<Vec<Answer>> {
        let mut answers = Vec::with_capacity(inputs.len());
        std::thread::scope(|scope| -> anyhow::Result<()> {
            let requests = &mut self.requests;
            let writer = scope.spawn(move || -> anyhow::Result<()> {
                for input in inputs {
                    let request = serde_json::json!({"op": op, "input": input});
                    writeln!(requests, "{request}")?;
                }
                Ok(requests.flush()?)
            });
            for _ in inputs {
                let mut line = String::new();
                if self.answers.read_line(&mut line)? == 0 {
                    bail!("the oracle has ended");
                }
                answers.push(serde_json::from_str(&line)?);
            }
            writer
                .join()
                .map_err(|_| anyhow::anyhow!("the writer has panicked"))?
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
