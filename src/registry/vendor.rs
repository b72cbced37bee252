//! What Helm leaves in a chart's folder: `charts/*.tgz` and `Chart.lock`.
//!
//! Upstream: `safeMoveDeps` and `writeLock` of `pkg/downloader/manager.go`.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::build::{Built, archive_of};
use super::{Cache, Error, Lock, Result, write_whole};
use crate::chart::{self, HelmCompat};
use crate::source::SourceMap;

/// What was done to a folder.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// Archives that were written.
    pub written: Vec<PathBuf>,
    /// Archives of before that no dependency needs.
    pub removed: Vec<PathBuf>,
}

/// Writes dependencies into `charts/`, and removes archives that are none of them any more.
///
/// # Errors
/// The folder cannot be written to.
pub fn vendor(folder: &Path, built: &Built, cache: &Cache) -> Result<Changes> {
    let charts = folder.join("charts");
    let mut changes = Changes::default();
    let mut kept = BTreeSet::new();
    for ready in &built.ready {
        let Some(archive) = archive_of(ready, cache)? else {
            continue;
        };
        // Neither part has a slash: names and versions have been checked when they were resolved.
        let path = charts.join(format!("{}-{}.tgz", ready.name, ready.version));
        write_whole(&path, &archive)
            .map_err(|error| Error::new(format!("cannot write `{}`: {error}", path.display())))?;
        kept.insert(path.clone());
        changes.written.push(path);
    }
    let local: BTreeSet<&str> = built
        .ready
        .iter()
        .filter(|ready| ready.content.is_none())
        .map(|ready| ready.name.as_str())
        .collect();
    let Ok(entries) = fs::read_dir(&charts) else {
        return Ok(changes);
    };
    let mut outdated: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.is_file() && path.extension().is_some_and(|extension| extension == "tgz"))
        .filter(|path| !kept.contains(path))
        .collect();
    outdated.sort();
    for path in outdated {
        let (found, _) = chart::load(&path, HelmCompat::default(), &SourceMap::default());
        // What is no chart is not ours to remove.
        let Some(found) = found else { continue };
        if !local.contains(found.metadata.name.as_str()) {
            fs::remove_file(&path)
                .map_err(|error| Error::new(format!("cannot remove `{}`: {error}", path.display())))?;
            changes.removed.push(path);
        }
    }
    Ok(changes)
}

/// Writes the lock of a chart, unless it has one that says the same. `generated` is in seconds since 1970.
///
/// # Errors
/// It cannot be written, or is a link.
pub fn write_lock(
    folder: &Path,
    api_version: &str,
    built: &Built,
    generated: i64,
) -> Result<Option<PathBuf>> {
    if built
        .old_lock
        .as_ref()
        .is_some_and(|old: &Lock| old.digest == built.lock.digest)
    {
        return Ok(None);
    }
    let path = folder.join(if api_version == "v1" {
        "requirements.lock"
    } else {
        "Chart.lock"
    });
    let refuse = |why: String| Error::new(format!("cannot write `{}`: {why}", path.display()));
    if path.is_symlink() {
        return Err(refuse(
            "it is a link; write the lock where the link leads, or remove it".to_owned(),
        ));
    }
    let text = plimsoll_yaml::print_json(&built.lock.to_json(&super::publish::time(generated)?));
    write_whole(&path, text.as_bytes()).map_err(|error| refuse(error.to_string()))?;
    Ok(Some(path))
}
