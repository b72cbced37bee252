//! The whole flow, top to bottom: one function a command.
//!
//! Every stage is called from here and nowhere else. Nothing here reads the clock, the environment or the network.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::finding::locate::Locator;
use crate::finding::{Finding, judge};
use crate::input::{self, Inputs, ManifestFile, Syntax};
use crate::lint::{self, RuleSet};
use crate::manifest::fleet::Fleet;
use crate::manifest::{ManifestSet, markdown, parse};
use crate::report::Report;
use crate::schema::{self, KubernetesVersion, SchemaStore, UnknownVersion};
use crate::source::{SourceKind, SourceMap};

/// What `check` is to do, fully resolved.
#[derive(Debug)]
pub struct CheckJob {
    /// Charts, manifest files, folders, `-`.
    pub paths: Vec<PathBuf>,
    /// Where objects without a namespace go.
    pub namespace: String,
    /// The Kubernetes versions whose schemas hold; empty for the newest.
    pub kubernetes: Vec<KubernetesVersion>,
    /// The lint rules.
    pub rules: RuleSet,
}

/// What is known when a unit of work (a release, or the manifests given together) has been read.
#[derive(Debug, Default)]
struct UnitOfWork {
    manifests: ManifestSet,
    findings: Vec<Finding>,
}

/// Checks everything a job names.
///
/// # Errors
/// A Kubernetes version without schemas.
pub fn check(job: &CheckJob) -> Result<Report, UnknownVersion> {
    SchemaStore::new(&job.kubernetes)?;
    let sources = SourceMap::default();
    let (inputs, mut findings) = input::discover(&job.paths);
    let mut report = Report { inputs: inputs.charts.len() + inputs.manifests.len(), ..Report::default() };
    let mut unit = read_manifests(&inputs, &sources);
    unit.findings.append(&mut findings);
    finish(unit, job, &sources, &mut report)?;
    judge::sort(&mut report.findings);
    Ok(report)
}

/// Validates and lints one unit, and adds what it found to the report.
fn finish(unit: UnitOfWork, job: &CheckJob, sources: &SourceMap, report: &mut Report) -> Result<(), UnknownVersion> {
    let UnitOfWork { manifests, mut findings } = unit;
    let mut store = SchemaStore::new(&job.kubernetes)?;
    store.add_crds(&manifests);
    findings.extend(schema::validate(&manifests, &store));
    let fleet = Fleet::build(&manifests, &job.namespace);
    findings.extend(lint::lint(&fleet, &job.rules));
    judge::drop_guesses(&mut findings);
    let locator = Locator::new(&manifests, sources);
    report.findings.extend(findings.into_iter().map(|finding| locator.locate(finding)));
    report.objects.extend(manifests.iter().map(|manifest| manifest.id.clone()));
    Ok(())
}

/// Reads the manifests that stand outside of charts: one unit, whatever files they are in.
fn read_manifests(inputs: &Inputs, sources: &SourceMap) -> UnitOfWork {
    let mut unit = UnitOfWork::default();
    let mut budget = input::MAX_BYTES;
    for file in &inputs.manifests {
        match input::read(&file.path, &mut budget) {
            Ok(text) => parse_file(file, text, sources, &mut unit),
            Err(finding) => unit.findings.push(finding),
        }
    }
    unit
}

fn parse_file(file: &ManifestFile, text: Arc<str>, sources: &SourceMap, unit: &mut UnitOfWork) {
    let source = sources.add(shown(&file.path), Arc::clone(&text), SourceKind::File);
    let UnitOfWork { manifests, findings } = unit;
    match file.syntax {
        Syntax::Yaml => parse::parse_shared(text, source, 0, file.strangers, manifests, findings),
        Syntax::Markdown => {
            for block in markdown::blocks(&text) {
                parse::parse(&text, source, block, file.strangers, manifests, findings);
            }
        }
    }
}

/// A path as the user gave it, without the `./` of a walk that began at the folder they stand in.
fn shown(path: &Path) -> String {
    path.strip_prefix(".").unwrap_or(path).display().to_string()
}
