//! The manifests that are sent: those of folders, and what real charts render to.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::bail;
use plimsoll::pipeline::{self, ReleaseJob};
use plimsoll::schema::Bundle;
use rayon::prelude::*;

use super::tree::Tree;
use crate::conformance::chart;

/// The largest manifest of a chart that is taken, in bytes: what is sent thousands of times should be small.
const MAX_SIZE: usize = 64 * 1024;

/// A manifest of the corpus.
pub(super) struct Manifest {
    /// The file, or the chart.
    pub(super) file: String,
    pub(super) kind: String,
    pub(super) tree: Tree,
}

impl Manifest {
    /// The documents of a text that are objects.
    fn all(file: &str, text: &str) -> Vec<Self> {
        let is_object = |tree: &Tree| tree.get("apiVersion").is_some() && tree.kind() != "List";
        Tree::read(text)
            .into_iter()
            .filter(|tree| !tree.kind().is_empty() && is_object(tree))
            .map(|tree| Self {
                file: file.to_owned(),
                kind: tree.kind().to_owned(),
                tree,
            })
            .collect()
    }

    /// API group and version.
    fn version(&self) -> (&str, &str) {
        let version = self
            .tree
            .get("apiVersion")
            .and_then(Tree::text)
            .unwrap_or_default();
        version.rsplit_once('/').unwrap_or(("", version))
    }

    /// Whether some Kubernetes has this kind itself.
    fn is_built_in(&self) -> bool {
        let (group, version) = self.version();
        let mut entries = Bundle::embedded().kind(group, version, &self.kind);
        entries.next().is_some()
    }
}

/// The documents of every *.yaml below some paths, in the order of their names.
pub(super) fn read(paths: &[PathBuf]) -> anyhow::Result<Vec<Manifest>> {
    let mut manifests = Vec::new();
    for path in paths {
        for entry in walkdir::WalkDir::new(path).sort_by_file_name() {
            let entry = entry?;
            let is_yaml = entry
                .path()
                .extension()
                .is_some_and(|ext| ext == "yaml" || ext == "yml");
            if !entry.file_type().is_file() || !is_yaml {
                continue;
            }
            if let Ok(text) = std::fs::read_to_string(entry.path()) {
                manifests.extend(Manifest::all(&shown(entry.path()), &text));
            }
        }
    }
    if manifests.is_empty() && !paths.is_empty() {
        bail!("no manifest below {paths:?}");
    }
    Ok(manifests)
}

/// What the charts of some folders render to: of each folder in `owners` (the repositories) the first `each` charts that
/// print objects of built-in kinds.
pub(super) fn render(owners: &[PathBuf], each: usize) -> anyhow::Result<Vec<Manifest>> {
    let mut repositories: Vec<PathBuf> = Vec::new();
    for owner in owners {
        let folders = std::fs::read_dir(owner)?
            .filter_map(Result::ok)
            .map(|entry| entry.path());
        repositories.extend(folders.filter(|path| path.is_dir()));
    }
    repositories.sort();
    let rendered: Vec<Vec<Manifest>> = repositories
        .par_iter()
        .map(|repository| {
            chart::find(std::slice::from_ref(repository))
                .iter()
                .map(|chart| objects(&chart.path))
                .filter(|objects| !objects.is_empty())
                .take(each)
                .flatten()
                .collect()
        })
        .collect();
    let manifests: Vec<Manifest> = rendered.into_iter().flatten().collect();
    let charts: BTreeSet<&str> = manifests.iter().map(|manifest| &*manifest.file).collect();
    eprintln!("{} charts of {} repositories", charts.len(), repositories.len());
    Ok(manifests)
}

/// Takes the first of all objects of one kind and name, for a server stores one.
pub(super) fn drop_namesakes(manifests: &mut Vec<Manifest>) {
    let mut seen = BTreeSet::new();
    manifests.retain(|manifest| {
        let metadata = manifest.tree.get("metadata");
        let name = metadata.and_then(|metadata| metadata.get("name")).cloned();
        name.is_none() || seen.insert((manifest.version().0.to_owned(), manifest.kind.clone(), name))
    });
}

/// The objects of a chart with its default values; none if it does not render.
fn objects(chart: &Path) -> Vec<Manifest> {
    let mut job = ReleaseJob::default();
    job.release.name = "release".into();
    job.options.deterministic = true;
    let (text, _) = pipeline::render(&[chart.to_path_buf()], &job);
    let mut objects = Manifest::all(&shown(chart), &String::from_utf8_lossy(&text));
    objects.retain(|manifest| manifest.is_built_in() && manifest.tree.write().len() <= MAX_SIZE);
    objects
}

fn shown(path: &Path) -> String {
    path.file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}
