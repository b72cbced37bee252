//! Releases of a project: every one in every environment, with what they share read once.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;

use super::{
    Charts, CheckJob, ReleaseJob, Shared, UnitOfWork, Verdict, load_chart, read_all, read_chart, validate,
};
use crate::config::Layer;
use crate::input::schemas::SchemaFile;
use crate::manifest::neighbors::Neighbors;
use crate::schema::UnknownVersion;

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
                for finding in &mut report.findings {
                    finding.environments.names.push(Arc::clone(&unit.environment));
                }
                Ok((report, accepted))
            });
            judged.collect()
        })
        .collect();
    Ok(verdicts?.into_iter().flatten().collect())
}
