//! `dep build` and `dep update`: the dependencies of a chart, resolved and fetched into the cache.
//!
//! Upstream: `Manager.Build` and `Update` of `pkg/downloader/manager.go`, `Resolve` of `internal/resolver/resolver.go`.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use plimsoll_gostd::semver::{Constraints, Version};

use super::cache::{Content, Key, Record};
use super::index::{choose, none_matches};
use super::{Cache, Error, Fetcher, Lock, Locked, Result};
use crate::chart::{self, Chart, Dependency, HelmCompat};
use crate::source::SourceMap;

/// How many dependencies are fetched at a time.
const AT_A_TIME: usize = 8;

/// What to make of a lock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Policy {
    /// Take its versions; resolve when there is none.
    Follow,
    /// Resolve anew.
    Update,
}

/// How a dependency came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum From {
    /// It is in `charts/` already.
    Charts,
    /// A folder on this machine.
    Folder,
    /// It was in the cache.
    Cache,
    /// It has been fetched.
    Network,
}

/// A dependency that is ready.
#[derive(Debug, Clone)]
pub struct Ready {
    /// Its name.
    pub name: String,
    /// Its exact version.
    pub version: String,
    /// Its repository as the chart names it; for showing, a password in it has been taken out.
    pub repository: String,
    /// How it came.
    pub from: From,
    /// Where it is; none in `charts/`.
    pub content: Option<Content>,
}

/// The dependencies of a chart, all ready.
#[derive(Debug)]
pub struct Built {
    /// In the order of the chart.
    pub ready: Vec<Ready>,
    /// The lock that fits them.
    pub lock: Lock,
    /// The lock that the chart has, if any.
    pub old_lock: Option<Lock>,
}

/// Makes the dependencies of a chart ready. `with_charts` says that what is in `charts/` needs no fetching.
///
/// # Errors
/// The lock does not fit, or dependencies cannot be had: all of them are told.
pub fn build(
    chart: &Chart,
    fetcher: &Fetcher,
    policy: Policy,
    with_charts: bool,
) -> std::result::Result<Built, Vec<Error>> {
    let one = |error| vec![error];
    let cache = fetcher.cache().ok_or_else(|| {
        one(Error::new(
            "there is no folder for a cache: set HOME, or name one with --cache-dir or PLIMSOLL_CACHE_DIR",
        ))
    })?;
    let written: &[Dependency] = chart.metadata.dependencies.as_deref().unwrap_or_default();
    let wanted = with_addresses(written, fetcher).map_err(one)?;
    one_server(&wanted, fetcher).map_err(one)?;
    let lock_name = chart
        .lock
        .as_ref()
        .map_or("Chart.lock", |lock| lock.name.as_str());
    let old_lock = match &chart.lock {
        None => None,
        Some(file) => match Lock::parse(&file.bytes, &file.path) {
            Ok(lock) => Some(lock),
            Err(_) if policy == Policy::Update => None,
            Err(error) => return Err(vec![error]),
        },
    };
    let followed = old_lock.as_ref().filter(|_| policy == Policy::Follow);
    if let Some(lock) = followed
        && !lock.fits(&chart.metadata.api_version, written, &wanted)
    {
        return Err(vec![Error::new(format!(
            "`{}/{lock_name}` is out of date: its digest is not that of the dependencies in the chart; \
             `plimsoll dep update` or `helm dependency update` resolves them anew",
            chart.path
        ))]);
    }
    let job = Job {
        chart,
        fetcher,
        cache,
        policy,
        with_charts,
    };
    let pairs: Vec<(&Dependency, &Dependency)> = written.iter().zip(&wanted).collect();
    let results = in_parallel(&pairs, |(written, wanted)| {
        let locked = followed.and_then(|lock| lock.version_of(written));
        job.one(written, wanted, locked)
            .map_err(|error| Error::new(format!("the dependency `{}`: {error}", written.name)))
    });
    let mut ready = Vec::new();
    let mut errors = Vec::new();
    for result in results {
        match result {
            Ok(dependency) => ready.push(dependency),
            Err(error) => errors.push(error),
        }
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    let locked = ready
        .iter()
        .zip(&wanted)
        .map(|(ready, wanted)| Locked {
            name: ready.name.clone(),
            version: if wanted.repository.is_empty() {
                wanted.version.clone()
            } else {
                ready.version.clone()
            },
            repository: wanted.repository.clone(),
        })
        .collect();
    Ok(Built {
        lock: Lock::new(&wanted, locked),
        ready,
        old_lock,
    })
}

/// The dependencies with addresses for the names of repositories. Upstream: `resolveRepoNames`.
fn with_addresses(written: &[Dependency], fetcher: &Fetcher) -> Result<Vec<Dependency>> {
    let mut wanted = written.to_vec();
    for dependency in &mut wanted {
        if dependency.repository.starts_with('@') || dependency.repository.starts_with("alias:") {
            dependency.repository = fetcher.repository(&dependency.repository)?.written;
        }
    }
    Ok(wanted)
}

/// The login of the flags is for one server; a chart must not be able to have it sent to others.
fn one_server(wanted: &[Dependency], fetcher: &Fetcher) -> Result<()> {
    if fetcher.access().credentials.is_none() {
        return Ok(());
    }
    let mut first: Option<super::Address> = None;
    for dependency in wanted
        .iter()
        .filter(|dependency| is_remote(&dependency.repository))
    {
        let (address, _) = super::Address::parse(&dependency.repository)?;
        match &first {
            Some(first) if !first.same_origin(&address) => {
                return Err(Error::new(format!(
                    "--username and --password are for one server, and the dependencies are on `{}` and `{}`; \
                     log in to each by `helm repo add` or `helm registry login`",
                    first.host(),
                    address.host()
                )));
            }
            Some(_) => {}
            None => first = Some(address),
        }
    }
    Ok(())
}

fn is_remote(repository: &str) -> bool {
    !repository.is_empty() && !repository.starts_with("file://")
}

struct Job<'a> {
    chart: &'a Chart,
    fetcher: &'a Fetcher,
    cache: &'a Cache,
    policy: Policy,
    with_charts: bool,
}

impl Job<'_> {
    fn one(&self, written: &Dependency, wanted: &Dependency, locked: Option<&str>) -> Result<Ready> {
        if written.name.is_empty() || written.name.contains(['/', '\\']) || written.name.starts_with('.') {
            return Err(Error::new(format!(
                "`{}` cannot be the name of a chart",
                written.name
            )));
        }
        let range = locked.unwrap_or(&written.version);
        // Also refuses what is no range, before anything is fetched.
        choose(range, &[])?;
        let ready = |version: &str, from, content| Ready {
            name: written.name.clone(),
            version: version.to_owned(),
            repository: super::address::without_userinfo(&written.repository),
            from,
            content,
        };
        if let Some(version) = self.in_charts(&written.name, range)
            && (self.with_charts || written.repository.is_empty())
        {
            return Ok(ready(&version, From::Charts, None));
        }
        if written.repository.is_empty() {
            return Err(Error::new(format!(
                "it names no repository, and `charts/` has no `{}` of the version `{range}`",
                written.name
            )));
        }
        if written.repository.starts_with("file://") {
            let (folder, version) = self.folder(written, range)?;
            let content = Content::Folder(folder);
            self.remember(written, &version, &content)?;
            return Ok(ready(&version, From::Folder, Some(content)));
        }
        // A published version stays what it is, so one that is here needs no network.
        let exact = locked.or_else(|| Version::strict(range).is_ok().then_some(range));
        if self.policy == Policy::Follow
            && let Some(record) =
                exact.and_then(|exact| self.cache.record(&key_of(self.chart, written, exact)))
            && let Content::Digest(digest) = &record.content
            && self.cache.archive(digest).is_some()
        {
            self.remember(written, &record.resolved, &record.content)?;
            return Ok(ready(&record.resolved, From::Cache, Some(record.content)));
        }
        let (version, archive) = self.fetch(wanted, range, locked.is_some())?;
        check_archive(&archive, &written.name)?;
        let content = Content::Digest(self.cache.store(&archive)?);
        self.remember(written, &version, &content)?;
        Ok(ready(&version, From::Network, Some(content)))
    }

    /// The version of a chart in `charts/` that will do.
    fn in_charts(&self, name: &str, range: &str) -> Option<String> {
        let range = Constraints::new(range.as_bytes()).ok()?;
        self.chart
            .dependencies
            .iter()
            .filter(|chart| chart.metadata.name == name)
            .map(|chart| &chart.metadata.version)
            .find(|version| Version::new(version.as_bytes()).is_ok_and(|version| range.check(&version)))
            .cloned()
    }

    fn folder(&self, written: &Dependency, range: &str) -> Result<(PathBuf, String)> {
        let folder = local_folder(&self.chart.path, &written.repository);
        let shown = folder.display();
        let folder = folder
            .canonicalize()
            .map_err(|error| Error::new(format!("`{}` leads to `{shown}`: {error}", written.repository)))?;
        let (found, findings) = chart::load(&folder, HelmCompat::default(), &SourceMap::default());
        let found = found.ok_or_else(|| {
            let why = findings
                .first()
                .map_or("it is no chart", |finding| &finding.message);
            Error::new(format!("`{shown}` cannot be loaded: {why}"))
        })?;
        if found.metadata.name != written.name {
            return Err(Error::new(format!(
                "`{shown}` is the chart `{}`",
                found.metadata.name
            )));
        }
        let version = found.metadata.version;
        if choose(range, &[&version])?.is_none() {
            return Err(none_matches(
                &written.name,
                range,
                &written.repository,
                &[&version],
            ));
        }
        Ok((folder, version))
    }

    fn fetch(&self, wanted: &Dependency, range: &str, is_locked: bool) -> Result<(String, Vec<u8>)> {
        let repository = self.fetcher.repository(&wanted.repository)?;
        if repository.address.scheme() == "oci" {
            let (address, _) = repository.address.in_repository(&wanted.name)?;
            return self.fetcher.pull(&address, range);
        }
        let index = self.fetcher.index(&repository)?;
        let versions = index.versions(&wanted.name)?;
        let all: Vec<&str> = versions.iter().map(|entry| entry.version.as_str()).collect();
        let same = |version: &str| {
            let parse = |text: &str| Version::new(text.as_bytes());
            matches!((parse(version), parse(range)), (Ok(a), Ok(b)) if a.compare(&b).is_eq())
        };
        let at = match all.iter().position(|version| *version == range) {
            Some(at) => Some(at),
            None if is_locked => all.iter().position(|version| same(version)),
            None => choose(range, &all)?,
        };
        let entry = at
            .and_then(|at| versions.get(at))
            .ok_or_else(|| none_matches(&wanted.name, range, &repository.address.to_string(), &all))?;
        let (_, archive) = self.fetcher.archive(&repository, entry)?;
        Ok((entry.version.clone(), archive))
    }

    /// Found again by the exact version and by the range, so that rendering finds it with the lock and without.
    fn remember(&self, written: &Dependency, resolved: &str, content: &Content) -> Result<()> {
        for version in [resolved, &written.version] {
            let record = Record {
                key: key_of(self.chart, written, version),
                resolved: resolved.to_owned(),
                content: content.clone(),
            };
            if self.cache.record(&record.key).as_ref() != Some(&record) {
                self.cache.remember(&record)?;
            }
        }
        Ok(())
    }
}

/// What a dependency of a chart is known by in the cache.
pub(super) fn key_of(chart: &Chart, dependency: &Dependency, version: &str) -> Key {
    let repository = if dependency.repository.starts_with("file://") {
        let folder = local_folder(&chart.path, &dependency.repository);
        let folder = folder.canonicalize().unwrap_or(folder);
        format!("file://{}", folder.display())
    } else {
        let text = super::address::without_userinfo(&dependency.repository);
        text.trim_end_matches('/').to_owned()
    };
    Key {
        name: dependency.name.clone(),
        repository,
        version: version.to_owned(),
    }
}

/// Upstream: `GetLocalPath`.
fn local_folder(chart: &str, repository: &str) -> PathBuf {
    let path = repository.strip_prefix("file://").unwrap_or(repository);
    Path::new(chart).join(path)
}

/// An archive must hold the chart that it was fetched for, and be within the bounds of a chart.
fn check_archive(archive: &[u8], name: &str) -> Result<()> {
    let refuse = |why: &str| Error::new(format!("what was fetched is not the chart `{name}`: {why}"));
    let compat = HelmCompat::default();
    let raw = chart::archive::read(archive, &format!("{name}.tgz"), compat)
        .map_err(|finding| refuse(&finding.message))?;
    let mut findings = Vec::new();
    let loaded =
        chart::load_files(name, raw, compat, &SourceMap::default(), &mut findings).ok_or_else(|| {
            refuse(
                findings
                    .first()
                    .map_or("it cannot be loaded", |finding| &finding.message),
            )
        })?;
    if loaded.metadata.name != name {
        return Err(refuse(&format!("its name is `{}`", loaded.metadata.name)));
    }
    Ok(())
}

/// Maps over items with some threads, in their order.
fn in_parallel<I: Sync, T: Send>(items: &[I], work: impl Fn(&I) -> T + Sync) -> Vec<T> {
    let next = AtomicUsize::new(0);
    let done: Mutex<Vec<(usize, T)>> = Mutex::default();
    std::thread::scope(|scope| {
        for _ in 0..items.len().min(AT_A_TIME) {
            scope.spawn(|| {
                while let Some((at, item)) = {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    items.get(at).map(|item| (at, item))
                } {
                    let result = work(item);
                    done.lock()
                        .unwrap_or_else(PoisonError::into_inner)
                        .push((at, result));
                }
            });
        }
    });
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.sort_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, result)| result).collect()
}

/// The chart behind something ready, for writing it down elsewhere.
///
/// # Errors
/// It is not there any more.
pub fn archive_of(ready: &Ready, cache: &Cache) -> Result<Option<Arc<[u8]>>> {
    match &ready.content {
        None => Ok(None),
        Some(Content::Digest(digest)) => match cache.archive(digest) {
            Some(bytes) => Ok(Some(bytes.into())),
            None => Err(Error::new(format!(
                "the archive of `{}` went from the cache; try again",
                ready.name
            ))),
        },
        Some(Content::Folder(folder)) => {
            let sources = SourceMap::default();
            let (chart, findings) = chart::load(folder, HelmCompat::default(), &sources);
            let chart = chart.ok_or_else(|| {
                let why = findings
                    .first()
                    .map_or("it is no chart", |finding| &finding.message);
                Error::new(format!("`{}` cannot be loaded: {why}", folder.display()))
            })?;
            Ok(Some(super::pack(&chart, &sources)?.into()))
        }
    }
}
