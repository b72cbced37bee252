//! A commit's files in a folder: those that a run can read, bounded, and no link that leads out of it.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

use super::Problem;
use super::git::{Entry, Git};

/// The most files that are written.
const MAX_FILES: usize = 200_000;
/// The most bytes, all files together.
const MAX_BYTES: u64 = 1024 * 1024 * 1024;

const LINK: &str = "120000";

/// Writes what matters of a commit. `is_named` tells which paths from the top the user named.
pub(super) fn write(
    git: &Git,
    commit: &str,
    folder: &Path,
    is_named: impl Fn(&Path) -> bool,
) -> Result<(), Problem> {
    let entries: Vec<Entry> = git.files(commit)?;
    let charts: BTreeSet<PathBuf> = entries
        .iter()
        .filter(|entry| entry.path.file_name().is_some_and(|name| name == "Chart.yaml"))
        .filter_map(|entry| entry.path.parent().map(Path::to_path_buf))
        .collect();
    let entries: Vec<Entry> = entries
        .into_iter()
        .filter(|entry| is_plain(&entry.path))
        .filter(|entry| entry.mode == LINK || matters(&entry.path, &charts) || is_named(&entry.path))
        .collect();
    let bytes = entries
        .iter()
        .fold(0_u64, |sum, entry| sum.saturating_add(entry.size));
    if entries.len() > MAX_FILES || bytes > MAX_BYTES {
        return Err(Problem::TooLarge {
            files: MAX_FILES,
            bytes: MAX_BYTES,
        });
    }
    let mut links = Vec::new();
    git.read(&entries, |entry, bytes| {
        let path = folder.join(&entry.path);
        if entry.mode == LINK {
            links.push((path, bytes.to_vec()));
            return Ok(());
        }
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(&path, bytes)
    })?;
    // Behind the files, so that none is written through one.
    make_links(folder, &links)?;
    Ok(())
}

/// Whether a run could read a file: what may hold manifests, values or archives, and everything in a chart.
fn matters(path: &Path, charts: &BTreeSet<PathBuf>) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str());
    let extension = extension.map(str::to_ascii_lowercase);
    matches!(
        extension.as_deref(),
        Some("yaml" | "yml" | "json" | "md" | "markdown" | "tgz" | "gz")
    ) || path.ancestors().skip(1).any(|folder| charts.contains(folder))
}

/// Whether a path stays where it is put: names only, none of them git's own folder.
fn is_plain(path: &Path) -> bool {
    path.components().all(|part| match part {
        Component::Normal(name) => !name.eq_ignore_ascii_case(".git"),
        _ => false,
    })
}

/// Makes links, and takes away again those that lead nowhere or out of the folder, on whatever ways.
#[cfg(unix)]
fn make_links(folder: &Path, links: &[(PathBuf, Vec<u8>)]) -> io::Result<()> {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;

    // All folders before the first link, so that none is made through one.
    for parent in links.iter().filter_map(|(path, _)| path.parent()) {
        fs::create_dir_all(parent)?;
    }
    for (path, target) in links {
        std::os::unix::fs::symlink(OsStr::from_bytes(target), path)?;
    }
    let folder = folder.canonicalize()?;
    for (path, _) in links {
        if !path
            .canonicalize()
            .is_ok_and(|target| target.starts_with(&folder))
        {
            fs::remove_file(path)?;
        }
    }
    Ok(())
}

/// Links need rights on Windows that few have; git writes their target as text there, and so do we.
#[cfg(not(unix))]
fn make_links(_: &Path, links: &[(PathBuf, Vec<u8>)]) -> io::Result<()> {
    for (path, target) in links {
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(path, target)?;
    }
    Ok(())
}
