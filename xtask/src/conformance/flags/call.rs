//! One line of calls, run in a folder of its own: what can be seen of it, and how that is written down. `tests/it/flags.rs`
//! reads this file too.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::Context as _;
use walkdir::WalkDir;

/// The folder whose copy is the working directory of the calls.
pub(crate) const FOLDER: &str = "fixtures/flags";
/// Charts that are copied beside it.
const CHARTS: &[&str] = &["charts/echo"];

/// What can be seen of a line of calls: for each call its exit code and standard output, then the files it left.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) code: i32,
    pub(crate) text: String,
    pub(crate) stderr: String,
}

/// Runs the calls of a line in one fresh copy of the folder.
pub(crate) fn see(program: &Path, extra: &[&str], line: &str) -> anyhow::Result<Seen> {
    let scratch = tempfile::tempdir()?;
    let folder = scratch.path().join("work");
    copy(Path::new(FOLDER), &folder)?;
    for chart in CHARTS {
        let name = Path::new(chart).file_name().unwrap_or_default();
        copy(Path::new(chart), &folder.join(name))?;
    }
    let home = scratch.path().join("home");
    fs::create_dir_all(&home)?;
    let before = files(&folder)?;
    let program = fs::canonicalize(program).with_context(|| format!("no {}", program.display()))?;
    let mut seen = Seen {
        code: 0,
        text: String::new(),
        stderr: String::new(),
    };
    let calls = line.trim_start_matches("@3 ").trim_start_matches("@4 ");
    for call in calls.trim_start_matches("! ").split(" ; ") {
        let words = words(call);
        let settings = words
            .iter()
            .take_while(|word| {
                word.split_once('=')
                    .is_some_and(|(name, _)| name.starts_with(|char: char| char.is_ascii_uppercase()))
            })
            .count();
        let output = Command::new(&program)
            .arg("template")
            .args(extra)
            .args(&words[settings..])
            .current_dir(&folder)
            .stdin(Stdio::null())
            .env("HOME", &home)
            .env("KUBECONFIG", "/dev/null")
            .env_remove("HELM_NAMESPACE")
            .envs(words[..settings].iter().filter_map(|word| word.split_once('=')))
            .output()?;
        seen.code = output.status.code().unwrap_or(-1);
        seen.text.push_str(&String::from_utf8_lossy(&output.stdout));
        seen.stderr.push_str(&String::from_utf8_lossy(&output.stderr));
    }
    for (name, content) in files(&folder)? {
        if before.get(&name) != Some(&content) {
            write!(seen.text, "==> {name}\n{content}")?;
        }
    }
    Ok(seen)
}

/// Words of a call; single quotes hold spaces together.
fn words(call: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut is_quoted = false;
    for char in call.chars() {
        match char {
            '\'' => {
                is_quoted = !is_quoted;
                word.get_or_insert_default();
            }
            ' ' if !is_quoted => words.extend(word.take()),
            _ => word.get_or_insert_default().push(char),
        }
    }
    words.extend(word);
    words
}

fn files(folder: &Path) -> anyhow::Result<BTreeMap<String, String>> {
    let mut files = BTreeMap::new();
    for entry in WalkDir::new(folder) {
        let entry = entry?;
        if entry.file_type().is_file() {
            let name = entry.path().strip_prefix(folder)?.display().to_string();
            files.insert(
                name,
                String::from_utf8_lossy(&fs::read(entry.path())?).into_owned(),
            );
        }
    }
    Ok(files)
}

fn copy(from: &Path, to: &Path) -> anyhow::Result<()> {
    for entry in WalkDir::new(from) {
        let entry = entry?;
        let target = to.join(entry.path().strip_prefix(from)?);
        if entry.file_type().is_dir() {
            fs::create_dir_all(target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

/// An answer as it is written down: the exit code, and what was printed behind bars.
pub(crate) fn shown(seen: &Seen, only_code: bool) -> String {
    let mut shown = format!("exit {}\n", seen.code);
    if only_code {
        return shown;
    }
    for line in seen.text.split_inclusive('\n') {
        shown.push('|');
        shown.push_str(line);
    }
    if !seen.text.is_empty() && !seen.text.ends_with('\n') {
        shown.push_str("\n\\ no line break at the end\n");
    }
    shown
}
