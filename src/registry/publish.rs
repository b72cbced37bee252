//! `index.yaml` for a folder of archives, as `helm repo index` writes it.
//!
//! Helm stamps an index with the time of the call. Here a chart is as old as its file, or as `SOURCE_DATE_EPOCH` says, and
//! the index as its newest chart, so that the same folder gives the same index.
//!
//! Upstream: `IndexDirectory`, `Merge` and `SortEntries` of `pkg/repo/v1/index.go`, `pkg/cmd/repo_index.go`.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use plimsoll_gostd::semver::{Constraints, Version};
use plimsoll_gostd::url::Url;
use plimsoll_yaml::Limits;
use serde_json::{Value, json};

use super::cache::sha256;
use super::{Error, MAX_ARCHIVE_BYTES, MAX_INDEX_BYTES, Result, metadata};
use crate::chart::{self, HelmCompat};
use crate::source::SourceMap;

type Entries = BTreeMap<String, Vec<Value>>;

/// The index of a folder, and what was passed over: archives that are no charts.
///
/// `url` is put before each archive's name; `merge` is an index whose charts are kept unless the folder has them; `epoch`
/// is the time of every chart, in seconds since 1970.
///
/// # Errors
/// The folder or the other index cannot be read.
pub fn index(
    folder: &Path,
    url: &str,
    merge: Option<&Path>,
    epoch: Option<i64>,
) -> Result<(String, Vec<String>)> {
    let mut entries = Entries::new();
    let mut skipped = Vec::new();
    let mut newest = epoch;
    for archive in archives(folder)? {
        let shown = archive.display();
        let failed = |error: std::io::Error| Error::new(format!("cannot read `{shown}`: {error}"));
        let file = fs::File::open(&archive).map_err(failed)?;
        let written = file
            .metadata()
            .and_then(|metadata| metadata.modified())
            .ok()
            .and_then(|time| i64::try_from(time.duration_since(UNIX_EPOCH).ok()?.as_secs()).ok())
            .unwrap_or_default();
        let mut bytes = Vec::new();
        file.take(MAX_ARCHIVE_BYTES + 1)
            .read_to_end(&mut bytes)
            .map_err(failed)?;
        if bytes.len() as u64 > MAX_ARCHIVE_BYTES {
            skipped.push(format!("`{shown}` is larger than {MAX_ARCHIVE_BYTES} bytes"));
            continue;
        }
        let chart = match read(&bytes, &shown.to_string()) {
            Ok(chart) => chart,
            Err(why) => {
                skipped.push(format!("`{shown}` is not a chart: {why}"));
                continue;
            }
        };
        let created = epoch.unwrap_or(written);
        newest = newest.max(Some(created));
        let below = archive.strip_prefix(folder).unwrap_or(&archive);
        let mut fields = metadata::to_json(&chart);
        fields.insert("created".to_owned(), json!(time(created)?));
        fields.insert("digest".to_owned(), json!(sha256(&bytes)));
        fields.insert("urls".to_owned(), json!([address(url, below)]));
        entries.entry(chart.name).or_default().push(Value::Object(fields));
    }
    if let Some(file) = merge {
        add_missing(&mut entries, file)?;
    }
    for versions in entries.values_mut() {
        versions.sort_by(newer_first);
    }
    let index = json!({
        "apiVersion": "v1",
        "entries": entries,
        "generated": time(newest.unwrap_or_default())?,
    });
    Ok((plimsoll_yaml::print_json(&index), skipped))
}

/// The `.tgz` files of a folder and of the folders in it, sorted; those right in it come first.
fn archives(folder: &Path) -> Result<Vec<PathBuf>> {
    let unreadable = |error: &dyn std::fmt::Display| {
        Error::new(format!("cannot read the folder `{}`: {error}", folder.display()))
    };
    let mut found: Vec<(usize, PathBuf)> = Vec::new();
    for entry in walkdir::WalkDir::new(folder)
        .follow_links(true)
        .min_depth(1)
        .max_depth(2)
    {
        let entry = entry.map_err(|error| unreadable(&error))?;
        let is_archive = entry
            .path()
            .extension()
            .is_some_and(|extension| extension == "tgz");
        if is_archive && entry.file_type().is_file() {
            found.push((entry.depth(), entry.into_path()));
        }
    }
    found.sort();
    Ok(found.into_iter().map(|(_, path)| path).collect())
}

fn read(bytes: &[u8], shown: &str) -> std::result::Result<chart::Metadata, String> {
    let compat = HelmCompat::default();
    let raw = chart::archive::read(bytes, shown, compat).map_err(|finding| finding.message)?;
    let mut findings = Vec::new();
    chart::load_files(shown, raw, compat, &SourceMap::default(), &mut findings)
        .map(|chart| chart.metadata)
        .ok_or_else(|| {
            findings.first().map_or_else(
                || "it cannot be loaded".to_owned(),
                |finding| finding.message.clone(),
            )
        })
}

/// Where an archive is, seen from the index. Upstream: `URLJoin` of `internal/urlutil`.
fn address(url: &str, below: &Path) -> String {
    let below: Vec<_> = below.iter().map(|part| part.to_string_lossy()).collect();
    let below = below.join("/");
    if url.is_empty() {
        return below;
    }
    match Url::parse(url.as_bytes()) {
        Ok(mut parsed) => {
            let path = String::from_utf8_lossy(&parsed.path).into_owned();
            parsed.path = plimsoll_gostd::path::join([path.as_bytes(), below.as_bytes()]);
            parsed.raw_path.clear();
            String::from_utf8_lossy(&parsed.to_bytes()).into_owned()
        }
        Err(_) => format!("{}/{below}", url.trim_end_matches('/')),
    }
}

/// A time as RFC 3339 has it.
///
/// # Errors
/// It is beyond the year 9999.
pub fn time(seconds: i64) -> Result<String> {
    jiff::Timestamp::from_second(seconds)
        .map(|time| time.to_string())
        .map_err(|_| {
            Error::new(format!(
                "{seconds} seconds since 1970 are no time that can be written; look at SOURCE_DATE_EPOCH"
            ))
        })
}

fn text<'v>(entry: &'v Value, field: &str) -> &'v str {
    entry.get(field).and_then(Value::as_str).unwrap_or_default()
}

/// Versions that cannot be read come last.
fn newer_first(a: &Value, b: &Value) -> Ordering {
    let parse = |entry| Version::new(text(entry, "version").as_bytes());
    match (parse(a), parse(b)) {
        (Ok(a), Ok(b)) => b.compare(&a),
        (Ok(_), Err(_)) => Ordering::Less,
        (Err(_), Ok(_)) => Ordering::Greater,
        (Err(_), Err(_)) => Ordering::Equal,
    }
}

fn add_missing(entries: &mut Entries, file: &Path) -> Result<()> {
    let shown = file.display().to_string();
    let unreadable = |why: &dyn std::fmt::Display| Error::new(format!("cannot merge `{shown}`: {why}"));
    let mut bytes = Vec::new();
    match fs::File::open(file) {
        Ok(file) => file
            .take(MAX_INDEX_BYTES + 1)
            .read_to_end(&mut bytes)
            .map_err(|error| unreadable(&error))?,
        // As Helm: the first index is merged into nothing.
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(unreadable(&error)),
    };
    if bytes.len() as u64 > MAX_INDEX_BYTES {
        return Err(unreadable(&format!("it is larger than {MAX_INDEX_BYTES} bytes")));
    }
    let text_of = String::from_utf8(bytes).map_err(|error| unreadable(&error))?;
    let stream = plimsoll_yaml::parse(text_of, &Limits::default());
    if let Some(error) = stream.errors.first() {
        return Err(unreadable(error));
    }
    let root = stream
        .docs
        .first()
        .map(|document| plimsoll_yaml::de::from_node::<Value>(document.root()));
    let root = root
        .transpose()
        .map_err(|error| unreadable(&error))?
        .unwrap_or_default();
    if text(&root, "apiVersion").is_empty() {
        return Err(unreadable(&"it is not an index: it has no `apiVersion`"));
    }
    let Some(old) = root.get("entries").and_then(Value::as_object) else {
        return Ok(());
    };
    for entry in old
        .values()
        .filter_map(Value::as_array)
        .flatten()
        .filter(|entry| entry.is_object())
    {
        let name = text(entry, "name").to_owned();
        let version = text(entry, "version");
        let known = entries.entry(name).or_default();
        if !has(known, version) {
            known.push(entry.clone());
        }
    }
    Ok(())
}

/// Upstream: `IndexFile.Has`, for which the version is a range when no entry is so written.
fn has(entries: &[Value], version: &str) -> bool {
    let range = Constraints::new(version.as_bytes());
    entries.iter().map(|entry| text(entry, "version")).any(|known| {
        known == version
            || matches!((&range, Version::new(known.as_bytes())), (Ok(range), Ok(known)) if range.check(&known))
    })
}
