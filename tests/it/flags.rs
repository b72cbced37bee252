//! Every flag of `plimsoll template`, good and bad: what helm answered to the same calls is beside them.
//!
//! `cargo xtask conformance flags --write` makes the answers again.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use walkdir::WalkDir;

#[test]
fn flags_do_what_they_do_in_helm_3() {
    check("3");
}

#[test]
fn flags_do_what_they_do_in_helm_4() {
    check("4");
}

fn check(compat: &str) {
    let golden = fs::read_to_string(folder().join(format!("helm{compat}.txt"))).expect("the answers of helm");
    // No line of an answer begins so: what was printed stands behind bars.
    let calls: Vec<&str> = golden.split_inclusive("\n$ ").collect();
    assert!(calls.len() > 200, "the matrix lost its calls");
    let mut different = Vec::new();
    let mut answers = BTreeMap::new();
    for call in calls {
        let call = call.strip_suffix("$ ").unwrap_or(call);
        let call = call.strip_prefix("$ ").unwrap_or(call);
        let (line, mut expected) = call.split_once('\n').expect("an answer below a call");
        if let Some(same) = expected.strip_prefix("as $ ") {
            expected = answers[same.trim_end_matches('\n')];
        }
        answers.insert(line, expected);
        let found = answer(line, compat);
        if found != expected {
            different.push(format!("$ {line}\n--- helm\n{expected}--- plimsoll\n{found}"));
        }
    }
    assert!(
        different.is_empty(),
        "{} calls differ\n{}",
        different.len(),
        different.join("\n")
    );
}

fn folder() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/flags"))
}

/// What is written beside a call: its exit code, its standard output and the files it left.
fn answer(line: &str, compat: &str) -> String {
    let scratch = tempfile::tempdir().expect("a scratch folder");
    let work = scratch.path().join("work");
    copy(folder(), &work);
    copy(
        Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/charts/echo")),
        &work.join("echo"),
    );
    let before = files(&work);
    let calls = line.trim_start_matches("@3 ").trim_start_matches("@4 ");
    let only_code = calls.starts_with("! ");
    let (mut code, mut text) = (0, String::new());
    for call in calls.trim_start_matches("! ").split(" ; ") {
        let words = words(call);
        let is_setting = |word: &&String| word.starts_with(char::is_uppercase) && word.contains('=');
        let settings = words.iter().take_while(is_setting).count();
        let output = Command::new(env!("CARGO_BIN_EXE_plimsoll"))
            .args(["template", "--helm-compat", compat])
            .args(&words[settings..])
            .current_dir(&work)
            .stdin(Stdio::null())
            .env("HOME", scratch.path())
            .env("KUBECONFIG", "/dev/null")
            .env_remove("HELM_NAMESPACE")
            .envs(words[..settings].iter().filter_map(|word| word.split_once('=')))
            .output()
            .expect("plimsoll runs");
        code = output.status.code().unwrap_or(-1);
        text.push_str(&String::from_utf8_lossy(&output.stdout));
    }
    for (name, content) in files(&work) {
        if before.get(&name) != Some(&content) {
            text.push_str(&format!("==> {name}\n{content}"));
        }
    }
    let mut shown = format!("exit {code}\n");
    if !only_code {
        for line in text.split_inclusive('\n') {
            shown.push('|');
            shown.push_str(line);
        }
        if !text.is_empty() && !text.ends_with('\n') {
            shown.push_str("\n\\ no line break at the end\n");
        }
    }
    shown
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

fn files(folder: &Path) -> BTreeMap<String, String> {
    WalkDir::new(folder)
        .into_iter()
        .map(|entry| entry.expect("a readable folder"))
        .filter(|entry| entry.file_type().is_file())
        .map(|entry| {
            let name = entry.path().strip_prefix(folder).expect("a path below");
            let content = fs::read(entry.path()).expect("a readable file");
            (
                name.display().to_string(),
                String::from_utf8_lossy(&content).into_owned(),
            )
        })
        .collect()
}

fn copy(from: &Path, to: &Path) {
    for entry in WalkDir::new(from) {
        let entry = entry.expect("a readable folder");
        let target = to.join(entry.path().strip_prefix(from).expect("a path below"));
        if entry.file_type().is_dir() {
            fs::create_dir_all(target).expect("a new folder");
        } else {
            fs::copy(entry.path(), target).expect("a copied file");
        }
    }
}
