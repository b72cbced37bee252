//! The hooks of `.pre-commit-hooks.yaml`, run by the real pre-commit in a scratch repository.
//!
//! The hooks are built from source where users install them (`language: rust`). Here that one word is replaced by
//! `system`, so that the binary built from this checkout is run; everything else is the file as it is.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use anyhow::{Context as _, bail, ensure};

/// The release of pre-commit, from PyPI.
const PRE_COMMIT: &str = "pre-commit==4.7.0";

#[derive(clap::Args)]
pub(crate) struct Args {
    /// The binary to run; built in the debug profile when not given
    #[arg(long)]
    binary: Option<PathBuf>,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<()> {
    let binary = match &args.binary {
        Some(binary) => fs::canonicalize(binary)?,
        None => build()?,
    };
    let scratch = std::env::temp_dir().join(format!("plimsoll-pre-commit-{}", std::process::id()));
    let result = in_scratch(&scratch, &binary);
    fs::remove_dir_all(&scratch).with_context(|| format!("cannot remove {}", scratch.display()))?;
    result
}

/// Builds the binary of this checkout in the debug profile.
pub(crate) fn build() -> anyhow::Result<PathBuf> {
    let status = Command::new("cargo")
        .args(["build", "--quiet", "--bin", "plimsoll"])
        .status()?;
    ensure!(status.success(), "cargo build failed");
    let metadata = Command::new("cargo")
        .args(["metadata", "--no-deps", "--format-version", "1"])
        .output()?;
    let metadata: serde_json::Value = serde_json::from_slice(&metadata.stdout)?;
    let target = metadata["target_directory"]
        .as_str()
        .context("cargo metadata names a target directory")?;
    Ok(Path::new(target).join("debug/plimsoll"))
}

fn in_scratch(scratch: &Path, binary: &Path) -> anyhow::Result<()> {
    let hooks = scratch.join("hooks");
    let project = scratch.join("project");
    fs::create_dir_all(&hooks)?;
    fs::create_dir_all(project.join("deploy"))?;
    let tool = Tool::install(scratch, binary)?;

    let text = fs::read_to_string(".pre-commit-hooks.yaml").context("run from the root of the checkout")?;
    ensure!(
        text.contains("language: rust"),
        ".pre-commit-hooks.yaml has another language than expected"
    );
    fs::write(
        hooks.join(".pre-commit-hooks.yaml"),
        text.replace("language: rust", "language: system"),
    )?;
    tool.git(&hooks, &["init", "--quiet"])?;
    tool.git(&hooks, &["add", "."])?;
    tool.git(&hooks, &["commit", "--quiet", "--message", "hooks"])?;
    let revision = String::from_utf8(tool.git(&hooks, &["rev-parse", "HEAD"])?.stdout)?;

    tool.git(&project, &["init", "--quiet"])?;
    fs::write(
        project.join(".pre-commit-config.yaml"),
        format!(
            "repos:\n  - repo: {}\n    rev: {}\n    hooks:\n      - id: plimsoll-check\n      - id: plimsoll-render\n",
            hooks.display(),
            revision.trim()
        ),
    )?;
    tool.call(&project, &tool.pre_commit, &["install"])?.succeed()?;

    fs::write(
        project.join("deploy/settings.yaml"),
        manifest("data:\n  greeting: hello\n"),
    )?;
    tool.git(&project, &["add", "."])?;
    tool.call(&project, Path::new("git"), &["commit", "--message", "good"])?
        .succeed()?;
    println!("a commit with a good manifest passes");

    fs::write(
        project.join("deploy/settings.yaml"),
        manifest("dta:\n  greeting: hello\n"),
    )?;
    tool.git(&project, &["add", "."])?;
    let stopped = tool.call(&project, Path::new("git"), &["commit", "--message", "bad"])?;
    stopped.stopped_by("unknown-field")?;
    println!("a commit with a misspelled field is stopped");
    tool.git(&project, &["checkout", "--quiet", "HEAD", "--", "deploy"])?;

    let create = tool.call(&project, binary, &["create", "shop"])?;
    create.succeed()?;
    tool.git(&project, &["add", "."])?;
    tool.call(&project, Path::new("git"), &["commit", "--message", "chart"])?
        .succeed()?;
    println!("a commit with a starter chart passes");

    let template = project.join("shop/templates/service.yaml.j2");
    let broken = fs::read_to_string(&template)?.replace("values.service.port", "values.service.prot");
    fs::write(&template, broken)?;
    tool.git(&project, &["add", "."])?;
    tool.call(
        &project,
        Path::new("git"),
        &["commit", "--message", "broken chart"],
    )?
    .stopped_by("prot")?;
    println!("a commit with a template that does not render is stopped");

    let log = String::from_utf8(tool.git(&project, &["log", "--format=%s"])?.stdout)?;
    ensure!(
        log == "chart\ngood\n",
        "the log is {log:?}: a stopped commit got in"
    );
    Ok(())
}

fn manifest(rest: &str) -> String {
    format!("apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings\n{rest}")
}

/// pre-commit in an environment of its own, with nobody's configuration.
struct Tool {
    pre_commit: PathBuf,
    home: PathBuf,
    path: std::ffi::OsString,
}

impl Tool {
    fn install(scratch: &Path, binary: &Path) -> anyhow::Result<Self> {
        let venv = scratch.join("venv");
        run_plain(Command::new("python3").arg("-m").arg("venv").arg(&venv))?;
        run_plain(Command::new(venv.join("bin/pip")).args([
            "install",
            "--quiet",
            "--disable-pip-version-check",
            PRE_COMMIT,
        ]))?;
        let folder = binary.parent().context("the binary is in a folder")?;
        let mut folders = vec![venv.join("bin"), folder.to_path_buf()];
        folders.extend(std::env::split_paths(
            &std::env::var_os("PATH").unwrap_or_default(),
        ));
        Ok(Self {
            pre_commit: venv.join("bin/pre-commit"),
            home: scratch.join("home"),
            path: std::env::join_paths(folders)?,
        })
    }

    fn call(&self, folder: &Path, program: &Path, args: &[&str]) -> anyhow::Result<Call> {
        let output = Command::new(program)
            .args(args)
            .current_dir(folder)
            .env("PATH", &self.path)
            .env("HOME", &self.home)
            .env("PRE_COMMIT_HOME", self.home.join("cache"))
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_SYSTEM", "/dev/null")
            .env("GIT_CONFIG_COUNT", "2")
            .env("GIT_CONFIG_KEY_0", "user.name")
            .env("GIT_CONFIG_VALUE_0", "test")
            .env("GIT_CONFIG_KEY_1", "user.email")
            .env("GIT_CONFIG_VALUE_1", "test@example.com")
            .output()
            .with_context(|| format!("cannot run {}", program.display()))?;
        Ok(Call(output))
    }

    fn git(&self, folder: &Path, args: &[&str]) -> anyhow::Result<Output> {
        let call = self.call(folder, Path::new("git"), args)?;
        call.succeed()?;
        Ok(call.0)
    }
}

struct Call(Output);

impl Call {
    fn text(&self) -> String {
        format!(
            "{}{}",
            String::from_utf8_lossy(&self.0.stdout),
            String::from_utf8_lossy(&self.0.stderr)
        )
    }

    fn succeed(&self) -> anyhow::Result<()> {
        ensure!(self.0.status.success(), "was stopped:\n{}", self.text());
        Ok(())
    }

    fn stopped_by(&self, word: &str) -> anyhow::Result<()> {
        let text = self.text();
        ensure!(!self.0.status.success(), "was not stopped:\n{text}");
        ensure!(text.contains(word), "was stopped, but not by {word}:\n{text}");
        Ok(())
    }
}

/// Runs a command to its end, and says what it printed if it failed.
pub(crate) fn run_plain(command: &mut Command) -> anyhow::Result<()> {
    let output = command
        .output()
        .with_context(|| format!("cannot run {command:?}"))?;
    if !output.status.success() {
        bail!("{command:?} failed:\n{}", Call(output).text());
    }
    Ok(())
}
