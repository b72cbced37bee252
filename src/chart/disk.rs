//! The file system: the only place of the crate's charts that touches it.
//!
//! Links are followed, as Helm follows them, unless they lead in a circle; one that leads out of the chart is told.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use super::{EntryKind, Files};

/// A folder on disk.
#[derive(Debug)]
pub struct Folder {
    root: PathBuf,
}

impl Folder {
    /// The folder at a path.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    fn on_disk(&self, path: &str) -> PathBuf {
        if path.is_empty() {
            self.root.clone()
        } else {
            self.root.join(path)
        }
    }

    /// What a path is, links followed; an error for a link that leads to a folder it lies in.
    fn kind(path: &Path) -> io::Result<EntryKind> {
        let metadata = std::fs::symlink_metadata(path)?;
        if metadata.file_type().is_symlink() {
            let target = path.canonicalize()?;
            let above = path.parent().map(Path::canonicalize).transpose()?;
            if above.is_some_and(|above| above.starts_with(&target)) {
                return Err(io::Error::other(format!(
                    "the link leads back to `{}`, a folder above it",
                    target.display()
                )));
            }
        }
        let metadata = if metadata.file_type().is_symlink() {
            std::fs::metadata(path)?
        } else {
            metadata
        };
        Ok(if metadata.is_dir() {
            EntryKind::Folder
        } else if metadata.is_file() {
            EntryKind::File(metadata.len())
        } else {
            EntryKind::Irregular
        })
    }
}

impl Files for Folder {
    fn entries(&self, folder: &str) -> io::Result<Vec<(String, io::Result<EntryKind>)>> {
        let mut entries = Vec::new();
        for entry in std::fs::read_dir(self.on_disk(folder))? {
            let entry = entry?;
            let name = entry.file_name().into_string().map_err(|name| {
                io::Error::other(format!(
                    "the name `{}` in this folder is not UTF-8",
                    name.display()
                ))
            })?;
            entries.push((name, Self::kind(&entry.path())));
        }
        entries.sort_by(|a, b| a.0.cmp(&b.0));
        Ok(entries)
    }

    fn read(&self, path: &str, limit: u64) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        File::open(self.on_disk(path))?
            .take(limit)
            .read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    fn leads_out(&self, path: &str) -> Option<String> {
        let link = self.on_disk(path);
        if !std::fs::symlink_metadata(&link).ok()?.file_type().is_symlink() {
            return None;
        }
        let target = link.canonicalize().ok()?;
        let root = self.root.canonicalize().ok()?;
        (!target.starts_with(&root)).then(|| target.display().to_string())
    }

    fn shown(&self, path: &str) -> String {
        let shown = self.on_disk(path).display().to_string();
        match shown.strip_prefix("./") {
            Some(short) if !short.is_empty() => short.to_owned(),
            _ => shown,
        }
    }
}
