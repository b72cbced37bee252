//! The chart that a word of the command line means: a path, an address, or a name in a repository.
//!
//! Upstream: `LocateChart` of `pkg/action/install.go`, `ResolveChartVersion` of `pkg/downloader/chart_downloader.go`.

use std::path::{Path, PathBuf};

use super::{Address, Error, Fetcher, MAX_ARCHIVE_BYTES, Result};

/// What a call says about a chart.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wanted<'a> {
    /// A path, an address, a name.
    pub chart: &'a str,
    /// `--repo`.
    pub repository: Option<&'a str>,
    /// `--version`; empty for the newest.
    pub version: &'a str,
    /// `--devel`: the newest may be a prerelease.
    pub devel: bool,
}

/// Where a chart is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// On this machine.
    Here(PathBuf),
    /// Fetched.
    Fetched {
        /// Where it came from, for showing.
        shown: String,
        /// Its archive.
        archive: Vec<u8>,
    },
}

/// Finds a chart, and fetches it if it is somewhere else.
///
/// # Errors
/// It cannot be fetched.
pub fn locate(wanted: &Wanted<'_>, fetcher: &Fetcher) -> Result<Place> {
    let chart = wanted.chart.trim();
    let version = match wanted.version.trim() {
        "" if wanted.devel => ">0.0.0-0",
        version => version,
    };
    let from_repository = |repository: &super::Repository, name: &str| {
        let entry = fetcher.index(repository)?.find(name, version)?;
        let (address, archive) = fetcher.archive(repository, &entry)?;
        keep(fetcher, &archive)?;
        Ok(Place::Fetched {
            shown: address.to_string(),
            archive,
        })
    };
    if let Some(repository) = wanted.repository.filter(|repository| !repository.is_empty()) {
        let repository = fetcher.repository(repository)?;
        if repository.address.scheme() == "oci" {
            return Err(Error::new(format!(
                "--repo takes the address of an HTTP repository; for a registry write `{}/{chart}` as the chart",
                repository.address
            )));
        }
        return from_repository(&repository, chart);
    }
    let here = || Ok(Place::Here(PathBuf::from(chart)));
    if Path::new(chart).exists() || Path::new(chart).is_absolute() || chart.starts_with('.') {
        return here();
    }
    if chart.starts_with("oci://") {
        let (address, _) = Address::parse(chart)?;
        let (_, archive) = fetcher.pull(&address, version)?;
        return Ok(Place::Fetched {
            shown: address.to_string(),
            archive,
        });
    }
    if chart.starts_with("http://") || chart.starts_with("https://") {
        let (address, archive) = fetcher.file(chart, MAX_ARCHIVE_BYTES)?;
        return Ok(Place::Fetched {
            shown: address.to_string(),
            archive,
        });
    }
    match chart.split_once('/') {
        Some((name, rest)) if !rest.contains('/') => match fetcher.added(name)? {
            Some(repository) => from_repository(repository, rest),
            None => here(),
        },
        _ => here(),
    }
}

/// An archive that an index names by its digest is kept, so that it is fetched once.
fn keep(fetcher: &Fetcher, archive: &[u8]) -> Result<()> {
    match fetcher.cache() {
        Some(cache) => cache.store(archive).map(drop),
        None => Ok(()),
    }
}
