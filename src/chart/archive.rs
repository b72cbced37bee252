//! Chart archives: a gzipped tar with everything below one folder.
//!
//! Upstream: `LoadArchiveFiles` of `pkg/chart/loader/archive/archive.go`, whose checks of paths and sizes these are.

use std::io::Read as _;
use std::sync::Arc;

use flate2::read::MultiGzDecoder;

use super::files::{limits, too_large, without_bom};
use super::{HelmCompat, MAX_CHART_BYTES, MAX_CHART_FILES, MAX_FILE_BYTES, RawFile, UNREADABLE_CHART_FILE};
use crate::finding::{Anchor, Finding};

/// Reads the files of an archive. `shown` is the archive's path as the user knows it.
///
/// # Errors
/// It is no gzipped tar, it holds a path that leads out of it, or it is larger than the limits.
pub fn read(bytes: &[u8], shown: &str, compat: HelmCompat) -> Result<Vec<RawFile>, Finding> {
    let refuse = |why: String| {
        Finding::new(
            &UNREADABLE_CHART_FILE,
            Anchor::File(shown.to_owned()),
            format!("cannot read the archive `{shown}`: {why}"),
        )
        .help("make the archive again with `plimsoll package` or `helm package`")
    };
    if !bytes.starts_with(b"\x1F\x8B\x08") {
        return Err(refuse("it is not a gzipped archive".to_owned()));
    }
    // Headers count too: an archive of empty files would not be bounded otherwise.
    let unzipped = MultiGzDecoder::new(bytes).take(MAX_CHART_BYTES.saturating_mul(2));
    let mut archive = tar::Archive::new(unzipped);
    let mut files = Vec::new();
    let mut left = MAX_CHART_BYTES;
    for entry in archive.entries().map_err(|error| refuse(error.to_string()))? {
        let mut entry = entry.map_err(|error| refuse(error.to_string()))?;
        let kind = entry.header().entry_type();
        if kind.is_dir() || kind.is_pax_global_extensions() || kind.is_pax_local_extensions() {
            continue;
        }
        let full = entry.path_bytes().into_owned();
        let Ok(full) = String::from_utf8(full) else {
            return Err(refuse("a path in it is not UTF-8".to_owned()));
        };
        if full.ends_with('/') {
            continue;
        }
        let name = path_in_chart(&full).map_err(refuse)?;
        let size = entry.size();
        if compat.bounds_single_files() && size > MAX_FILE_BYTES {
            return Err(too_large(
                shown,
                &format!("its file `{full}` has {size} bytes, {MAX_FILE_BYTES} may be"),
            ));
        }
        if size > left || files.len() >= MAX_CHART_FILES {
            return Err(too_large(shown, &limits()));
        }
        let mut content = Vec::new();
        entry
            .by_ref()
            .take(left)
            .read_to_end(&mut content)
            .map_err(|error| refuse(error.to_string()))?;
        left = left.saturating_sub(content.len() as u64);
        if left == 0 {
            return Err(too_large(shown, &limits()));
        }
        files.push(RawFile {
            path: format!("{shown}/{name}"),
            name,
            bytes: Arc::from(without_bom(&content)),
        });
    }
    if files.is_empty() {
        return Err(refuse("there are no files in it".to_owned()));
    }
    Ok(files)
}

/// The path of an entry below the folder that the archive holds.
fn path_in_chart(full: &str) -> Result<String, String> {
    // Archives made on Windows have backslashes.
    let delimiter = if full.contains('\\') { '\\' } else { '/' };
    let (first, rest) = full.split_once(delimiter).unwrap_or((full, ""));
    let name = rest.replace(delimiter, "/");
    if name.starts_with('/') {
        return Err(format!("`{full}` is an absolute path"));
    }
    let name = clean(&name);
    if name == "." {
        return Err(format!("`{full}` is outside the chart's folder"));
    }
    if name.starts_with("..") {
        return Err(format!("`{full}` leads out of the archive"));
    }
    let bytes = name.as_bytes();
    if bytes.len() > 2 && bytes[0].is_ascii_alphabetic() && bytes[1] == b':' && bytes[2] == b'/' {
        return Err(format!("`{full}` names a drive"));
    }
    if first == "Chart.yaml" {
        return Err("its Chart.yaml is not in a folder".to_owned());
    }
    Ok(name)
}

/// Go's `path.Clean`.
fn clean(path: &str) -> String {
    let rooted = path.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => match parts.last() {
                Some(&last) if last != ".." => {
                    parts.pop();
                }
                _ if rooted => {}
                _ => parts.push(".."),
            },
            part => parts.push(part),
        }
    }
    let joined = parts.join("/");
    match (rooted, joined.is_empty()) {
        (true, _) => format!("/{joined}"),
        (false, true) => ".".to_owned(),
        (false, false) => joined,
    }
}
