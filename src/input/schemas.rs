//! The project's schema store: a plain folder with a file for each kind, `GROUP/Kind.VERSION.json`.
//!
//! The names alone say which kinds there are, so only files of kinds that occur in the input are read.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::finding::{Anchor, Finding};

/// Where the store is, seen from the folder of a project.
pub const FOLDER: &str = ".plimsoll/schemas";
/// The folder of the core group, whose name is empty.
const CORE: &str = "core";
/// The most kinds of a store.
const MAX_KINDS: usize = 20_000;
/// The largest file of a store, in bytes.
const MAX_BYTES: u64 = 16 << 20;

/// A file of the store, known by its name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SchemaFile {
    /// The API group; empty for the core group.
    pub group: String,
    /// The API version.
    pub version: String,
    /// The kind.
    pub kind: String,
    /// Where it is.
    pub path: PathBuf,
}

/// The nearest store of a folder or of those it is in.
pub fn find(from: &Path) -> Option<PathBuf> {
    from.ancestors()
        .map(|folder| folder.join(FOLDER))
        .find(|store| store.is_dir())
}

/// The files of a store, sorted by group, version and kind. What is called otherwise is left alone.
///
/// # Errors
/// The folder cannot be read.
pub fn list(store: &Path) -> io::Result<Vec<SchemaFile>> {
    let mut files = Vec::new();
    for group in fs::read_dir(store)? {
        let group = group?;
        if !group.file_type()?.is_dir() {
            continue;
        }
        let name = group.file_name().to_string_lossy().into_owned();
        for file in fs::read_dir(group.path())? {
            let path = file?.path();
            let Some((kind, version)) = path
                .file_name()
                .and_then(|name| name.to_str())
                .and_then(|name| name.strip_suffix(".json"))
                .and_then(|stem| stem.split_once('.'))
            else {
                continue;
            };
            files.push(SchemaFile {
                group: if name == CORE { String::new() } else { name.clone() },
                version: version.to_owned(),
                kind: kind.to_owned(),
                path,
            });
            if files.len() >= MAX_KINDS {
                break;
            }
        }
    }
    files.sort();
    Ok(files)
}

/// Reads the files of the kinds that occur; `is_used` is asked with group, version and kind.
pub fn read(
    files: &[SchemaFile],
    is_used: impl Fn(&SchemaFile) -> bool,
) -> (Vec<(SchemaFile, String)>, Vec<Finding>) {
    let mut texts = Vec::new();
    let mut findings = Vec::new();
    for file in files.iter().filter(|file| is_used(file)) {
        let text = fs::metadata(&file.path).and_then(|metadata| {
            if metadata.len() > MAX_BYTES {
                return Err(io::Error::other("it is larger than 16 MiB"));
            }
            fs::read_to_string(&file.path)
        });
        match text {
            Ok(text) => texts.push((file.clone(), text)),
            Err(error) => findings.push(unreadable(&file.path, &error.to_string())),
        }
    }
    (texts, findings)
}

/// A finding about a file of the store.
pub fn unreadable(path: &Path, problem: &str) -> Finding {
    let path = path.display().to_string();
    let message = format!("the schema `{path}` cannot be read: {problem}");
    Finding::new(&super::UNREADABLE_INPUT, Anchor::File(path), message)
        .help("add it again with `plimsoll schema add`, or remove the file")
}

/// Writes a kind's file: whole, or not at all. Returns its path and whether its content changed.
///
/// # Errors
/// The group, version or kind is no file name, or the file cannot be written.
pub fn write(
    store: &Path,
    group: &str,
    version: &str,
    kind: &str,
    text: &str,
) -> io::Result<(PathBuf, bool)> {
    let is_name = |name: &str| {
        !name.is_empty()
            && !name.starts_with('.')
            && name
                .chars()
                .all(|char| char.is_ascii_alphanumeric() || matches!(char, '.' | '-' | '_'))
    };
    if !(group.is_empty() || is_name(group)) || !is_name(version) || !is_name(kind) || kind.contains('.') {
        return Err(io::Error::other(format!(
            "`{group}/{version}` {kind} cannot be the name of a file"
        )));
    }
    let folder = store.join(if group.is_empty() { CORE } else { group });
    let path = folder.join(format!("{kind}.{version}.json"));
    if fs::read_to_string(&path).is_ok_and(|before| before == text) {
        return Ok((path, false));
    }
    fs::create_dir_all(&folder)?;
    let fresh = folder.join(format!(".{kind}.{version}.json.{}", std::process::id()));
    let written = fs::File::create(&fresh)
        .and_then(|mut file| file.write_all(text.as_bytes()).and_then(|()| file.sync_all()))
        .and_then(|()| fs::rename(&fresh, &path));
    if written.is_err() {
        // The error itself is what the user needs to know.
        let _ = fs::remove_file(&fresh);
    }
    written.map(|()| (path, true))
}
