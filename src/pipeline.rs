//! The whole flow, top to bottom: one function a command.
//!
//! Every stage is called from here and nowhere else. Nothing between reading the inputs and returning looks at the
//! clock, the environment or the network.

mod fix;
pub mod layout;
mod live;
mod project;

use std::collections::{BTreeMap, BTreeSet};
use std::mem::ManuallyDrop;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;

use jiff::civil::Date;

pub use fix::{FixJob, Fixed, FixedFile, fix};
pub use live::{LiveJob, diff_live, stored_release};
pub use project::{RenderedProject, RenderedUnit, Unit, diff_units, render_units};

use crate::admission::{self, namespace_limits, pod_security};
use crate::catalog::{self, Catalog};
use crate::chart::{self, Chart, HelmCompat};
use crate::config::{self, Config, CustomRule, Layer, Owner, RuleTest};
use crate::diff::{self, ChangeSet, Secrets, Setting};
use crate::finding::locate::Locator;
use crate::finding::trail::Trails;
use crate::finding::{Anchor, Finding, Severity, Stage, judge, secret};
use crate::forecast::{self, Circumstances, Forecast};
use crate::input::schemas::{self, SchemaFile};
use crate::input::{self, Inputs, ManifestFile, Syntax};
use crate::known;
use crate::known::baseline::Baseline;
use crate::lint::{self, RuleSet};
use crate::live::StoredRelease;
use crate::manifest::fleet::Fleet;
use crate::manifest::neighbors::Neighbors;
use crate::manifest::parse::Strangers;
use crate::manifest::select::Base;
use crate::manifest::{ManifestSet, ObjectId, Route, markdown, parse};
use crate::origin::{self, Again, Printed};
use crate::registry::kubeconfig::Cluster;
use crate::registry::{self, Cache};
use crate::render::helm;
use crate::render::output::{self, Selection};
use crate::render::{self, Capabilities, Options, ParsedTemplate, Parses, Release, Rendered, RenderedFile};
use crate::report::values::Merged;
use crate::report::{Checked, Known, Relation, Report, plural};
use crate::revision::{Problem, Tree};
use crate::schema::stored::{self, StoredKind};
use crate::schema::{self, KubernetesVersion, SchemaStore, UnknownKinds, UnknownVersion};
use crate::source::{SourceId, SourceKind, SourceMap, Texts};
use crate::suppress::{self, Acceptance};
use crate::unused::{self, Unused, Whose};
use crate::values::{self, FileReader, Layers, ValueSchemas, Values, ValuesFile, Word};

/// What charts are rendered with.
#[derive(Debug, Clone, Default)]
pub struct ReleaseJob {
    /// Name, namespace, installed or upgraded.
    pub release: Release,
    /// The values of the user.
    pub layers: Layers,
    /// Do not hold the values against `values.schema.json`.
    pub skip_schema_validation: bool,
    /// What templates learn of the cluster.
    pub capabilities: Capabilities,
    /// Whose rules are followed.
    pub compat: HelmCompat,
    /// How to render.
    pub options: Options,
    /// Where dependencies are that are not in `charts/`.
    pub cache: Option<Cache>,
    /// The files as they were at another commit; as they are today without it.
    pub tree: Option<Arc<Tree>>,
    /// Texts in the place of what files hold: edits that are not written yet.
    pub texts: Arc<Texts>,
    /// Leave out what `crds/` of charts holds: Helm installs it once, and a stored release has none of it.
    pub without_crds: bool,
}

impl ReleaseJob {
    /// The same release with other texts in the place of files.
    fn with_texts(&self, texts: &Arc<Texts>) -> Self {
        let mut job = self.clone();
        for file in &mut job.layers.files {
            if let Some(text) = texts.get(&file.path) {
                file.bytes = Ok(text.as_bytes().to_vec());
            }
        }
        job.texts = Arc::clone(texts);
        job
    }

    /// Reads what `--set-file` names.
    fn read_file(&self, path: &str) -> Result<Vec<u8>, String> {
        let tree = self
            .tree
            .as_ref()
            .and_then(|tree| tree.path(Path::new(path)).ok());
        std::fs::read(tree.as_deref().unwrap_or(Path::new(path))).map_err(|error| error.to_string())
    }

    /// The same release with the files of another commit: a values file that was not there then is left out.
    ///
    /// # Errors
    /// The system's, for a values file that is there and cannot be read.
    pub fn at(&self, tree: &Arc<Tree>) -> std::io::Result<Self> {
        let mut job = self.clone();
        job.layers.files.clear();
        for file in &self.layers.files {
            // What is not in the repository (standard input, an address) has no other version.
            let Ok(path) = tree.path(Path::new(&file.path)) else {
                job.layers.files.push(file.clone());
                continue;
            };
            if path.exists() {
                job.layers.files.push(ValuesFile {
                    path: file.path.clone(),
                    bytes: Ok(std::fs::read(path)?),
                });
            }
        }
        job.tree = Some(Arc::clone(tree));
        Ok(job)
    }
}

/// What `check` is to do, fully resolved.
#[derive(Debug, Clone)]
pub struct CheckJob {
    /// Charts, manifest files, folders, `-`.
    pub paths: Vec<PathBuf>,
    /// Releases of the project, those of an environment together.
    pub units: Arc<[Unit]>,
    /// Whether these are all releases of the project.
    pub is_whole_project: bool,
    /// What charts are rendered with; its namespace is also that of manifests that name none.
    pub release: ReleaseJob,
    /// The Kubernetes versions whose schemas hold; empty for the newest.
    pub kubernetes: Vec<KubernetesVersion>,
    /// The folder of the project's own schemas, if there is one.
    pub schemas: Option<PathBuf>,
    /// What is said of custom kinds without a schema.
    pub unknown_kinds: UnknownKinds,
    /// The Pod Security Standard that namespaces enforce which do not say otherwise.
    pub pod_security: pod_security::Standard,
    /// What the project says, and the lint rules of the call.
    pub config: Config,
    /// The folder that paths are named from.
    pub base: Base,
    /// Whether charts say something of themselves, in a file of their own.
    pub has_chart_configs: bool,
    /// Whether the input holds everything its objects refer to, whatever the configuration says.
    pub is_complete: bool,
    /// The day on which suppressions are judged; without one, none has ended.
    pub today: Option<Date>,
    /// Whether the report is to say how objects concern each other.
    pub wants_relations: bool,
}

impl CheckJob {
    /// A job of who renders and judges nothing.
    pub fn to_render(release: ReleaseJob, project: Layer) -> Self {
        Self {
            paths: Vec::new(),
            units: Arc::default(),
            is_whole_project: false,
            release,
            kubernetes: Vec::new(),
            schemas: None,
            unknown_kinds: UnknownKinds::default(),
            pod_security: pod_security::Standard::default(),
            base: project.base.clone(),
            config: Config::new(project, None),
            has_chart_configs: false,
            is_complete: false,
            today: None,
            wants_relations: false,
        }
    }
}

/// The objects that belong together, a release or the manifests given in one call, and what is known of them so far.
#[derive(Debug, Default)]
struct UnitOfWork {
    manifests: ManifestSet,
    findings: Vec<Finding>,
    /// The templates of a chart that print its objects.
    templates: Vec<ParsedTemplate>,
    /// What the manifests were rendered from.
    printed: Option<Printed>,
    /// What other releases of the environment bring.
    neighbors: Arc<Neighbors>,
}

/// The report of a unit, and what the project's configuration accepts of it.
type Verdict = (Report, Acceptance);

/// A chart that was loaded with its dependencies, if it could be, and what is wrong with it.
type Loaded = (Option<Arc<Chart>>, Vec<Finding>);

/// The charts of a project by their paths.
type Charts = BTreeMap<PathBuf, Loaded>;

/// A chart with its values, rendered.
#[derive(Debug)]
pub struct Released {
    /// What its templates saw as values.
    pub values: Values,
    /// What they printed.
    pub rendered: Rendered,
}

/// What the units of one run share.
#[derive(Debug, Default)]
pub struct Shared {
    /// Every text that was read or rendered.
    pub sources: SourceMap,
    /// Every template that was parsed. Never taken apart: a run is a process, and its end is near.
    parses: ManuallyDrop<Parses>,
    /// Every `values.schema.json` that was read.
    value_schemas: ValueSchemas,
}

impl Shared {
    fn of(job: &ReleaseJob) -> Self {
        let names = job.tree.as_ref().map(|tree| tree.names()).unwrap_or_default();
        Self {
            sources: SourceMap::with_names(names),
            ..Self::default()
        }
    }
}

/// Checks what a job names, and reports what was not there in the older version of `tree`, with the releases of then in
/// `units`. Flags, rules and configuration are today's on both sides. `are` says in the summary what makes a finding known.
///
/// # Errors
/// A Kubernetes version without schemas; a path that is not in the repository; a file that cannot be read.
pub fn check_new(
    job: &CheckJob,
    mut units: Vec<Unit>,
    tree: &Arc<Tree>,
    are: String,
) -> anyhow::Result<Report> {
    let mut old = job.clone();
    old.release = job.release.at(tree)?;
    let today = job.units.iter().map(|unit| (&unit.environment, &unit.job.config));
    let today: BTreeMap<_, _> = today.collect();
    for unit in &mut units {
        if let Some(config) = today.get(&unit.environment) {
            unit.job.config = Config::clone(config);
        }
    }
    old.units = units.into();
    let paths: Result<Vec<PathBuf>, _> = job.paths.iter().map(|path| tree.path(path)).collect();
    old.paths = paths?.into_iter().filter(|path| path.exists()).collect();
    let (old, new) = rayon::join(|| check(&old), || check(job));
    let mut report = new?;
    let before = report.findings.len();
    known::take(&mut report, &known::entries(&old?.findings));
    let count = before - report.findings.len();
    report.known = Some(Known { count, are });
    Ok(report)
}

/// Checks what a job names, and reports what a baseline does not know, and what of it is not there any more.
///
/// # Errors
/// A Kubernetes version without schemas.
pub fn check_beside(job: &CheckJob, baseline: &Baseline) -> Result<Report, WrongCall> {
    let mut report = check(job)?;
    let before = report.findings.len();
    let left = known::take(&mut report, &baseline.entries);
    report.known = Some(Known {
        count: before - report.findings.len(),
        are: format!("in {}", baseline.path),
    });
    let paths: Vec<&Path> = job
        .paths
        .iter()
        .map(|path| {
            path.strip_prefix(".")
                .ok()
                .filter(|path| *path != Path::new(""))
                .unwrap_or(path)
        })
        .collect();
    let sources = SourceMap::default();
    let unused = baseline.unused(&left, &paths, &job.config.rules_of_all(), &sources);
    report.add(self::report(unused, &sources));
    judge::sort(&mut report.findings);
    Ok(report)
}

/// Checks everything a job names: each chart is a unit, and all other manifests together are one.
///
/// # Errors
/// A Kubernetes version without schemas, or a chart whose own configuration cannot be used.
pub fn check(job: &CheckJob) -> Result<Report, WrongCall> {
    SchemaStore::new(&job.kubernetes)?;
    let shared = Shared::of(&job.release);
    let sources = &shared.sources;
    let (known, unlisted) = list_schemas(job.schemas.as_deref());
    let (inputs, mut findings) = input::discover(&job.paths);
    findings.extend(unlisted);
    let mut loose = read_manifests(&inputs, &job.release, sources);
    loose.findings.extend(findings);
    let of_units = job.units.iter().map(|unit| &unit.chart);
    let charts: BTreeSet<&PathBuf> = inputs.charts.iter().chain(of_units).collect();
    let layers = chart_layers(charts, job, sources)?;
    let charts = each(&inputs.charts, |path| {
        validate(
            read_chart_at(path, &job.release, &shared),
            &job.config.with(layers.get(path)),
            job,
            &known,
            &shared,
        )
    });
    let units = project::check(&job.units, &layers, &known, &shared)?;
    let mut report = Report {
        environments: project::names(&job.units),
        ..Report::default()
    };
    let mut accepted = Acceptance::default();
    let loose = validate(loose, &job.config, job, &known, &shared);
    let units = units.into_iter().map(Ok);
    for verdict in std::iter::once(loose).chain(charts).chain(units) {
        let (part, of_project) = verdict?;
        report.add(part);
        accepted.add(of_project);
    }
    let is_whole = |layer: &Layer| job.paths.iter().any(|path| layer.base.is_within(path));
    let is_whole = job.is_whole_project || job.config.layers().any(is_whole);
    for layer in job.config.layers() {
        let problems = layer.judge(&accepted, is_whole, job.today, sources);
        report.add(self::report(problems, sources));
    }
    judge::sort(&mut report.findings);
    Ok(report)
}

/// Why nothing is checked.
#[derive(Debug, thiserror::Error)]
pub enum WrongCall {
    /// There are no schemas of a version.
    #[error(transparent)]
    Version(#[from] UnknownVersion),
    /// A configuration has these mistakes.
    #[error("the configuration cannot be used")]
    Configuration(Box<Report>),
}

/// What charts say of themselves.
fn chart_layers<'p>(
    charts: impl IntoIterator<Item = &'p PathBuf>,
    job: &CheckJob,
    sources: &SourceMap,
) -> Result<BTreeMap<PathBuf, Arc<Layer>>, WrongCall> {
    let (mut layers, mut problems) = (BTreeMap::new(), Vec::new());
    for chart in charts.into_iter().filter(|_| job.has_chart_configs) {
        // Of an older version of the project too, what the chart says today holds.
        let today = shown(chart);
        let today = sources.shown(&today);
        let Some(file) = input::project::of_chart(Path::new(&*today)) else {
            continue;
        };
        let layer = input::project::read(&file)
            .map_err(|finding| vec![finding])
            .and_then(|text| {
                let base = job.base.at(Path::new(&*today));
                config::read(
                    &shown(&file),
                    &text,
                    Owner::Chart,
                    base,
                    job.config.custom_rules(),
                    sources,
                )
            });
        match layer {
            Ok(layer) => {
                layers.insert(chart.clone(), Arc::new(layer));
            }
            Err(wrong) => problems.extend(wrong),
        }
    }
    if problems.is_empty() {
        return Ok(layers);
    }
    Err(WrongCall::Configuration(Box::new(report(problems, sources))))
}

/// Renders charts to the text `helm template` would print, one after the other.
///
/// A chart that does not render adds nothing to the text; the report says why.
pub fn render(paths: &[PathBuf], job: &ReleaseJob) -> (Vec<u8>, Report) {
    let shared = Shared::default();
    let sources = &shared.sources;
    let (inputs, found) = input::discover(paths);
    let rendered = each(&inputs.charts, |path| {
        let (released, mut findings) = render_chart(&load_chart(path, job, sources), job, &shared);
        let mut text = Vec::new();
        if let Some(Released { rendered, .. }) = released {
            let (documents, more) = output::sort(&rendered, job.compat, sources);
            findings.extend(more);
            if findings.iter().all(|finding| finding.severity < Severity::Error) {
                text = output::print(&rendered, &documents, &Selection::default());
            }
        }
        (text, findings)
    });
    let (texts, findings): (Vec<_>, Vec<_>) = rendered.into_iter().unzip();
    let findings = found.into_iter().chain(findings.into_iter().flatten()).collect();
    (
        texts.concat(),
        report_of(
            UnitOfWork {
                findings,
                ..UnitOfWork::default()
            },
            sources,
        ),
    )
}

/// Merges the values of a chart. None when they cannot be merged; the report says why.
///
/// What the Secrets of the chart hold is masked, so it is rendered to know them.
///
/// # Errors
/// The path is not one chart; or values are to be masked, and the chart does not render whole.
pub fn values(path: &Path, job: &ReleaseJob, secrets: Secrets) -> anyhow::Result<(Option<Merged>, Report)> {
    let shared = Shared::default();
    let chart = one_chart(path)?;
    let mut unit = read_chart_at(&chart, job, &shared);
    let is_broken = |finding: &Finding| finding.severity == Severity::Error;
    let is_whole = !unit.findings.iter().any(is_broken);
    let printed = unit.printed.take();
    let known = secret::Secrets::of(&unit.manifests);
    if printed.is_some() {
        unit.findings
            .retain(|finding| finding.rule.stage == Stage::Values);
        anyhow::ensure!(
            is_whole || secrets == Secrets::Shown,
            "the chart does not render, so nobody knows which values its Secrets hold: see `plimsoll check`, or show all \
             of them with --show-secrets"
        );
    }
    let mut report = report_of(unit, &shared.sources);
    judge::sort(&mut report.findings);
    let merged = printed.map(|printed| Merged {
        values: printed.values,
        sources: shared.sources,
        secrets: (secrets == Secrets::Masked).then_some(known),
    });
    Ok((merged, report))
}

/// The one chart that a path is.
fn one_chart(path: &Path) -> anyhow::Result<PathBuf> {
    let (inputs, _) = input::discover(&[path.to_path_buf()]);
    let count = inputs.charts.len();
    match <[PathBuf; 1]>::try_from(inputs.charts) {
        Ok([chart]) => Ok(chart),
        Err(_) => anyhow::bail!(
            "`{}` holds {}: name one chart",
            path.display(),
            plural(count, "chart")
        ),
    }
}

/// The values of a call that no template reads, and those that are what they are by default; of a call without values,
/// the chart's own values that no template reads.
///
/// # Errors
/// The path is not one chart.
pub fn unused_values(path: &Path, job: &ReleaseJob) -> anyhow::Result<Report> {
    let shared = Shared::default();
    let chart = one_chart(path)?;
    let (released, mut findings) = render_chart(&load_chart(&chart, job, &shared.sources), job, &shared);
    findings.retain(|finding| finding.rule.stage == Stage::Values);
    if let Some(Released { values, .. }) = released {
        let sources = &shared.sources;
        let reads = helm::reads(&values, &shared.parses);
        let whose = if job.layers.is_empty() {
            Whose::Charts
        } else {
            Whose::Users
        };
        let unused = unused::unused(&values, &reads, whose, sources);
        findings.extend(unused.iter().map(Unused::finding));
        let read_file = |path: &str| job.read_file(path);
        let user = values.user_layers(&job.layers, sources, &read_file);
        findings.extend(unused::redundant(&values, &user));
    }
    Ok(report(findings, &shared.sources))
}

/// The values of a call that nothing reads and that have a key like one that is read.
fn misspelled_values(printed: &Printed, job: &ReleaseJob, shared: &Shared) -> Vec<Finding> {
    if job.layers.is_empty() || !unused::may_be_misspelled(&printed.values) {
        return Vec::new();
    }
    let reads = helm::reads(&printed.values, &shared.parses);
    let unused = unused::unused(&printed.values, &reads, Whose::Users, &shared.sources);
    let misspelled = unused.iter().filter(|unused| unused.meant.is_some());
    misspelled.map(Unused::finding).collect()
}

/// What every layer says of a value, the strongest last.
pub fn explain_value(route: &Route, merged: &Merged, job: &ReleaseJob) -> Vec<Word> {
    let Merged { values, sources, .. } = merged;
    let user = values.user_layers(&job.layers, sources, &|path| job.read_file(path));
    values.history(route, &user)
}

/// Says how the pods of everything that some paths hold will be replaced: each chart is a unit, and all other manifests
/// together are one. What cannot be read is in the report, and missing from the forecasts.
pub fn forecast(
    paths: &[PathBuf],
    job: &ReleaseJob,
    circumstances: Circumstances,
) -> (Vec<Forecast>, Report) {
    let shared = Shared::default();
    let sources = &shared.sources;
    let (inputs, findings) = input::discover(paths);
    let mut loose = read_manifests(&inputs, job, sources);
    loose.findings.extend(findings);
    let charts = each(&inputs.charts, |path| read_chart_at(path, job, &shared));
    let (mut forecasts, mut report) = (Vec::new(), Report::default());
    for unit in std::iter::once(loose).chain(charts) {
        let fleet = Fleet::build(&unit.manifests, &job.release.namespace);
        forecasts.extend(forecast::forecast(&fleet, circumstances));
        report.add(report_of(unit, sources));
    }
    judge::sort(&mut report.findings);
    (forecasts, report)
}

/// Where the objects of a side are.
#[derive(Debug, Clone, Copy)]
pub enum Objects<'s> {
    /// In what a path holds.
    Path(&'s Path),
    /// In a release of a cluster.
    Release(&'s StoredRelease),
}

/// What a comparison is done with, whatever the sides.
#[derive(Debug, Clone, Copy)]
pub struct DiffTerms<'a> {
    /// The folder of the project's own schemas, if there is one: they tell what pairs the items of lists.
    pub schemas: Option<&'a Path>,
    /// The day on which suppressions are judged.
    pub today: Option<Date>,
    /// What is shown of what Secrets hold.
    pub secrets: Secrets,
}

/// Compares what two sides hold. What cannot be read is in the report, and missing from the comparison.
///
/// # Errors
/// The old side is a path of another commit, and is not in its repository.
pub fn diff(
    (old, old_job): (Objects<'_>, &ReleaseJob),
    (new, new_job): (Objects<'_>, &ReleaseJob),
    terms: DiffTerms<'_>,
) -> Result<(ChangeSet, Report), Problem> {
    let shared = Shared::of(old_job);
    let then = match (old, &old_job.tree) {
        (Objects::Path(path), Some(tree)) => Some(tree.path(path)?),
        _ => None,
    };
    // A path that was not there has no objects; one of today is there, or the call was refused.
    let read_then = || match &then {
        Some(then) if !then.exists() => UnitOfWork::default(),
        Some(then) => read_all(then, old_job, &shared),
        None => read_side(old, old_job, &shared),
    };
    let (mut old, new) = rayon::join(read_then, || read_side(new, new_job, &shared));
    let (known, unlisted) = list_schemas(terms.schemas);
    old.findings.extend(unlisted);
    Ok(compare((old, old_job), (new, new_job), &known, terms, &shared))
}

/// Compares two sides that were read.
fn compare(
    (mut old, old_job): (UnitOfWork, &ReleaseJob),
    (mut new, new_job): (UnitOfWork, &ReleaseJob),
    known: &[SchemaFile],
    terms: DiffTerms<'_>,
    shared: &Shared,
) -> (ChangeSet, Report) {
    let DiffTerms { today, secrets, .. } = terms;
    let sources = &shared.sources;
    let mut store = SchemaStore::default();
    store.add_crds(&new.manifests);
    store.add_crds(&old.manifests);
    let unreadable = read_schemas(known, &mut store, Some(&new.manifests));
    old.findings.extend(unreadable);
    let mut changes = diff::diff(
        &old.manifests,
        &new.manifests,
        &Setting {
            schemas: &store,
            namespace: &new_job.release.namespace,
            secrets,
            judged: None,
        },
    );
    relate(
        &mut changes,
        (&mut old, old_job),
        (&mut new, new_job),
        None,
        today,
    );
    let mut report = report_of(old, sources);
    report.findings.extend(report_of(new, sources).findings);
    judge::sort(&mut report.findings);
    (changes, report)
}

/// What takes all objects of both sides: forecasts are added, and what somebody has accepted in comments and annotations
/// is marked in the changes and taken out of the findings. `stored` are the new objects as a cluster would store them, where
/// one was asked: with the same numbers, and without comments.
fn relate(
    changes: &mut ChangeSet,
    (old, old_job): (&mut UnitOfWork, &ReleaseJob),
    (new, new_job): (&mut UnitOfWork, &ReleaseJob),
    stored: Option<&ManifestSet>,
    today: Option<Date>,
) {
    if changes.is_empty() && old.findings.is_empty() && new.findings.is_empty() {
        return;
    }
    let rules = catalog::all();
    let ran = RuleSet::of(Vec::new());
    let fleets = [
        Fleet::build(&old.manifests, &old_job.release.namespace),
        Fleet::build(&new.manifests, &new_job.release.namespace),
    ];
    let [of_old, of_new] = fleets.each_ref().map(|fleet| {
        suppress::Notes::read(&suppress::Context {
            fleet,
            rules: &rules,
            ran: &ran,
            today,
        })
    });
    changes.accept(&of_old, &of_new);
    match stored {
        Some(stored) => changes.forecast(&fleets[0], &Fleet::build(stored, &new_job.release.namespace)),
        None => changes.forecast(&fleets[0], &fleets[1]),
    }
    of_old.take(&mut old.findings);
    of_new.take(&mut new.findings);
}

/// Runs a test of a project's own rule.
///
/// # Errors
/// What differs from what the test expects.
pub fn test_rule(custom: &CustomRule, test: &RuleTest) -> Result<(), String> {
    let sources = SourceMap::default();
    let mut unit = UnitOfWork::default();
    let (path, text) = match &test.manifest {
        Ok(text) => (PathBuf::from("manifest"), Arc::clone(text)),
        Err(path) => {
            let mut budget = input::MAX_BYTES;
            let text = input::read(path, &mut budget).map_err(|finding| finding.message)?;
            (path.clone(), text)
        }
    };
    let file = ManifestFile {
        path,
        syntax: Syntax::Yaml,
        strangers: Strangers::Report,
    };
    parse_file(&file, text, &sources, &mut unit);
    if let Some(finding) = unit.findings.first() {
        return Err(finding.message.clone());
    }
    if unit.manifests.is_empty() {
        return Err("there is no object in `manifest` or `file`".to_owned());
    }
    let fleet = Fleet::build(&unit.manifests, "default");
    let mut rules = RuleSet::of(vec![custom.rule]);
    for manifest in &unit.manifests {
        if !custom.selects.matches_object(manifest, fleet.namespace(manifest)) {
            rules.except(manifest.number, Arc::default());
        }
    }
    let findings = lint::lint(&fleet, &rules);
    let fields: Vec<String> = findings
        .iter()
        .map(|finding| match &finding.at {
            Anchor::Route(_, route, _) => route.to_string(),
            Anchor::Text(_) | Anchor::File(_) => String::new(),
        })
        .collect();
    let told: String = findings
        .iter()
        .zip(&fields)
        .map(|(finding, field)| format!("\n- {field}: {}", finding.message))
        .collect();
    let counted = plural(findings.len(), "finding");
    match test.count {
        Some(count) if count != findings.len() => Err(format!(
            "expected {}, got {counted}{told}",
            plural(count, "finding")
        )),
        None if findings.is_empty() => Err("expected a finding, there is none".to_owned()),
        _ if !test.at.is_empty() && test.at != fields => {
            Err(format!("expected findings at {}{told}", test.at.join(", ")))
        }
        _ => Ok(()),
    }
}

/// What the stages say of one unit.
struct Judged {
    unit: UnitOfWork,
    store: SchemaStore,
    /// How many findings notes in the input accept.
    suppressed: usize,
    /// What the project's configuration accepts.
    of_project: Acceptance,
}

/// The report of one unit, and what the project's configuration accepts of it.
fn validate(
    unit: UnitOfWork,
    config: &Config,
    job: &CheckJob,
    known: &[SchemaFile],
    shared: &Shared,
) -> Result<Verdict, UnknownVersion> {
    let Judged {
        unit,
        store,
        suppressed,
        of_project,
    } = judge_unit(unit, config, job, known, shared)?;
    let UnitOfWork {
        manifests,
        findings,
        printed,
        ..
    } = unit;
    let sources = &shared.sources;
    let keys = |id: &ObjectId, list: &Route| store.list_keys(id, list);
    let trails = match &printed {
        None => Trails::new(),
        Some(printed) => {
            let again = Again {
                release: &job.release.release,
                capabilities: &job.release.capabilities,
                options: &job.release.options,
                parses: &shared.parses,
                sources,
            };
            origin::trails(&findings, &manifests, printed, &again)
        }
    };
    let locator = Locator::new(&manifests, sources)
        .with_item_keys(&keys)
        .with_trails(&trails);
    let mut report = located(findings, &manifests, &locator, sources);
    report.suppressed = suppressed + of_project.count;
    if job.wants_relations {
        report.relations = relations(&Fleet::build(&manifests, &job.release.release.namespace));
    }
    Ok((report, of_project))
}

/// Validates and lints one unit; also says what the entries of the project's configuration did.
fn judge_unit(
    unit: UnitOfWork,
    config: &Config,
    job: &CheckJob,
    known: &[SchemaFile],
    shared: &Shared,
) -> Result<Judged, UnknownVersion> {
    let UnitOfWork {
        manifests,
        mut findings,
        templates,
        printed,
        neighbors,
    } = unit;
    let sources = &shared.sources;
    let has_failed = findings
        .iter()
        .any(|finding| finding.rule.stage == Stage::Render && finding.severity == Severity::Error);
    let mut store = SchemaStore::new(&job.kubernetes)?.with_unknown_kinds(job.unknown_kinds);
    store.add_crds(&manifests);
    findings.extend(read_schemas(known, &mut store, Some(&manifests)));
    findings.extend(schema::validate(&manifests, &store));
    findings.extend(admission::admit(&manifests, &store));
    let namespace = &job.release.release.namespace;
    findings.extend(pod_security::apply(
        &manifests,
        namespace,
        job.pod_security,
        &store.versions(),
    ));
    findings.extend(namespace_limits::apply(&manifests, namespace));
    let fleet = Fleet::build(&manifests, namespace)
        .complete(job.is_complete || config.is_complete())
        .partial(has_failed)
        .with_externals(config.externals())
        .with_neighbors(&neighbors);
    let rules = config.rules(&fleet, sources);
    findings.extend(lint::lint(&fleet, &rules));
    findings.extend(lint::lint_templates(&templates, &rules));
    if let Some(printed) = &printed {
        findings.extend(misspelled_values(printed, &job.release, shared));
    }
    judge::drop_guesses(&mut findings, &manifests);
    judge::drop_repeats(&mut findings, &manifests);
    config.weigh(&mut findings, &rules, sources);
    let suppressed = suppress::apply(
        &mut findings,
        &suppress::Context {
            fleet: &fleet,
            rules: &Catalog::with(config.custom_rules()).all(),
            ran: &rules,
            today: job.today,
        },
    );
    let entries = config.ignore();
    let accepted = Acceptance::apply(&mut findings, &entries, &fleet, &rules, sources, job.today);
    let (of_project, of_chart) = accepted.split(job.config.ignore().len());
    for chart in config.layers().skip(job.config.layers().count()) {
        findings.extend(chart.judge(&of_chart, true, job.today, sources));
    }
    drop(entries);
    drop(fleet);
    let unit = UnitOfWork {
        manifests,
        findings,
        templates,
        printed,
        neighbors: Arc::default(),
    };
    Ok(Judged {
        unit,
        store,
        suppressed,
        of_project,
    })
}

/// How the objects of a unit concern each other; a report has them in the order of their numbers.
fn relations(fleet: &Fleet<'_>) -> Vec<Relation> {
    let relations = fleet.relations().into_iter();
    relations
        .map(|(from, to, what)| Relation {
            from: from.0 as usize,
            to: to.0 as usize,
            what,
        })
        .collect()
}

/// The report of findings that have no objects.
pub fn report(findings: Vec<Finding>, sources: &SourceMap) -> Report {
    let unit = UnitOfWork {
        findings,
        ..UnitOfWork::default()
    };
    let mut report = report_of(unit, sources);
    judge::sort(&mut report.findings);
    report
}

/// The files of the project's store; none if it has none.
fn list_schemas(folder: Option<&Path>) -> (Vec<SchemaFile>, Vec<Finding>) {
    match folder.map(|folder| (folder, schemas::list(folder))) {
        None => (Vec::new(), Vec::new()),
        Some((_, Ok(files))) => (files, Vec::new()),
        Some((folder, Err(error))) => {
            let finding = schemas::unreadable(folder, &error.to_string());
            (Vec::new(), vec![finding])
        }
    }
}

/// Adds the project's kinds to a store: those that objects are of (all without objects), the others by name.
fn read_schemas(files: &[SchemaFile], store: &mut SchemaStore, of: Option<&ManifestSet>) -> Vec<Finding> {
    if files.is_empty() {
        return Vec::new();
    }
    let is_used = |file: &SchemaFile| {
        of.is_none_or(|manifests| {
            manifests.iter().any(|manifest| {
                let id = &manifest.id;
                *id.kind == *file.kind && id.group() == file.group && id.version() == file.version
            })
        })
    };
    let (texts, mut findings) = schemas::read(files, is_used);
    let mut kinds = Vec::new();
    for (file, text) in texts {
        match StoredKind::read(&text) {
            Ok(kind) => kinds.push(kind),
            Err(problem) => findings.push(schemas::unreadable(&file.path, &problem)),
        }
    }
    store.add_stored(kinds);
    store.add_listed(
        files
            .iter()
            .map(|file| (file.group.clone(), file.version.clone(), file.kind.clone())),
    );
    findings
}

/// The schemas of `plimsoll schema`: those of the chosen versions and the project's, read or by name alone.
///
/// # Errors
/// A Kubernetes version without schemas, or a store that cannot be read.
pub fn schemas(
    versions: &[KubernetesVersion],
    folder: Option<&Path>,
    read: bool,
) -> anyhow::Result<SchemaStore> {
    let mut store = SchemaStore::new(versions)?;
    let (files, mut findings) = list_schemas(folder);
    if read {
        findings.extend(read_schemas(&files, &mut store, None));
    } else {
        store.add_listed(
            files
                .into_iter()
                .map(|file| (file.group, file.version, file.kind)),
        );
    }
    match findings.into_iter().next() {
        Some(finding) => Err(anyhow::Error::msg(finding.message)),
        None => Ok(store),
    }
}

/// The kinds that CRDs and OpenAPI documents below some paths define, and how many kinds of Kubernetes itself were
/// among them.
///
/// # Errors
/// A file cannot be read.
pub fn kinds_of(paths: &[PathBuf]) -> anyhow::Result<(Vec<StoredKind>, usize)> {
    let sources = SourceMap::default();
    let (inputs, findings) = input::discover(paths);
    let mut unit = UnitOfWork::default();
    let mut kinds: Vec<StoredKind> = Vec::new();
    let (mut embedded, mut budget) = (0, input::MAX_BYTES);
    for file in &inputs.manifests {
        let text =
            input::read(&file.path, &mut budget).map_err(|finding| anyhow::Error::msg(finding.message))?;
        // An OpenAPI document is JSON with a version up front; reading 5 MB of it as YAML first would be slow.
        let document = text
            .trim_start()
            .starts_with('{')
            .then(|| serde_json::from_str(&text).ok())
            .flatten();
        match document.and_then(|document| stored::of_openapi(&document)) {
            Some((found, known)) => {
                kinds.extend(found);
                embedded += known;
            }
            None => parse_file(file, text, &sources, &mut unit),
        }
    }
    if let Some(finding) = findings.into_iter().next() {
        return Err(anyhow::Error::msg(finding.message));
    }
    let is_error = |finding: &&Finding| finding.severity == Severity::Error;
    if let Some(finding) = unit.findings.iter().find(is_error) {
        return Err(anyhow::Error::msg(finding.message.clone()));
    }
    kinds.extend(unit.manifests.iter().flat_map(stored::of_definition));
    sort_kinds(&mut kinds);
    Ok((kinds, embedded))
}

/// The kinds of a live API server, and how many kinds of Kubernetes itself were among them.
///
/// # Errors
/// The server cannot be asked.
pub fn kinds_of_cluster(cluster: &Cluster) -> registry::Result<(Vec<StoredKind>, usize)> {
    let (mut kinds, mut embedded) = (Vec::new(), 0);
    for document in registry::openapi::documents(cluster)? {
        if let Some((found, known)) = stored::of_openapi(&document) {
            kinds.extend(found);
            embedded += known;
        }
    }
    sort_kinds(&mut kinds);
    Ok((kinds, embedded))
}

fn sort_kinds(kinds: &mut [StoredKind]) {
    kinds.sort_by(|a, b| (&a.group, &a.kind, &a.version).cmp(&(&b.group, &b.kind, &b.version)));
}

fn report_of(unit: UnitOfWork, sources: &SourceMap) -> Report {
    let UnitOfWork {
        manifests, findings, ..
    } = unit;
    let locator = Locator::new(&manifests, sources);
    located(findings, &manifests, &locator, sources)
}

fn located(
    findings: Vec<Finding>,
    manifests: &ManifestSet,
    locator: &Locator<'_>,
    sources: &SourceMap,
) -> Report {
    Report {
        findings: findings
            .into_iter()
            .map(|finding| locator.locate(finding))
            .collect(),
        objects: manifests
            .iter()
            .map(|manifest| Checked {
                file: Arc::clone(&sources.get(manifest.source).path),
                id: manifest.id.clone(),
            })
            .collect(),
        ..Report::default()
    }
}

/// One side of a comparison: all objects below a path, charts rendered.
/// Reads one side of a comparison.
fn read_side(side: Objects<'_>, job: &ReleaseJob, shared: &Shared) -> UnitOfWork {
    match side {
        Objects::Path(path) => read_all(path, job, shared),
        Objects::Release(release) => {
            let mut unit = UnitOfWork::default();
            let text = Arc::from(&*release.manifest);
            parse_printed(
                &release.to_string(),
                text,
                SourceKind::Rendered,
                &shared.sources,
                &mut unit,
            );
            unit
        }
    }
}

fn read_all(path: &Path, job: &ReleaseJob, shared: &Shared) -> UnitOfWork {
    let sources = &shared.sources;
    let (inputs, findings) = input::discover(&[path.to_path_buf()]);
    let mut unit = read_manifests(&inputs, job, sources);
    unit.findings.extend(findings);
    for chart in each(&inputs.charts, |path| read_chart_at(path, job, shared)) {
        unit.findings.extend(chart.findings);
        for manifest in &chart.manifests {
            unit.manifests.push(manifest.clone());
        }
    }
    unit
}

/// Reads the manifests that stand outside of charts: one unit, whatever files they are in.
fn read_manifests(inputs: &Inputs, job: &ReleaseJob, sources: &SourceMap) -> UnitOfWork {
    let mut unit = UnitOfWork::default();
    let mut budget = input::MAX_BYTES;
    for file in &inputs.manifests {
        let edited = (!job.texts.is_empty())
            .then(|| job.texts.get(&shown(&file.path)))
            .flatten();
        let read = match edited {
            Some(text) => Ok(Arc::clone(text)),
            None => input::read(&file.path, &mut budget),
        };
        match read {
            Ok(text) => parse_file(file, text, sources, &mut unit),
            Err(finding) => unit.findings.push(finding),
        }
    }
    unit
}

fn parse_file(file: &ManifestFile, text: Arc<str>, sources: &SourceMap, unit: &mut UnitOfWork) {
    let source = sources.add(shown(&file.path), Arc::clone(&text), SourceKind::File);
    let UnitOfWork {
        manifests, findings, ..
    } = unit;
    match file.syntax {
        Syntax::Yaml => parse::parse_shared(text, source, 0, file.strangers, manifests, findings),
        Syntax::Markdown => {
            for block in markdown::blocks(&text) {
                parse::parse(&text, source, block, file.strangers, manifests, findings);
            }
        }
    }
}

/// Loads and renders a chart and reads the objects it prints.
fn read_chart_at(path: &Path, job: &ReleaseJob, shared: &Shared) -> UnitOfWork {
    read_chart(&load_chart(path, job, &shared.sources), job, shared)
}

/// Renders a chart and reads the objects it prints.
fn read_chart(chart: &Loaded, job: &ReleaseJob, shared: &Shared) -> UnitOfWork {
    let (released, findings) = render_chart(chart, job, shared);
    let mut unit = UnitOfWork {
        findings,
        ..UnitOfWork::default()
    };
    let Some(Released { values, rendered }) = released else {
        return unit;
    };
    unit.templates = rendered.templates;
    for file in rendered.crds.iter().filter(|_| !job.without_crds) {
        parse_rendered(file, SourceKind::File, &shared.sources, &mut unit);
    }
    unit.manifests.begin_release();
    let mut files = BTreeMap::new();
    for file in rendered.files {
        let source = parse_rendered(&file, SourceKind::Rendered, &shared.sources, &mut unit);
        files.insert(source, file);
    }
    unit.printed = Some(Printed { values, files });
    unit
}

fn parse_rendered(
    file: &RenderedFile,
    kind: SourceKind,
    sources: &SourceMap,
    unit: &mut UnitOfWork,
) -> SourceId {
    let text: Arc<str> = Arc::from(String::from_utf8_lossy(&file.bytes));
    parse_printed(&file.path, text, kind, sources, unit)
}

/// Reads a text that holds nothing but objects.
fn parse_printed(
    path: &str,
    text: Arc<str>,
    kind: SourceKind,
    sources: &SourceMap,
    unit: &mut UnitOfWork,
) -> SourceId {
    let source = sources.add(path, Arc::clone(&text), kind);
    parse::parse_shared(
        text,
        source,
        0,
        Strangers::Report,
        &mut unit.manifests,
        &mut unit.findings,
    );
    source
}

/// Loads a chart, with the dependencies that are in the cache.
fn load_chart(path: &Path, job: &ReleaseJob, sources: &SourceMap) -> Loaded {
    let (chart, mut findings) = chart::load_with(path, &job.texts, job.compat, sources);
    let Some(mut chart) = chart else {
        return (None, findings);
    };
    findings.extend(registry::supply(
        &mut chart,
        job.cache.as_ref(),
        job.compat,
        sources,
    ));
    (Some(Arc::new(chart)), findings)
}

/// Values, render, of a chart that was loaded. No text when an earlier stage says that there is nothing to render.
fn render_chart(
    (chart, found): &Loaded,
    job: &ReleaseJob,
    shared: &Shared,
) -> (Option<Released>, Vec<Finding>) {
    let mut findings = found.clone();
    let Some(chart) = chart else {
        return (None, findings);
    };
    let (released, more) = render_release(Arc::clone(chart), job, &|path| job.read_file(path), shared);
    findings.extend(more);
    (released, findings)
}

/// Values, render: what is left to do with a chart that has its dependencies. `read_file` reads what `--set-file` names.
/// No text when the values cannot be made.
pub fn render_release(
    chart: Arc<Chart>,
    job: &ReleaseJob,
    read_file: FileReader<'_>,
    shared: &Shared,
) -> (Option<Released>, Vec<Finding>) {
    let Shared {
        sources,
        parses,
        value_schemas,
    } = shared;
    let mut findings = chart.refusals();
    // What a dependency that is not there would have defined is missing everywhere: that is said once.
    if findings.iter().any(|finding| finding.severity == Severity::Error) {
        return (None, findings);
    }
    let (values, more) = values::resolve(&chart, &job.layers, job.compat, sources, read_file);
    findings.extend(more);
    let Some(values) = values else {
        return (None, findings);
    };
    findings.extend(parses.parse_beside(&values, || {
        if job.skip_schema_validation {
            return Vec::new();
        }
        values::validate(&values, value_schemas, sources)
    }));
    let (rendered, more) = render::render(
        &chart,
        &values,
        &job.release,
        &job.capabilities,
        &job.options,
        parses,
        sources,
    );
    findings.extend(more);
    (Some(Released { values, rendered }), findings)
}

/// Maps over inputs, on all cores when there is more than one, in their order.
fn each<T: Send>(paths: &[PathBuf], work: impl Fn(&Path) -> T + Sync) -> Vec<T> {
    match paths {
        [path] => vec![work(path)],
        paths => paths.par_iter().map(|path| work(path)).collect(),
    }
}

/// A path as the user gave it, without the `./` of a walk that began at the folder they stand in.
fn shown(path: &Path) -> String {
    path.strip_prefix(".").unwrap_or(path).display().to_string()
}
