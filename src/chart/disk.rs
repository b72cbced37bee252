//! The file system: the only place of the crate's charts that touches it.
//!
//! Links are followed, as Helm follows them, unless they lead in a circle; one that leads out of the chart is told.

use std::fs::{File, FileType};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{Entry, EntryKind, Files};
use crate::source::Texts;

/// A folder on disk.
#[derive(Debug)]
pub struct Folder {
    root: PathBuf,
    texts: Arc<Texts>,
}

impl Folder {
    /// The folder at a path.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self {
            root: root.into(),
            texts: Arc::default(),
        }
    }

    /// The folder with other texts in the place of some files.
    #[must_use]
    pub fn with_texts(mut self, texts: &Arc<Texts>) -> Self {
        self.texts = Arc::clone(texts);
        self
    }

    fn on_disk(&self, path: &str) -> PathBuf {
        if path.is_empty() {
            self.root.clone()
        } else {
            self.root.join(path)
        }
    }

    /// What a link leads to; an error for one that leads to a folder it lies in.
    fn behind(link: &Path) -> io::Result<EntryKind> {
        let target = link.canonicalize()?;
        let above = link.parent().map(Path::canonicalize).transpose()?;
        if above.is_some_and(|above| above.starts_with(&target)) {
            return Err(io::Error::other(format!(
                "the link leads back to `{}`, a folder above it",
                target.display()
            )));
        }
        Ok(kind(std::fs::metadata(link)?.file_type()))
    }
}

fn kind(file_type: FileType) -> EntryKind {
    if file_type.is_dir() {
        EntryKind::Folder
    } else if file_type.is_file() {
        EntryKind::File
    } else {
        EntryKind::Irregular
    }
}

impl Files for Folder {
    fn entries(&self, folder: &str) -> io::Result<Vec<Entry>> {
        let mut entries = Vec::new();
        for entry in std::fs::read_dir(self.on_disk(folder))? {
            let entry = entry?;
            let name = entry.file_name().into_string().map_err(|name| {
                io::Error::other(format!(
                    "the name `{}` in this folder is not UTF-8",
                    name.display()
                ))
            })?;
            // The folder itself says what is in it, so only links need another look.
            let file_type = entry.file_type()?;
            let is_link = file_type.is_symlink();
            let kind = if is_link {
                Self::behind(&entry.path())
            } else {
                Ok(kind(file_type))
            };
            entries.push(Entry { name, kind, is_link });
        }
        entries.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(entries)
    }

    fn read(&self, path: &str, limit: u64) -> io::Result<Vec<u8>> {
        let text = (!self.texts.is_empty())
            .then(|| self.texts.get(&self.shown(path)))
            .flatten();
        if let Some(text) = text {
            return Ok(text
                .bytes()
                .take(usize::try_from(limit).unwrap_or(usize::MAX))
                .collect());
        }
        let file = File::open(self.on_disk(path))?;
        // One call reads a file of known length, and nothing is read behind its end. What has no length (a pipe that a
        // link leads to, `/proc`) is read to its end.
        let len = match file.metadata()?.len() {
            0 => limit,
            len => len.min(limit),
        };
        let capacity = if len == limit { 0 } else { len };
        let mut bytes = Vec::with_capacity(usize::try_from(capacity).unwrap_or(0));
        file.take(len).read_to_end(&mut bytes)?;
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
