//! The real helm: built when none is given, run with nothing of the machine's configuration, its answers kept.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::chart::hex;

/// What a run printed and how it ended.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Answer {
    /// The exit code; -1 for a run that was killed.
    pub(super) code: i32,
    /// Wall time in milliseconds.
    pub(super) millis: f64,
    /// Standard output.
    #[serde(skip)]
    pub(super) stdout: Vec<u8>,
    /// Standard error.
    pub(super) stderr: String,
}

/// Runs a command with an empty home.
pub(super) fn answer(program: &Path, args: &[String], home: &Path) -> anyhow::Result<Answer> {
    let started = Instant::now();
    let output = Command::new(program)
        .args(args)
        .stdin(Stdio::null())
        .env("HOME", home)
        .env("KUBECONFIG", "/dev/null")
        .env_remove("HELM_NAMESPACE")
        .output()
        .with_context(|| format!("cannot run {}", program.display()))?;
    let elapsed: Duration = started.elapsed();
    Ok(Answer {
        code: output.status.code().unwrap_or(-1),
        millis: elapsed.as_secs_f64() * 1000.0,
        stdout: output.stdout,
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    })
}

/// A helm whose answers are kept in a folder.
pub(super) struct Oracle {
    program: PathBuf,
    version: String,
    cache: PathBuf,
    home: PathBuf,
}

impl Oracle {
    pub(super) fn new(program: PathBuf, cache: PathBuf, home: PathBuf) -> anyhow::Result<Self> {
        let version = answer(&program, &["version".to_owned(), "--short".to_owned()], &home)?;
        let version = String::from_utf8_lossy(&version.stdout).trim().to_owned();
        fs::create_dir_all(&cache)?;
        Ok(Self {
            program,
            version,
            cache,
            home,
        })
    }

    /// What this helm says it is.
    pub(super) fn version(&self) -> &str {
        &self.version
    }

    /// The answer to a call on a chart of that fingerprint; `run` tells repetitions apart.
    pub(super) fn ask(&self, fingerprint: &str, args: &[String], run: u32) -> anyhow::Result<Answer> {
        let key = format!("{}\0{fingerprint}\0{}\0{run}", self.version, args.join("\0"));
        let key = hex(&Sha256::digest(key.as_bytes()));
        let (head, body) = (
            self.cache.join(format!("{key}.json")),
            self.cache.join(format!("{key}.out")),
        );
        if let (Ok(head), Ok(stdout)) = (fs::read(&head), fs::read(&body))
            && let Ok(answer) = serde_json::from_slice::<Answer>(&head)
        {
            return Ok(Answer { stdout, ..answer });
        }
        let answer = answer(&self.program, args, &self.home)?;
        fs::write(body, &answer.stdout)?;
        fs::write(head, serde_json::to_vec(&answer)?)?;
        Ok(answer)
    }
}

/// Builds the pinned helm as its release is built: the flags decide what charts see in `.Capabilities`.
pub(crate) fn build(compat: u8, into: &Path) -> anyhow::Result<PathBuf> {
    let (module, flags) = match compat {
        3 => {
            let m = "helm.sh/helm/v3";
            (
                format!("{m}/cmd/helm@v3.22.0"),
                format!(
                    "-X {m}/internal/version.version=v3.22.0 -X {m}/pkg/chartutil.k8sVersionMajor=1 \
                     -X {m}/pkg/chartutil.k8sVersionMinor=37 -X {m}/pkg/lint/rules.k8sVersionMajor=1 \
                     -X {m}/pkg/lint/rules.k8sVersionMinor=37"
                ),
            )
        }
        _ => {
            let m = "helm.sh/helm/v4";
            (
                format!("{m}/cmd/helm@v4.3.1"),
                format!("-X {m}/internal/version.version=v4.3.1"),
            )
        }
    };
    let folder = into.join(format!("helm{compat}"));
    let program = folder.join("helm");
    if program.is_file() {
        return Ok(program);
    }
    fs::create_dir_all(&folder)?;
    let status = Command::new("go")
        .args(["install", "-ldflags", &flags, &module])
        .env("GOBIN", &folder)
        .status()?;
    if !status.success() {
        bail!("go install {module} failed");
    }
    Ok(program)
}
