//! The binary, called as a user calls it, with nothing of this machine in its environment.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// The root of the checkout.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A call of the binary from the root of the checkout.
pub(crate) fn plimsoll(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_plimsoll"));
    command
        .args(args)
        .current_dir(root())
        .env_clear()
        .env("HOME", "/nonexistent");
    command
}

/// Runs a call to its end.
pub(crate) fn run(args: &[&str]) -> Output {
    plimsoll(args).output().expect("the binary starts")
}

/// Runs a call that reads from standard input.
pub(crate) fn run_with_stdin(args: &[&str], stdin: &[u8]) -> Output {
    let mut child = plimsoll(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    let written = child.stdin.take().expect("stdin is piped").write_all(stdin);
    // A wrong call ends before it reads.
    if let Err(error) = written {
        assert_eq!(error.kind(), std::io::ErrorKind::BrokenPipe, "{error}");
    }
    child.wait_with_output().expect("the binary ends")
}

/// The JSON report of a `check`, which may find something but must not be a wrong call.
pub(crate) fn check_json(args: &[&str]) -> serde_json::Value {
    let mut all = vec!["check", "--format", "json"];
    all.extend(args);
    let output = run(&all);
    assert_ne!(
        output.status.code(),
        Some(2),
        "{args:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    serde_json::from_slice(&output.stdout).expect("the report is JSON")
}

/// All files below a folder with one extension, sorted.
pub(crate) fn files_below(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = walkdir::WalkDir::new(folder)
        .into_iter()
        .filter_map(Result::ok)
        .map(walkdir::DirEntry::into_path)
        .filter(|path| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            name.strip_suffix(extension)
                .is_some_and(|stem| stem.ends_with('.'))
        })
        .collect();
    found.sort();
    found
}

/// The JSON Schema of a report, by its file in `schemas/`; it may refer to the others.
pub(crate) fn schema(name: &str) -> jsonschema::Validator {
    let mut registry = jsonschema::Registry::new();
    let mut wanted = None;
    for path in files_below(&root().join("schemas"), "schema.json") {
        let text = fs::read_to_string(&path).expect("readable");
        let schema: serde_json::Value = serde_json::from_str(&text).expect("the schema is JSON");
        if path.ends_with(name) {
            wanted = Some(schema.clone());
        }
        if let Some(id) = schema["$id"].as_str().map(ToOwned::to_owned) {
            registry = registry.add(id, schema).expect("a schema");
        }
    }
    let registry = registry.prepare().expect("schemas");
    let wanted = wanted.unwrap_or_else(|| panic!("there is no {name}"));
    let options = jsonschema::options().with_registry(&registry);
    options.build(&wanted).expect("the schema is a schema")
}

/// A folder with these files, in which nothing above is looked at.
pub(crate) fn project(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    fs::create_dir(folder.path().join(".git")).expect("a folder");
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("below the folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    }
    folder
}
