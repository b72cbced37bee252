//! The charts below some folders, each with its values cases and with dependencies that it does not vendor.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use plimsoll_gostd::semver::{Constraints, Version};
use plimsoll_yaml::{Limits, NodeRef};
use sha2::{Digest as _, Sha256};
use walkdir::WalkDir;

/// How deep dependencies of dependencies are filled in.
const MAX_DEPTH: usize = 8;

/// A chart folder.
#[derive(Debug, Clone)]
pub(super) struct Chart {
    /// The folder.
    pub(super) path: PathBuf,
    name: String,
    version: String,
    dependencies: Vec<Dependency>,
}

#[derive(Debug, Clone)]
struct Dependency {
    name: String,
    version: String,
    repository: String,
}

/// One way to render a chart.
#[derive(Debug, Clone)]
pub(super) struct Case {
    /// `default`, or the name of a values file below `ci/`.
    pub(super) name: String,
    /// The values file.
    pub(super) values: Option<PathBuf>,
}

/// Every chart below the folders that is not a vendored subchart of another, by path.
pub(super) fn find(folders: &[PathBuf]) -> Vec<Chart> {
    let mut charts = Vec::new();
    for folder in folders {
        for entry in WalkDir::new(folder)
            .sort_by_file_name()
            .into_iter()
            .filter_map(Result::ok)
        {
            if entry.file_name() == "Chart.yaml"
                && entry.file_type().is_file()
                && let Some(path) = entry.path().parent()
                && !is_vendored(path)
            {
                charts.push(read(path));
            }
        }
    }
    charts
}

fn is_vendored(chart: &Path) -> bool {
    chart
        .ancestors()
        .filter(|folder| folder.file_name().is_some_and(|name| name == "charts"))
        .filter_map(Path::parent)
        .any(|parent| parent.join("Chart.yaml").is_file())
}

fn read(path: &Path) -> Chart {
    let mut chart = Chart {
        path: path.to_owned(),
        name: String::new(),
        version: String::new(),
        dependencies: Vec::new(),
    };
    for file in ["Chart.yaml", "requirements.yaml"] {
        let Ok(text) = fs::read_to_string(path.join(file)) else {
            continue;
        };
        let stream = plimsoll_yaml::parse(text, &Limits::default());
        let Some(doc) = stream.docs.first() else { continue };
        let text = |node: NodeRef<'_>, key: &str| {
            node.get(key)
                .map(|value| value.str().to_owned())
                .unwrap_or_default()
        };
        if file == "Chart.yaml" {
            chart.name = text(doc.root(), "name");
            chart.version = text(doc.root(), "version");
        }
        if let Some(dependencies) = doc.root().get("dependencies").filter(|node| node.is_sequence()) {
            chart
                .dependencies
                .extend(dependencies.items().map(|item| Dependency {
                    name: text(item, "name"),
                    version: text(item, "version"),
                    repository: text(item, "repository"),
                }));
        }
    }
    chart
}

impl Chart {
    /// The cases: default values, and each `ci/*-values.yaml`.
    pub(super) fn cases(&self) -> Vec<Case> {
        let mut cases = vec![Case {
            name: "default".to_owned(),
            values: None,
        }];
        let mut files: Vec<PathBuf> = fs::read_dir(self.path.join("ci"))
            .into_iter()
            .flatten()
            .filter_map(Result::ok)
            .map(|entry| entry.path())
            .filter(|path| path.to_string_lossy().ends_with("-values.yaml"))
            .collect();
        files.sort();
        cases.extend(files.into_iter().map(|path| {
            Case {
                name: path
                    .file_name()
                    .unwrap_or_default()
                    .to_string_lossy()
                    .into_owned(),
                values: Some(path),
            }
        }));
        cases
    }

    fn missing(&self) -> Vec<&Dependency> {
        let vendored = vendored_names(&self.path);
        self.dependencies
            .iter()
            .filter(|wanted| !vendored.contains(&wanted.name))
            .collect()
    }
}

/// Names of the charts in `charts/`; an archive is known by its file name.
fn vendored_names(chart: &Path) -> Vec<String> {
    let mut names = Vec::new();
    for entry in fs::read_dir(chart.join("charts"))
        .into_iter()
        .flatten()
        .filter_map(Result::ok)
    {
        let path = entry.path();
        if path.is_dir() {
            names.push(read(&path).name);
        } else if let Some(archive) = entry
            .file_name()
            .to_str()
            .and_then(|name| name.strip_suffix(".tgz"))
        {
            // `redis-cluster-1.2.3`: the version begins at the first dash before a digit.
            let cut = archive
                .match_indices('-')
                .find(|(at, _)| archive[at + 1..].starts_with(|char: char| char.is_ascii_digit()))
                .map_or(archive.len(), |(at, _)| at);
            names.push(archive[..cut].to_owned());
        }
    }
    names
}

/// Charts by name, to fill in dependencies from.
pub(super) struct Shelf<'c> {
    charts: BTreeMap<&'c str, Vec<&'c Chart>>,
    /// Whether a chart of another version will do. The copy then asks for any version, so that helm takes it.
    any_version: bool,
}

impl<'c> Shelf<'c> {
    pub(super) fn new(charts: &'c [Chart], any_version: bool) -> Self {
        let mut shelf: BTreeMap<&str, Vec<&Chart>> = BTreeMap::new();
        for chart in charts {
            shelf.entry(&chart.name).or_default().push(chart);
        }
        Self {
            charts: shelf,
            any_version,
        }
    }

    /// The chart that is meant, never one of the charts it would become a part of: wrappers carry the name of what they wrap.
    fn find(&self, owners: &[PathBuf], wanted: &Dependency) -> Option<PathBuf> {
        let owner = owners.last()?;
        if let Some(relative) = wanted.repository.strip_prefix("file://") {
            let path = owner.join(relative);
            if path.join("Chart.yaml").is_file() {
                return Some(path);
            }
        }
        let range = Constraints::new(wanted.version.as_bytes()).ok();
        let fits = |chart: &&Chart| match (&range, Version::new(chart.version.as_bytes())) {
            (Some(range), Ok(version)) => range.check(&version),
            _ => false,
        };
        // Charts of different authors share names such as `common`: the neighbor is meant, then the same major version.
        let near = |chart: &&Chart| {
            let shared = chart
                .path
                .components()
                .zip(owner.components())
                .take_while(|(a, b)| a == b)
                .count();
            let major = |version: &str| {
                version
                    .trim_start_matches(['^', '~', '>', '=', 'v', ' '])
                    .split('.')
                    .next()
                    .map(str::to_owned)
            };
            (
                is_named_in(&wanted.repository, &chart.path),
                shared,
                major(&chart.version) == major(&wanted.version),
            )
        };
        let known = || {
            let known = self.charts.get(wanted.name.as_str()).into_iter().flatten();
            known.copied().filter(|chart| !owners.contains(&chart.path))
        };
        let found = known()
            .filter(fits)
            .max_by_key(near)
            .or_else(|| known().filter(|_| self.any_version).max_by_key(near))?;
        Some(found.path.clone())
    }

    /// A folder in which the chart has all its dependencies: its own, or a copy below `scratch`.
    ///
    /// # Errors
    /// The name of a dependency that no chart on the shelf provides, or why copying failed.
    pub(super) fn complete(&self, chart: &Chart, scratch: &Path) -> Result<PathBuf, String> {
        if chart.missing().is_empty() {
            return Ok(chart.path.clone());
        }
        let key = format!("{}{}", chart.path.display(), self.any_version);
        let key = hex(&Sha256::digest(key.as_bytes()));
        let folder = chart
            .path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let copy = scratch.join(&key[..16]).join(folder);
        let done = copy.with_extension("complete");
        if done.is_file() {
            return Ok(copy);
        }
        let _ = fs::remove_dir_all(&copy);
        copy_folder(&chart.path, &copy).map_err(|error| error.to_string())?;
        self.fill(&mut vec![chart.path.clone()], &copy)?;
        // Hidden files outside of templates are part of `.Files`, so the mark must not stay in the chart.
        fs::write(copy.with_extension("complete"), "").map_err(|error| error.to_string())?;
        Ok(copy)
    }

    /// `owners` are the charts that the copy is part of, outermost first, and the one it was made from.
    fn fill(&self, owners: &mut Vec<PathBuf>, copy: &Path) -> Result<(), String> {
        if owners.len() > MAX_DEPTH {
            return Err("dependencies nest too deep".to_owned());
        }
        let chart = read(copy);
        if self.any_version {
            ask_for_any_version(copy).map_err(|error| error.to_string())?;
        }
        for wanted in chart.missing() {
            let found = self
                .find(owners, wanted)
                .ok_or_else(|| format!("{} {}", wanted.name, wanted.version))?;
            let target = copy.join("charts").join(&wanted.name);
            if target.exists() {
                continue;
            }
            copy_folder(&found, &target).map_err(|error| error.to_string())?;
            owners.push(found);
            self.fill(owners, &target)?;
            owners.pop();
        }
        Ok(())
    }
}

/// Whether an address such as `https://charts.bitnami.com/bitnami` speaks of the owner of a folder such as `bitnami+charts`.
fn is_named_in(address: &str, chart: &Path) -> bool {
    chart
        .components()
        .filter_map(|part| part.as_os_str().to_str()?.split_once('+'))
        .any(|(owner, _)| address.contains(owner))
}

/// Replaces the version of every dependency of a copied chart.
fn ask_for_any_version(chart: &Path) -> io::Result<()> {
    for file in ["Chart.yaml", "requirements.yaml"] {
        let path = chart.join(file);
        let Ok(mut text) = fs::read_to_string(&path) else {
            continue;
        };
        let stream = plimsoll_yaml::parse(text.as_str(), &Limits::default());
        let Some(dependencies) = stream.docs.first().and_then(|doc| doc.root().get("dependencies")) else {
            continue;
        };
        let versions: Vec<_> = dependencies
            .items()
            .filter_map(|item| item.get("version"))
            .map(NodeRef::span)
            .collect();
        for span in versions.iter().rev() {
            text.replace_range(span.range(), "'>=0.0.0-0'");
        }
        fs::write(path, text)?;
    }
    Ok(())
}

fn copy_folder(from: &Path, to: &Path) -> io::Result<()> {
    for entry in WalkDir::new(from).follow_links(true) {
        let entry = entry.map_err(io::Error::other)?;
        let relative = entry.path().strip_prefix(from).map_err(io::Error::other)?;
        let target = to.join(relative);
        if entry.file_type().is_dir() {
            fs::create_dir_all(&target)?;
        } else {
            fs::copy(entry.path(), &target)?;
        }
    }
    Ok(())
}

/// A fingerprint of a folder's files.
pub(super) fn fingerprint(folder: &Path) -> io::Result<String> {
    let mut hash = Sha256::new();
    for entry in WalkDir::new(folder).sort_by_file_name().follow_links(true) {
        let entry = entry.map_err(io::Error::other)?;
        if entry.file_type().is_file() {
            hash.update(entry.path().to_string_lossy().as_bytes());
            hash.update([0]);
            hash.update(fs::read(entry.path())?);
            hash.update([0]);
        }
    }
    Ok(hex(&hash.finalize()))
}

/// Bytes in hexadecimal.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
