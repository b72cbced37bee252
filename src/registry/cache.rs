//! What was fetched, under its digest, and which dependency each digest is for.
//!
//! ```text
//! charts/sha256/<digest of the archive>       an archive, as it came
//! dependencies/<digest of name, repository, version>.json   which archive that dependency is
//! ```
//!
//! An archive is read only if it still has the digest of its name, so a damaged cache is noticed and never used.

use std::fmt::Write as _;
use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::{Error, MAX_ARCHIVE_BYTES, Result, write_whole};

/// The SHA-256 of bytes, as 64 hexadecimal digits.
pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .fold(String::with_capacity(64), |mut text, byte| {
            // Writing to a string does not fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
}

/// What one dependency is known by.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Key {
    /// Name of the chart.
    pub name: String,
    /// The repository as the chart names it; for `file://` its absolute folder.
    pub repository: String,
    /// A version of the lock, or the range of the chart.
    pub version: String,
}

/// Where a dependency is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// What was asked for.
    #[serde(flatten)]
    pub key: Key,
    /// The exact version it has been resolved to.
    pub resolved: String,
    /// What it is.
    #[serde(flatten)]
    pub content: Content,
}

/// The chart behind a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Content {
    /// An archive in the cache, by its SHA-256.
    Digest(String),
    /// A folder of a `file://` repository, read anew each time.
    Folder(PathBuf),
}

/// A folder with what was fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cache {
    root: PathBuf,
}

impl Cache {
    /// The cache in a folder, which need not be there yet.
    pub fn at(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// The cache of the user: `$XDG_CACHE_HOME/plimsoll`, or `~/.cache/plimsoll`. None without a home.
    pub fn of_user() -> Option<Self> {
        let folder = |name| {
            std::env::var_os(name)
                .map(PathBuf::from)
                .filter(|path| path.is_absolute())
        };
        let caches = folder("XDG_CACHE_HOME").or_else(|| Some(folder("HOME")?.join(".cache")))?;
        Some(Self::at(caches.join("plimsoll")))
    }

    /// Where it is.
    pub fn root(&self) -> &Path {
        &self.root
    }

    fn archive_path(&self, digest: &str) -> Option<PathBuf> {
        let is_digest = digest.len() == 64
            && digest
                .bytes()
                .all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
        is_digest.then(|| self.root.join("charts/sha256").join(digest))
    }

    /// An archive by its digest; none when it is not there, or is not what it was.
    pub fn archive(&self, digest: &str) -> Option<Vec<u8>> {
        let bytes = read(&self.archive_path(digest)?, MAX_ARCHIVE_BYTES).ok()?;
        (sha256(&bytes) == digest).then_some(bytes)
    }

    /// Stores an archive and says its digest. One that is there and whole is left alone.
    ///
    /// # Errors
    /// The folder cannot be written to.
    pub fn store(&self, bytes: &[u8]) -> Result<String> {
        let digest = sha256(bytes);
        if self.archive(&digest).is_none()
            && let Some(path) = self.archive_path(&digest)
        {
            self.write(&path, bytes)?;
        }
        Ok(digest)
    }

    fn record_path(&self, key: &Key) -> PathBuf {
        let Key {
            name,
            repository,
            version,
        } = key;
        let digest = sha256(format!("{name}\0{repository}\0{version}").as_bytes());
        self.root.join("dependencies").join(format!("{digest}.json"))
    }

    /// What is known of a dependency. A record that cannot be read, or is another's, is none.
    pub fn record(&self, key: &Key) -> Option<Record> {
        let bytes = read(&self.record_path(key), 1024 * 1024).ok()?;
        let record: Record = serde_json::from_slice(&bytes).ok()?;
        (record.key == *key).then_some(record)
    }

    /// Remembers what a dependency is.
    ///
    /// # Errors
    /// The folder cannot be written to.
    pub fn remember(&self, record: &Record) -> Result<()> {
        let mut bytes = serde_json::to_vec_pretty(record)
            .map_err(|error| Error::new(format!("a record of the cache cannot be written: {error}")))?;
        bytes.push(b'\n');
        self.write(&self.record_path(&record.key), &bytes)
    }

    fn write(&self, path: &Path, bytes: &[u8]) -> Result<()> {
        write_whole(path, bytes).map_err(|error| {
            Error::new(format!(
                "cannot write to the cache `{}`: {error}; name another folder with --cache-dir or PLIMSOLL_CACHE_DIR",
                self.root.display()
            ))
        })
    }
}

fn read(path: &Path, limit: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    fs::File::open(path)?.take(limit + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::{Cache, Content, Key, Record, sha256};

    fn key(version: &str) -> Key {
        Key {
            name: "redis".into(),
            repository: "https://charts.example.com".into(),
            version: version.into(),
        }
    }

    #[test]
    fn only_what_is_whole_comes_back() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::at(folder.path());
        let digest = cache.store(b"archive").unwrap();
        assert_eq!(digest, sha256(b"archive"));
        assert_eq!(cache.archive(&digest).unwrap(), b"archive");
        std::fs::write(folder.path().join("charts/sha256").join(&digest), b"damaged").unwrap();
        assert_eq!(cache.archive(&digest), None);
        cache.store(b"archive").unwrap();
        assert_eq!(cache.archive(&digest).unwrap(), b"archive");
        assert_eq!(cache.archive("../../etc/passwd"), None);
    }

    #[test]
    fn a_record_is_for_one_dependency() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::at(folder.path());
        let record = Record {
            key: key("^1.0.0"),
            resolved: "1.2.0".into(),
            content: Content::Digest(sha256(b"archive")),
        };
        cache.remember(&record).unwrap();
        assert_eq!(cache.record(&key("^1.0.0")), Some(record));
        assert_eq!(cache.record(&key("^1.0.1")), None);
        let path = cache.record_path(&key("^1.0.1"));
        std::fs::copy(cache.record_path(&key("^1.0.0")), path).unwrap();
        assert_eq!(cache.record(&key("^1.0.1")), None);
    }
}
