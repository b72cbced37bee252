//! Releases of a project: every one in every environment, with what they share read once.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;

use super::{
    Charts, CheckJob, DiffTerms, Loaded, ReleaseJob, Released, Shared, UnitOfWork, Verdict, compare,
    list_schemas, load_chart, read_all, read_chart, render_chart, validate,
};
use crate::chart::Chart;
use crate::config::Layer;
use crate::diff::ChangeSet;
use crate::finding::{Finding, Severity, judge};
use crate::input::schemas::SchemaFile;
use crate::manifest::neighbors::Neighbors;
use crate::registry::sha256;
use crate::render::output;
use crate::report::Report;
use crate::schema::UnknownVersion;
use crate::source::{SourceKind, SourceMap};

/// A release in an environment.
#[derive(Debug, Clone)]
pub struct Unit {
    /// The environment.
    pub environment: Arc<str>,
    /// Its chart, or a folder of manifests.
    pub chart: PathBuf,
    /// What it is rendered and judged with; its paths are not looked at.
    pub job: CheckJob,
}

/// The units of each environment, which stand together.
pub(super) fn environments(units: &[Unit]) -> Vec<&[Unit]> {
    units
        .chunk_by(|one, next| one.environment == next.environment)
        .collect()
}

/// Loads each chart that units name, once.
pub(super) fn load_charts(units: &[Unit], shared: &Shared) -> Charts {
    let mut jobs: BTreeMap<&Path, &ReleaseJob> = BTreeMap::new();
    for unit in units {
        jobs.entry(&unit.chart).or_insert(&unit.job.release);
    }
    let jobs: Vec<_> = jobs.into_iter().filter(|(path, _)| is_chart(path)).collect();
    let loaded = jobs.into_par_iter().map(|(path, job)| {
        let loaded = load_chart(path, job, &shared.sources);
        (path.to_path_buf(), loaded)
    });
    loaded.collect()
}

/// Whether a path is to be rendered: everything but a folder that is no chart.
fn is_chart(path: &Path) -> bool {
    !path.is_dir() || path.join("Chart.yaml").is_file()
}

/// What a unit brings: the objects its chart prints, or those of a folder of manifests.
pub(super) fn read_unit(unit: &Unit, charts: &Charts, shared: &Shared) -> UnitOfWork {
    match charts.get(&unit.chart) {
        Some(chart) => read_chart(chart, &unit.job.release, shared),
        None => read_all(&unit.chart, &unit.job.release, shared),
    }
}

/// Validates and lints all units, each environment with its releases beside each other.
///
/// # Errors
/// A Kubernetes version without schemas.
pub(super) fn check(
    units: &[Unit],
    layers: &BTreeMap<PathBuf, Arc<Layer>>,
    known: &[SchemaFile],
    shared: &Shared,
) -> Result<Vec<Verdict>, UnknownVersion> {
    let charts = load_charts(units, shared);
    let verdicts: Result<Vec<Vec<Verdict>>, _> = environments(units)
        .into_par_iter()
        .map(|units| {
            let read: Vec<UnitOfWork> = units
                .par_iter()
                .map(|unit| read_unit(unit, &charts, shared))
                .collect();
            let mut neighbors = Neighbors::default();
            for (unit, read) in units.iter().zip(&read) {
                neighbors.add(&read.manifests, &unit.job.release.release.namespace);
            }
            let neighbors = Arc::new(neighbors);
            let judged = units.par_iter().zip(read).map(|(unit, mut read)| {
                read.neighbors = Arc::clone(&neighbors);
                let config = unit.job.config.with(layers.get(&unit.chart));
                let (mut report, accepted) = validate(read, &config, &unit.job, known, shared)?;
                report.found_in(&unit.environment);
                Ok((report, accepted))
            });
            judged.collect()
        })
        .collect();
    Ok(verdicts?.into_iter().flatten().collect())
}

/// What a release renders to in an environment.
#[derive(Debug)]
pub struct RenderedUnit {
    /// The environment.
    pub environment: Arc<str>,
    /// The release.
    pub release: String,
    /// The namespace of objects that name none.
    pub namespace: String,
    /// CRDs, manifests and hooks, as Helm sorts them.
    pub documents: Vec<RenderedDocument>,
}

/// One document.
#[derive(Debug)]
pub struct RenderedDocument {
    /// Helm's path of its template, as `# Source:` says it.
    pub source: String,
    /// Its kind.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// Its namespace, if it names one.
    pub namespace: Option<String>,
    /// Its text.
    pub text: Vec<u8>,
}

/// Everything that releases render to.
#[derive(Debug, Default)]
pub struct RenderedProject {
    /// The releases, in the order of the units.
    pub units: Vec<RenderedUnit>,
    /// The SHA-256 of every file that was read, by its path.
    pub inputs: BTreeMap<String, String>,
    /// What is wrong; with an error in it, something is missing above.
    pub report: Report,
}

/// Renders all units.
pub fn render_units(units: &[Unit]) -> RenderedProject {
    let shared = Shared::default();
    let sources = &shared.sources;
    let charts = load_charts(units, &shared);
    let rendered: Vec<(RenderedUnit, Vec<Finding>)> = units
        .par_iter()
        .map(|unit| {
            let job = &unit.job.release;
            let (documents, findings) = match charts.get(&unit.chart) {
                Some(chart) => render_documents(chart, job, &shared),
                None => plain_documents(read_all(&unit.chart, job, &shared), sources),
            };
            let unit = RenderedUnit {
                environment: Arc::clone(&unit.environment),
                release: job.release.name.clone(),
                namespace: job.release.namespace.clone(),
                documents,
            };
            (unit, findings)
        })
        .collect();
    let mut report = Report {
        environments: names(units),
        ..Report::default()
    };
    let mut done = Vec::new();
    for (unit, findings) in rendered {
        let mut part = super::report(findings, sources);
        part.found_in(&unit.environment);
        report.add(part);
        done.push(unit);
    }
    judge::sort(&mut report.findings);
    report.join_environments();
    let loaded = charts.values().filter_map(|(chart, _)| chart.as_deref());
    RenderedProject {
        units: done,
        inputs: digests(loaded, sources),
        report,
    }
}

/// The environments of units, in their order.
pub(super) fn names(units: &[Unit]) -> Vec<Arc<str>> {
    let first = environments(units).into_iter().filter_map(|units| units.first());
    first.map(|unit| Arc::clone(&unit.environment)).collect()
}

/// What a chart prints. Nothing of it when there is an error.
fn render_documents(
    chart: &Loaded,
    job: &ReleaseJob,
    shared: &Shared,
) -> (Vec<RenderedDocument>, Vec<Finding>) {
    let (released, mut findings) = render_chart(chart, job, shared);
    let Some(Released { rendered, .. }) = released else {
        return (Vec::new(), findings);
    };
    let (sorted, more) = output::sort(&rendered, job.compat, &shared.sources);
    findings.extend(more);
    if findings.iter().any(|finding| finding.severity == Severity::Error) {
        return (Vec::new(), findings);
    }
    let crds = output::crds(&rendered, job.compat);
    let all = crds.into_iter().chain(sorted.manifests).chain(sorted.hooks);
    let documents = all.map(|document| RenderedDocument {
        source: document.name.to_owned(),
        kind: document.kind,
        name: document.object,
        namespace: document.namespace,
        text: document.text.to_vec(),
    });
    (documents.collect(), findings)
}

/// The objects of manifests, as they are written.
fn plain_documents(unit: UnitOfWork, sources: &SourceMap) -> (Vec<RenderedDocument>, Vec<Finding>) {
    let documents = unit.manifests.iter().map(|manifest| RenderedDocument {
        source: sources.get(manifest.source).path.to_string(),
        kind: manifest.id.kind.to_string(),
        name: manifest.id.name.to_string(),
        namespace: manifest.id.namespace.as_deref().map(str::to_owned),
        text: manifest
            .doc
            .source()
            .trim_start()
            .trim_start_matches("---")
            .trim_start()
            .as_bytes()
            .to_vec(),
    });
    (documents.collect(), unit.findings)
}

/// The digests of all files of charts, and of all others that were read.
fn digests<'c>(charts: impl Iterator<Item = &'c Chart>, sources: &SourceMap) -> BTreeMap<String, String> {
    let mut digests: BTreeMap<String, String> = BTreeMap::new();
    for source in sources.all() {
        if source.kind == SourceKind::File && !digests.contains_key(&*source.path) {
            digests.insert(source.path.to_string(), sha256(source.text().as_bytes()));
        }
    }
    let mut open: Vec<&Chart> = charts.collect();
    while let Some(chart) = open.pop() {
        let files = chart.files.iter().chain(&chart.schema).chain(&chart.lock);
        digests.extend(files.map(|file| (file.path.clone(), sha256(&file.bytes))));
        open.extend(chart.dependencies.iter().map(|dependency| &**dependency));
    }
    digests
}

/// Compares releases in environments with what they were: `old` with the files of another commit.
pub fn diff_units(old: &[Unit], new: &[Unit], terms: DiffTerms<'_>) -> (ChangeSet, Report) {
    let shared = old
        .first()
        .map_or_else(Shared::default, |unit| Shared::of(&unit.job.release));
    let charts = [load_charts(old, &shared), load_charts(new, &shared)];
    let (known, unlisted) = list_schemas(terms.schemas);
    let key = |unit: &Unit| {
        (
            Arc::clone(&unit.environment),
            unit.job.release.release.name.clone(),
        )
    };
    let mut gone: BTreeMap<_, &Unit> = old.iter().map(|unit| (key(unit), unit)).collect();
    let mut pairs: Vec<(Option<&Unit>, Option<&Unit>)> = new
        .iter()
        .map(|unit| (gone.remove(&key(unit)), Some(unit)))
        .collect();
    let gone = old.iter().filter(|unit| gone.contains_key(&key(unit)));
    pairs.extend(gone.map(|unit| (Some(unit), None)));
    let compared: Vec<(ChangeSet, Report)> = pairs
        .into_par_iter()
        .filter_map(|(old, new)| {
            let unit = new.or(old)?;
            let read = |side: Option<&Unit>, charts| {
                side.map_or_else(UnitOfWork::default, |unit| read_unit(unit, charts, &shared))
            };
            let (old_job, new_job) = (&old.unwrap_or(unit).job.release, &unit.job.release);
            let sides = (read(old, &charts[0]), read(new, &charts[1]));
            let (mut changes, mut report) =
                compare((sides.0, old_job), (sides.1, new_job), &known, terms, &shared);
            changes.are_in(&unit.environment);
            report.found_in(&unit.environment);
            Some((changes, report))
        })
        .collect();
    let mut all = ChangeSet::default();
    let mut report = super::report(unlisted, &shared.sources);
    report.environments = names(new);
    for (changes, part) in compared {
        all.changes.extend(changes.changes);
        all.unchanged += changes.unchanged;
        report.add(part);
    }
    judge::sort(&mut report.findings);
    report.join_environments();
    (all, report)
}
