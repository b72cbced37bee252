//! The files of a repository as they were at another commit.
//!
//! Nothing is checked out: what a run can read is written to a temporary folder of its own, which goes away with the
//! [`Tree`]. Work tree and index are neither read nor written.

mod extract;
mod git;

use std::io;
use std::path::{Component, Path, PathBuf};

use tempfile::TempDir;

use git::Git;

/// Why there is no older version to compare with.
#[derive(Debug, thiserror::Error)]
pub enum Problem {
    /// The program is not there.
    #[error("`git` does not run: {0}; comparing with another commit needs it")]
    NoGit(io::Error),
    /// A path in no repository, with git's own words.
    #[error("`{path}` is in no git repository that can be read: {said}")]
    NoRepository {
        /// The path, as the user gave it.
        path: String,
        /// What git said.
        said: String,
    },
    /// A path outside of the repository of the first one, or standard input.
    #[error("`{0}` has no older version: it is not in the repository of the call's first path")]
    Elsewhere(String),
    /// No such commit.
    #[error("no commit is called `{0}` here; fetch it first (`git fetch origin`), or name another")]
    UnknownReference(String),
    /// The histories do not meet in what is here of them.
    #[error(
        "the history that leads to both `{0}` and HEAD is not here, because this clone is shallow; \
         fetch it (`git fetch --unshallow`; `fetch-depth: 0` for actions/checkout)"
    )]
    Shallow(String),
    /// The histories do not meet.
    #[error("`{0}` and HEAD have no commit in common")]
    NoMergeBase(String),
    /// More than is written out.
    #[error(
        "the repository holds more than is compared: over {files} files or {bytes} bytes that a run could read"
    )]
    TooLarge {
        /// The most files.
        files: usize,
        /// The most bytes.
        bytes: u64,
    },
    /// A call of git that should work failed.
    #[error("git failed: {0}")]
    Git(String),
    /// The temporary folder.
    #[error("cannot write the older version to a temporary folder: {0}")]
    Io(#[from] io::Error),
}

/// The files of a repository as they were where the history of a reference and of HEAD part: what a pull request starts from.
#[derive(Debug)]
pub struct Tree {
    folder: TempDir,
    /// The top of the work tree, without links.
    top: PathBuf,
    /// Where the user stands, without links.
    here: PathBuf,
    /// Whether the user spells paths from the root.
    is_absolute: bool,
}

impl Tree {
    /// Writes out what the repository of `paths` was at the merge base of `reference` and HEAD. `values` are other files that
    /// the call names.
    ///
    /// # Errors
    /// No git, no repository, no such commit, no merge base, too much to write.
    pub fn at_merge_base(reference: &str, paths: &[PathBuf], values: &[PathBuf]) -> Result<Self, Problem> {
        let here = std::env::current_dir()?.canonicalize()?;
        let first = paths.first().map_or(Path::new("."), PathBuf::as_path);
        let folder = if first.is_dir() {
            first
        } else {
            first
                .parent()
                .filter(|parent| *parent != Path::new(""))
                .unwrap_or(Path::new("."))
        };
        let git = Git::of(folder, first)?;
        let base = git.merge_base(reference)?;
        let folder = tempfile::Builder::new().prefix("plimsoll-").tempdir()?;
        let named = paths
            .iter()
            .chain(values)
            .filter_map(|path| path.canonicalize().ok());
        let named: Vec<PathBuf> = named.collect();
        let top = git.top().canonicalize()?;
        extract::write(&git, &base, folder.path(), |path| {
            let path = top.join(path);
            named.contains(&path)
        })?;
        Ok(Self {
            folder,
            top,
            here,
            is_absolute: first.is_absolute(),
        })
    }

    /// Where a path of today was; it may be that nothing is there.
    ///
    /// # Errors
    /// The path is outside of the repository, or standard input.
    pub fn path(&self, today: &Path) -> Result<PathBuf, Problem> {
        let elsewhere = || Problem::Elsewhere(today.display().to_string());
        let real = today.canonicalize().map_err(|_| elsewhere())?;
        let below = real.strip_prefix(&self.top).map_err(|_| elsewhere())?;
        // As spelled, so that the names made from it are those of today; unless that leads out of the folder.
        match self.here.strip_prefix(&self.top) {
            Ok(here) if today.is_relative() && stays_below(&here.join(today)) => {
                Ok(self.folder.path().join(here).join(today))
            }
            _ => Ok(self.folder.path().join(below)),
        }
    }

    /// How the paths of the folder are shown: as those of today that they stand for.
    pub fn names(&self) -> Vec<(String, String)> {
        let folder = self.folder.path();
        let pair = |old: &Path, today: &Path| (old.display().to_string(), today.display().to_string());
        match (
            self.here.strip_prefix(&self.top),
            self.top.strip_prefix(&self.here),
        ) {
            _ if self.is_absolute => vec![pair(folder, &self.top)],
            // Joined with nothing, a path would end in a separator.
            (Ok(here), _) if here == Path::new("") => vec![pair(folder, Path::new("."))],
            (Ok(here), _) => vec![pair(&folder.join(here), Path::new(".")), pair(folder, &self.top)],
            (_, Ok(top)) => vec![pair(folder, top)],
            _ => vec![pair(folder, &self.top)],
        }
    }
}

/// Whether a relative path never goes above where it starts.
fn stays_below(path: &Path) -> bool {
    let mut depth = 0_i32;
    path.components().all(|part| {
        match part {
            Component::Normal(_) => depth += 1,
            Component::CurDir => {}
            Component::ParentDir => depth -= 1,
            Component::RootDir | Component::Prefix(_) => return false,
        }
        depth >= 0
    })
}
