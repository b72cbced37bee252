//! Dependencies that are not in `charts/`, taken from the cache when a chart is rendered.
//!
//! They are put where `dep build --vendor` would put them, under the same name, so that a render is the same either way.
//! Nothing is fetched here.

use std::sync::Arc;

use super::build::key_of;
use super::cache::Content;
use super::{Cache, Lock};
use crate::chart::{self, Chart, Dependency, HelmCompat, is_compatible_range};
use crate::finding::Finding;
use crate::source::SourceMap;

/// Adds to a chart what it misses and the cache has. What the cache does not have stays missing, and the chart says so.
pub fn supply(
    chart: &mut Chart,
    cache: Option<&Cache>,
    compat: HelmCompat,
    sources: &SourceMap,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut missing: Vec<Dependency> = chart.missing_dependencies().cloned().collect();
    let Some(cache) = cache.filter(|_| !missing.is_empty()) else {
        return findings;
    };
    // One chart may be wanted under several aliases.
    missing.sort_by(|a, b| (&a.name, &a.version, &a.repository).cmp(&(&b.name, &b.version, &b.repository)));
    missing.dedup_by(|a, b| (&a.name, &a.version, &a.repository) == (&b.name, &b.version, &b.repository));
    let lock = chart
        .lock
        .as_ref()
        .and_then(|file| Lock::parse(&file.bytes, &file.path).ok());
    let mut added = false;
    for dependency in missing {
        let locked = lock
            .as_ref()
            .and_then(|lock| lock.version_of(&dependency))
            .filter(|locked| is_compatible_range(&dependency.version, locked));
        let record = [locked, Some(dependency.version.as_str())]
            .into_iter()
            .flatten()
            .find_map(|version| cache.record(&key_of(chart, &dependency, version)));
        let Some(record) = record else { continue };
        let path = format!(
            "{}/charts/{}-{}.tgz",
            chart.path, dependency.name, record.resolved
        );
        let found = match &record.content {
            Content::Folder(folder) => {
                let (found, more) = chart::load(folder, compat, sources);
                findings.extend(more);
                found
            }
            Content::Digest(digest) => {
                cache
                    .archive(digest)
                    .and_then(|bytes| match chart::archive::read(&bytes, &path, compat) {
                        Ok(raw) => chart::load_files(&path, raw, compat, sources, &mut findings),
                        Err(finding) => {
                            findings.push(finding);
                            None
                        }
                    })
            }
        };
        let Some(found) = found else { continue };
        let is_in_range = is_compatible_range(&dependency.version, &found.metadata.version);
        let twice = chart.dependencies.iter().any(|other| {
            other.metadata.name == found.metadata.name && other.metadata.version == found.metadata.version
        });
        if found.metadata.name == dependency.name && is_in_range && !twice {
            chart.dependencies.push(Arc::new(found));
            added = true;
        }
    }
    if added {
        // The order of a folder's entries, in which a chart's dependencies are read.
        chart
            .dependencies
            .sort_by_cached_key(|dependency| entry_name(dependency));
    }
    findings
}

/// What a subchart is called in `charts/`.
fn entry_name(chart: &Chart) -> String {
    match chart.path.rsplit_once("/charts/") {
        Some((_, name)) if !name.contains('/') => name.to_owned(),
        _ => format!("{}-{}.tgz", chart.metadata.name, chart.metadata.version),
    }
}
