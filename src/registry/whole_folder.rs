//! Folders that change as a whole: what reads one finds the old files or the new ones, never some of both.
//!
//! A new tree is built beside the folder, unchanged files as links to those that are there, and takes its place in one step.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use walkdir::WalkDir;

use super::cache::sha256;

/// The file of a folder that says what was written into it.
pub const RECORD: &str = "plimsoll-rendered.json";

/// The version of the contract, `schemas/rendered.schema.json`.
const VERSION: u32 = 1;

/// What a folder holds, and what that was made of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct FolderRecord {
    version: u32,
    /// What of a project it holds, in the words of the call; empty for all.
    pub selection: Vec<String>,
    /// The SHA-256 of each file that was read, by its path.
    pub inputs: BTreeMap<String, String>,
    /// The SHA-256 of each file of the folder, by its path in it.
    files: BTreeMap<String, String>,
}

/// Why a folder is not written.
#[derive(Debug, thiserror::Error)]
pub enum FolderProblem {
    /// It holds something that nobody rendered.
    #[error(
        "`{folder}` holds `{file}`, which was not rendered into it; name a folder that holds nothing else, for what is \
         stale in it is removed"
    )]
    Foreign {
        /// The folder.
        folder: String,
        /// The file.
        file: String,
    },
    /// Something else of the project is in it.
    #[error(
        "`{folder}` holds the render of {then}, and this is one of {now}; name another folder, or remove it"
    )]
    OtherSelection {
        /// The folder.
        folder: String,
        /// What was chosen when it was written.
        then: String,
        /// What is chosen now.
        now: String,
    },
    /// The system's.
    #[error("cannot write `{folder}`: {error}")]
    Io {
        /// The folder.
        folder: String,
        /// What the system said.
        error: io::Error,
    },
}

/// How a folder differs from what belongs into it: paths in it, sorted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Difference {
    /// Files that are not there.
    pub missing: Vec<String>,
    /// Files that hold something else.
    pub changed: Vec<String>,
    /// Files that do not belong there.
    pub stale: Vec<String>,
}

impl Difference {
    /// Whether the folder is as it should be.
    pub fn is_empty(&self) -> bool {
        self.missing.is_empty() && self.changed.is_empty() && self.stale.is_empty()
    }
}

/// A folder and the files that belong into it.
#[derive(Debug)]
pub struct WholeFolder {
    folder: PathBuf,
    files: BTreeMap<String, Vec<u8>>,
}

impl WholeFolder {
    /// The folder with these files, by their paths with slashes, and the record of them.
    ///
    /// # Errors
    /// The record cannot be written as JSON.
    pub fn new(
        folder: &Path,
        mut files: BTreeMap<String, Vec<u8>>,
        selection: Vec<String>,
        inputs: BTreeMap<String, String>,
    ) -> serde_json::Result<Self> {
        let digests = files.iter().map(|(path, bytes)| (path.clone(), sha256(bytes)));
        let record = FolderRecord {
            version: VERSION,
            selection,
            inputs,
            files: digests.collect(),
        };
        let mut bytes = serde_json::to_vec_pretty(&record)?;
        bytes.push(b'\n');
        files.insert(RECORD.to_owned(), bytes);
        Ok(Self {
            folder: folder.to_path_buf(),
            files,
        })
    }

    fn failed(&self, error: io::Error) -> FolderProblem {
        FolderProblem::Io {
            folder: self.folder.display().to_string(),
            error,
        }
    }

    /// How the folder differs.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn compare(&self) -> Result<Difference, FolderProblem> {
        self.difference(&self.there().map_err(|error| self.failed(error))?)
            .map_err(|error| self.failed(error))
    }

    /// The paths of all files that are there.
    fn there(&self) -> io::Result<BTreeSet<String>> {
        let mut there = BTreeSet::new();
        if !self.folder.exists() {
            return Ok(there);
        }
        for entry in WalkDir::new(&self.folder) {
            let entry = entry?;
            if !entry.file_type().is_dir() {
                let below = entry.path().strip_prefix(&self.folder).unwrap_or(entry.path());
                let parts: Vec<_> = below.iter().map(|part| part.to_string_lossy()).collect();
                there.insert(parts.join("/"));
            }
        }
        Ok(there)
    }

    fn difference(&self, there: &BTreeSet<String>) -> io::Result<Difference> {
        let mut difference = Difference::default();
        for (path, bytes) in &self.files {
            if !there.contains(path) {
                difference.missing.push(path.clone());
            } else if fs::read(self.folder.join(path))? != *bytes {
                difference.changed.push(path.clone());
            }
        }
        let stale = there.iter().filter(|path| !self.files.contains_key(*path));
        difference.stale.extend(stale.cloned());
        Ok(difference)
    }

    /// Makes the folder hold these files and nothing else, in one step. Says how it differed; files that did not are not
    /// touched, and a folder that did not at all is left alone.
    ///
    /// # Errors
    /// The folder holds what was not rendered into it, or cannot be written; then it is as it was.
    pub fn write(&self) -> Result<Difference, FolderProblem> {
        let there = self.there().map_err(|error| self.failed(error))?;
        self.refuse_foreign(&there)?;
        let difference = self.difference(&there).map_err(|error| self.failed(error))?;
        if !difference.is_empty() {
            self.replace(&difference).map_err(|error| self.failed(error))?;
        }
        Ok(difference)
    }

    fn refuse_foreign(&self, there: &BTreeSet<String>) -> Result<(), FolderProblem> {
        let text = fs::read(self.folder.join(RECORD)).unwrap_or_default();
        let record: Option<FolderRecord> = serde_json::from_slice(&text).ok();
        let is_known = |path: &&String| match &record {
            Some(record) => *path == RECORD || record.files.contains_key(*path),
            None => false,
        };
        let folder = self.folder.display().to_string();
        if let Some(file) = there.iter().find(|path| !is_known(path)) {
            return Err(FolderProblem::Foreign {
                folder,
                file: file.clone(),
            });
        }
        let own = self.files.get(RECORD).map_or(&[][..], Vec::as_slice);
        let own: Option<FolderRecord> = serde_json::from_slice(own).ok();
        let words = |record: FolderRecord| match record.selection.as_slice() {
            [] => "everything".to_owned(),
            words => words.join(" "),
        };
        match record.map(words).zip(own.map(words)) {
            Some((then, now)) if then != now => Err(FolderProblem::OtherSelection { folder, then, now }),
            _ => Ok(()),
        }
    }

    fn replace(&self, difference: &Difference) -> io::Result<()> {
        // A link to the folder stays one.
        let folder = match self.folder.canonicalize() {
            Ok(folder) => folder,
            Err(_) => std::path::absolute(&self.folder)?,
        };
        let beside = folder.parent().unwrap_or(Path::new("/"));
        fs::create_dir_all(beside)?;
        let name = folder.file_name().unwrap_or_default().to_string_lossy();
        let draft = tempfile::Builder::new()
            .prefix(&format!(".{name}."))
            .suffix(".part")
            .tempdir_in(beside)?;
        // The draft is this user's alone; what takes the folder's place is made as any folder is.
        let tree = draft.path().join("tree");
        fs::create_dir(&tree)?;
        let differs: BTreeSet<&String> = difference.missing.iter().chain(&difference.changed).collect();
        for (path, bytes) in &self.files {
            let place = tree.join(path);
            if let Some(parent) = place.parent() {
                fs::create_dir_all(parent)?;
            }
            // Some file systems have no links.
            if differs.contains(path) || fs::hard_link(folder.join(path), &place).is_err() {
                fs::write(&place, bytes)?;
            }
        }
        take_place(&tree, &folder, &draft.path().join("old"))
    }
}

/// Puts a tree in the place of a folder, which may be there. What was there is left beside the tree.
#[cfg(any(target_os = "linux", target_vendor = "apple"))]
fn take_place(tree: &Path, folder: &Path, old: &Path) -> io::Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};

    if !folder.exists() {
        return fs::rename(tree, folder);
    }
    match renameat_with(CWD, tree, CWD, folder, RenameFlags::EXCHANGE) {
        Ok(()) => Ok(()),
        // Not every file system can.
        Err(rustix::io::Errno::INVAL | rustix::io::Errno::NOTSUP) => in_two_steps(tree, folder, old),
        Err(error) => Err(error.into()),
    }
}

#[cfg(not(any(target_os = "linux", target_vendor = "apple")))]
fn take_place(tree: &Path, folder: &Path, old: &Path) -> io::Result<()> {
    if folder.exists() {
        in_two_steps(tree, folder, old)
    } else {
        fs::rename(tree, folder)
    }
}

/// For a moment there is no folder; there are never some files of both.
fn in_two_steps(tree: &Path, folder: &Path, old: &Path) -> io::Result<()> {
    fs::rename(folder, old)?;
    fs::rename(tree, folder).inspect_err(|_| {
        // What matters is the first error.
        let _ = fs::rename(old, folder);
    })
}
