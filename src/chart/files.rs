//! Reading a chart's files from wherever they are.

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;

use super::helmignore::Rules;
use super::{
    CHART_TOO_LARGE, HelmCompat, LINK_OUT_OF_CHART, MAX_CHART_BYTES, MAX_CHART_FILES, MAX_FILE_BYTES,
    MAX_FOLDER_DEPTH, UNREADABLE_CHART_FILE,
};
use crate::finding::{Anchor, Finding};

/// A file of a chart, read.
#[derive(Debug, Clone)]
pub struct RawFile {
    /// Its path in the chart, with `/`.
    pub name: String,
    /// Its path as the user knows it.
    pub path: String,
    /// Its bytes, without a byte-order mark.
    pub bytes: Arc<[u8]>,
}

/// What an entry of a folder is, links followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryKind {
    /// A regular file.
    File,
    /// A folder.
    Folder,
    /// A device, a socket, a pipe: nothing that can be in a chart.
    Irregular,
}

/// A name in a folder.
#[derive(Debug)]
pub struct Entry {
    /// The name.
    pub name: String,
    /// What it is, links followed.
    pub kind: io::Result<EntryKind>,
    /// Whether it is a link.
    pub is_link: bool,
}

/// A tree of files. Paths are relative to its root, with `/`; the root itself is the empty path.
pub trait Files {
    /// What is in a folder, sorted by the bytes of the names.
    ///
    /// # Errors
    /// The folder cannot be read.
    fn entries(&self, folder: &str) -> io::Result<Vec<Entry>>;

    /// The bytes of a file, of which no more than `limit` are read.
    ///
    /// # Errors
    /// The file cannot be read.
    fn read(&self, path: &str, limit: u64) -> io::Result<Vec<u8>>;

    /// Where a link leads that leads out of the tree; `None` for anything else.
    fn leads_out(&self, _path: &str) -> Option<String> {
        None
    }

    /// The path as the user knows it.
    fn shown(&self, path: &str) -> String;
}

/// Files in memory, for tests and for sources that are read at once.
#[derive(Debug, Clone, Default)]
pub struct Memory(BTreeMap<String, Vec<u8>>);

impl<P: Into<String>, B: Into<Vec<u8>>> FromIterator<(P, B)> for Memory {
    fn from_iter<I: IntoIterator<Item = (P, B)>>(files: I) -> Self {
        Self(
            files
                .into_iter()
                .map(|(path, bytes)| (path.into(), bytes.into()))
                .collect(),
        )
    }
}

impl Files for Memory {
    fn entries(&self, folder: &str) -> io::Result<Vec<Entry>> {
        let prefix = if folder.is_empty() {
            String::new()
        } else {
            format!("{folder}/")
        };
        let mut entries: BTreeMap<String, EntryKind> = BTreeMap::new();
        for path in self.0.keys() {
            let Some(rest) = path.strip_prefix(&prefix) else {
                continue;
            };
            match rest.split_once('/') {
                Some((folder, _)) => entries.insert(folder.to_owned(), EntryKind::Folder),
                None => entries.insert(rest.to_owned(), EntryKind::File),
            };
        }
        let entry = |(name, kind)| Entry {
            name,
            kind: Ok(kind),
            is_link: false,
        };
        Ok(entries.into_iter().map(entry).collect())
    }

    fn read(&self, path: &str, _: u64) -> io::Result<Vec<u8>> {
        self.0
            .get(path)
            .cloned()
            .ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn shown(&self, path: &str) -> String {
        path.to_owned()
    }
}

/// Reads the files of a chart folder that `.helmignore` does not leave out, in Helm's order.
///
/// Upstream: `loadDir` of `pkg/chart/v2/loader/directory.go`. Helm refuses the whole chart for one unreadable file; so
/// do we, but all of them are reported.
pub fn read_tree(files: &dyn Files, compat: HelmCompat) -> (Vec<RawFile>, Vec<Finding>) {
    let mut walk = Walk {
        files,
        compat,
        rules: Rules::default(),
        found: Vec::new(),
        findings: Vec::new(),
        left: MAX_CHART_BYTES,
    };
    if let Ok(text) = files.read(".helmignore", MAX_FILE_BYTES) {
        match Rules::parse(&text) {
            Ok(rules) => walk.rules = rules,
            Err(message) => walk.refuse(".helmignore", &message),
        }
    }
    walk.rules.add_defaults();
    walk.folder("", 0);
    (walk.found, walk.findings)
}

fn link_out(shown: &str, target: &str) -> Finding {
    let message = format!("`{shown}` is a link out of the chart, to `{target}`");
    Finding::new(&LINK_OUT_OF_CHART, Anchor::File(shown.to_owned()), message)
        .help("Helm follows it, and so do we; copy the file into the chart, or make it a library chart, so that the chart is whole wherever it is checked out")
}

struct Walk<'a> {
    files: &'a dyn Files,
    compat: HelmCompat,
    rules: Rules,
    found: Vec<RawFile>,
    findings: Vec<Finding>,
    left: u64,
}

impl Walk<'_> {
    fn refuse(&mut self, path: &str, why: &str) {
        let shown = self.files.shown(path);
        let message = format!("cannot read `{shown}`: {why}");
        self.findings.push(
            Finding::new(&UNREADABLE_CHART_FILE, Anchor::File(shown), message)
                .help("repair the file, or name it in .helmignore; Helm does not load the chart either"),
        );
    }

    /// Whether the walk goes on.
    fn folder(&mut self, folder: &str, depth: usize) -> bool {
        if depth > MAX_FOLDER_DEPTH {
            self.refuse(
                folder,
                &format!("folders nest deeper than {MAX_FOLDER_DEPTH} levels"),
            );
            return true;
        }
        let entries = match self.files.entries(folder) {
            Ok(entries) => entries,
            Err(error) => {
                self.refuse(folder, &error.to_string());
                return true;
            }
        };
        for Entry { name, kind, is_link } in entries {
            let path = if folder.is_empty() {
                name
            } else {
                format!("{folder}/{name}")
            };
            let kind = match kind {
                Ok(kind) => kind,
                Err(_) if self.rules.ignores(&path, false) => continue,
                Err(error) => {
                    self.refuse(&path, &error.to_string());
                    continue;
                }
            };
            if self.rules.ignores(&path, kind == EntryKind::Folder) {
                continue;
            }
            if is_link && let Some(target) = self.files.leads_out(&path) {
                self.findings.push(link_out(&self.files.shown(&path), &target));
            }
            match kind {
                EntryKind::Folder => {
                    if !self.folder(&path, depth + 1) {
                        return false;
                    }
                }
                EntryKind::Irregular => self.refuse(&path, "it is not a regular file"),
                EntryKind::File => {
                    if !self.file(&path) {
                        return false;
                    }
                }
            }
        }
        true
    }

    fn file(&mut self, path: &str) -> bool {
        if self.found.len() >= MAX_CHART_FILES {
            self.too_large(path, &limits());
            return false;
        }
        match self.files.read(path, self.left.saturating_add(1)) {
            Err(error) => self.refuse(path, &error.to_string()),
            Ok(bytes) if self.compat.bounds_single_files() && bytes.len() as u64 > MAX_FILE_BYTES => {
                self.too_large(
                    path,
                    &format!("a file of a chart may have {MAX_FILE_BYTES} bytes"),
                );
            }
            Ok(bytes) => {
                let Some(left) = self.left.checked_sub(bytes.len() as u64) else {
                    self.too_large(path, &limits());
                    return false;
                };
                self.left = left;
                self.found.push(RawFile {
                    name: path.to_owned(),
                    path: self.files.shown(path),
                    bytes: Arc::from(without_bom(&bytes)),
                });
            }
        }
        true
    }

    fn too_large(&mut self, path: &str, limit: &str) {
        self.findings.push(too_large(&self.files.shown(path), limit));
    }
}

/// The limits of a chart, in words.
pub(super) fn limits() -> String {
    format!("a chart may have {MAX_CHART_FILES} files and {MAX_CHART_BYTES} bytes unpacked")
}

/// A finding for a chart over its limits.
pub(super) fn too_large(path: &str, limit: &str) -> Finding {
    Finding::new(
        &CHART_TOO_LARGE,
        Anchor::File(path.to_owned()),
        format!("`{path}` is too large: {limit}"),
    )
    .help("name what templates do not need in .helmignore")
}

/// Bytes without a UTF-8 byte-order mark. Upstream: `utf8bom` of the loaders.
pub(super) fn without_bom(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes)
}
