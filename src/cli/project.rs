//! The releases and environments of a project that a call is about, each with all it is rendered and judged with.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::bail;

use super::config::ConfigArgs;
use super::release::ReleaseArgs;
use crate::config::Layer;
use crate::config::project::{Environment, Phrase, Project, Release};
use crate::finding::{Finding, Severity};
use crate::input::UNREADABLE_INPUT;
use crate::input::project::PROJECT_FILE;
use crate::manifest::select::Pattern;
use crate::pipeline::{self, CheckJob, Unit};
use crate::registry::sha256;
use crate::report::Report;
use crate::revision::Tree;
use crate::source::{SourceKind, SourceMap};
use crate::suggest;
use crate::values::ValuesFile;

#[derive(Debug, Clone, Default, clap::Args)]
#[command(next_help_heading = "Project")]
pub(super) struct SelectArgs {
    /// Environments of the project, by name or pattern (`prod-*`); all when not given
    #[arg(short, long = "environment", value_delimiter = ',', value_name = "NAME,…")]
    environments: Vec<String>,

    /// Releases of the project by their labels: `team=web`, `tier!=front`, or both with a comma; `name`, `namespace` and
    /// `chart` are labels too. Repeated, for either
    #[arg(short = 'l', long = "selector", value_name = "LABEL=VALUE,…")]
    selectors: Vec<String>,
}

/// One condition of `--selector`.
struct Condition<'a> {
    label: &'a str,
    value: &'a str,
    is_equal: bool,
}

impl SelectArgs {
    /// Whether the call can only be about a project.
    pub(super) fn any(&self) -> bool {
        !self.environments.is_empty() || !self.selectors.is_empty()
    }

    /// The words of the call.
    pub(super) fn words(&self) -> Vec<String> {
        let environments = self.environments.iter().map(|word| format!("-e {word}"));
        let selectors = self.selectors.iter().map(|word| format!("-l {word}"));
        environments.chain(selectors).collect()
    }

    /// The environments that are meant. Of another commit, one may not be there.
    fn environments<'p>(&self, project: &'p Project, is_today: bool) -> anyhow::Result<Vec<&'p Environment>> {
        let names: Vec<&str> = project.environments.iter().map(|known| &*known.name).collect();
        let mut chosen: BTreeSet<&str> = BTreeSet::new();
        for word in &self.environments {
            let pattern = Pattern::new(word).map_err(|needed| anyhow::anyhow!("`{word}`: write {needed}"))?;
            let meant: Vec<&str> = names
                .iter()
                .copied()
                .filter(|name| pattern.matches(name))
                .collect();
            if meant.is_empty() && is_today {
                let help = match suggest::nearest(word, names.iter().copied()) {
                    Some(nearest) => format!("did you mean `{nearest}`?"),
                    None => format!("there are {}", suggest::list(&names)),
                };
                bail!("no environment is called `{word}`; {help}");
            }
            chosen.extend(meant);
        }
        let is_chosen = |known: &&Environment| self.environments.is_empty() || chosen.contains(&*known.name);
        Ok(project.environments.iter().filter(is_chosen).collect())
    }

    /// The releases that are meant, likewise.
    fn releases<'p>(&self, project: &'p Project, is_today: bool) -> anyhow::Result<Vec<&'p Release>> {
        let mut chosen: BTreeSet<&str> = BTreeSet::new();
        for word in &self.selectors {
            let conditions: Vec<Condition<'_>> = word.split(',').map(condition).collect::<Result<_, _>>()?;
            let meets = |release: &&Release| {
                conditions.iter().all(|condition| {
                    let values = labels(release, condition.label);
                    values.iter().any(|value| value == condition.value) == condition.is_equal
                })
            };
            let names: Vec<&str> = project
                .releases
                .iter()
                .filter(meets)
                .map(|release| &*release.name)
                .collect();
            if names.is_empty() && is_today {
                bail!(
                    "no release is chosen by `{word}`{}",
                    nearest_label(&conditions, project)
                );
            }
            chosen.extend(names);
        }
        let is_chosen = |release: &&Release| self.selectors.is_empty() || chosen.contains(&*release.name);
        Ok(project.releases.iter().filter(is_chosen).collect())
    }
}

/// Reads `team=web`, `team==web` or `team!=web`.
fn condition(word: &str) -> anyhow::Result<Condition<'_>> {
    let (label, value, is_equal) = if let Some((label, value)) = word.split_once("!=") {
        (label, value, false)
    } else if let Some((label, value)) = word.split_once("==").or_else(|| word.split_once('=')) {
        (label, value, true)
    } else {
        bail!("`{word}` chooses no releases; write `label=value` or `label!=value`");
    };
    Ok(Condition {
        label: label.trim(),
        value: value.trim(),
        is_equal,
    })
}

/// The values of a label: one's own, or helmfile's own `name`, `namespace` and `chart`.
fn labels(release: &Release, label: &str) -> Vec<String> {
    let written = |phrase: &Phrase| phrase.stencil.to_string();
    match (release.labels.get(label), label) {
        (Some(value), _) => vec![value.clone()],
        (None, "name") => vec![release.name.to_string()],
        (None, "chart") => vec![written(&release.chart)],
        (None, "namespace") => [&release.deploy, &*release.defaults]
            .into_iter()
            .find_map(|deploy| deploy.namespace.as_ref())
            .map(written)
            .into_iter()
            .collect(),
        (None, _) => Vec::new(),
    }
}

/// What was probably meant by a label or value that no release has.
fn nearest_label(conditions: &[Condition<'_>], project: &Project) -> String {
    let releases = &project.releases;
    for condition in conditions.iter().filter(|condition| condition.is_equal) {
        let values: BTreeSet<String> = releases
            .iter()
            .flat_map(|release| labels(release, condition.label))
            .collect();
        let values: Vec<&str> = values.iter().map(String::as_str).collect();
        if values.is_empty() {
            let own = releases.iter().flat_map(|release| release.labels.keys());
            let known: BTreeSet<&str> = own
                .map(String::as_str)
                .chain(["name", "namespace", "chart"])
                .collect();
            let known: Vec<&str> = known.into_iter().collect();
            let help = suggest::meant_or(
                condition.label,
                &known,
                format!("there are the labels {}", suggest::list(&known)),
            );
            return format!(": no release has a label `{}`; {help}", condition.label);
        }
        if !values.contains(&condition.value) {
            let help = suggest::meant_or(
                condition.value,
                &values,
                format!("there are {}", suggest::list(&values)),
            );
            return format!(": `{}` is nowhere `{}`; {help}", condition.label, condition.value);
        }
    }
    String::new()
}

/// Whether a call is about the releases of a project: it names no paths, and the project is that of the folder.
///
/// # Errors
/// It chooses releases where there are none.
pub(super) fn is_meant(
    project: &Project,
    select: &SelectArgs,
    paths: &[PathBuf],
    is_here: bool,
) -> anyhow::Result<bool> {
    if !select.any() {
        return Ok(!project.is_empty() && paths.is_empty() && is_here);
    }
    anyhow::ensure!(
        paths.is_empty(),
        "-e and -l choose releases of a project: name no paths beside them"
    );
    anyhow::ensure!(
        !project.is_empty(),
        "-e and -l choose releases of a project, and no `{PROJECT_FILE}` names any here (docs/project.md)"
    );
    Ok(true)
}

/// The releases that are meant in the environments that are meant.
pub(super) struct Chosen {
    /// Those that can be rendered, by environment.
    pub(super) units: Vec<Unit>,
    /// What keeps others from it.
    pub(super) findings: Vec<Finding>,
    /// Whether nothing of the project was left out.
    pub(super) is_whole: bool,
}

/// What a call says of all releases: it wins over what the file says.
pub(super) struct Said<'a> {
    /// The flags of the call.
    pub(super) args: &'a ReleaseArgs,
    /// Whether the call names a Pod Security Standard.
    pub(super) is_pss_said: bool,
    /// The files of another commit, if the project is that of one.
    pub(super) tree: Option<&'a Arc<Tree>>,
    /// What holds where neither an environment nor a release says otherwise.
    pub(super) job: &'a CheckJob,
}

/// Chooses releases and environments, and reads their values files.
pub(super) fn choose(
    project: &Project,
    select: &SelectArgs,
    said: &Said<'_>,
    sources: &SourceMap,
) -> anyhow::Result<Chosen> {
    let Said {
        args,
        is_pss_said,
        tree,
        job,
    } = *said;
    anyhow::ensure!(
        args.name.is_none(),
        "--name is for a single chart; the releases of a project have names of their own"
    );
    let mut maker = Maker {
        args,
        is_pss_said,
        job,
        tree,
        sources,
        files: BTreeMap::new(),
        missing: BTreeMap::new(),
        findings: Vec::new(),
    };
    let mut units = Vec::new();
    let is_today = tree.is_none();
    let environments = select.environments(project, is_today)?;
    let releases = select.releases(project, is_today)?;
    for environment in environments {
        let there = maker.environment(environment)?;
        let releases = releases
            .iter()
            .filter(|release| release.is_for(&environment.name));
        units.extend(releases.filter_map(|release| maker.unit(release, environment, &there)));
    }
    anyhow::ensure!(
        !units.is_empty() || !maker.findings.is_empty() || !is_today,
        "none of the chosen releases is for the chosen environments"
    );
    let is_whole = !select.any();
    if is_whole {
        maker.tell_nowhere();
    }
    Ok(Chosen {
        units,
        findings: maker.findings,
        is_whole,
    })
}

/// Makes units, and reads each values file once.
struct Maker<'a> {
    args: &'a ReleaseArgs,
    is_pss_said: bool,
    job: &'a CheckJob,
    tree: Option<&'a Arc<Tree>>,
    sources: &'a SourceMap,
    files: BTreeMap<PathBuf, Result<Vec<u8>, String>>,
    /// Values files that may be missing, by what names them: where one is, that it is not lost.
    missing: BTreeMap<(Arc<str>, u32), (Phrase, bool)>,
    findings: Vec<Finding>,
}

impl Maker<'_> {
    /// What holds for all releases of an environment.
    fn environment(&self, environment: &Environment) -> anyhow::Result<CheckJob> {
        let mut job = self.job.clone();
        job.config = job.config.with(Some(&environment.layer));
        let mut args = self.args.clone();
        for layer in job.config.layers().rev() {
            args = args.or(layer);
        }
        args.api_versions.extend(environment.api_versions.iter().cloned());
        job.kubernetes = args.kubernetes();
        job.release.tree = self.tree.cloned();
        job.release.capabilities = args.capabilities()?;
        if let Some(standard) = environment.layer.pod_security.filter(|_| !self.is_pss_said) {
            job.pod_security = standard;
        }
        Ok(job)
    }

    fn unit(&mut self, release: &Release, environment: &Environment, there: &CheckJob) -> Option<Unit> {
        let chart = release.chart.path(release, environment);
        if !chart.exists() {
            self.findings.push(no_chart(release, &chart, self.sources));
            return None;
        }
        let mut job = there.clone();
        let ReleaseArgs { namespace, .. } = self.args;
        let said = release
            .deploys(environment)
            .rev()
            .find_map(|deploy| deploy.namespace.as_ref());
        let said = said.map(|phrase| phrase.text(release, environment));
        job.release.release.name = release.name.to_string();
        if let Some(namespace) = namespace.clone().or(said) {
            job.release.release.namespace = namespace;
        }
        let (mut files, mut set) = (Vec::new(), Vec::new());
        let mut is_there = true;
        for deploy in release.deploys(environment) {
            for phrase in &deploy.values {
                let path = phrase.path(release, environment);
                let optional = release.ignores_missing_values;
                let found = path.exists();
                if optional {
                    let known = self.missing.entry(phrase.place.key());
                    known.or_insert_with(|| (phrase.clone(), false)).1 |= found;
                }
                if found {
                    files.push(self.read(&path));
                } else if !optional {
                    self.findings
                        .push(no_values(phrase, &path, environment, self.sources));
                    is_there = false;
                }
            }
            set.extend(deploy.set.iter().map(|phrase| phrase.text(release, environment)));
        }
        let layers = &mut job.release.layers;
        files.append(&mut layers.files);
        set.append(&mut layers.set);
        (layers.files, layers.set) = (files, set);
        is_there.then(|| Unit {
            environment: Arc::clone(&environment.name),
            chart,
            job,
        })
    }

    fn read(&mut self, path: &Path) -> ValuesFile {
        let bytes = self
            .files
            .entry(path.to_path_buf())
            .or_insert_with(|| std::fs::read(path).map_err(|error| error.to_string()));
        ValuesFile {
            path: path.display().to_string(),
            bytes: bytes.clone(),
        }
    }

    /// Tells of values files that may be missing and are nowhere: that is no choice, but a mistake in the name.
    fn tell_nowhere(&mut self) {
        for (phrase, found) in self.missing.values() {
            if *found {
                continue;
            }
            let message = format!("no environment has a values file `{}`", phrase.stencil);
            let mut finding = Finding::new(&UNREADABLE_INPUT, phrase.place.anchor(self.sources), message)
                .help("correct the path, which is seen from this file, or leave the line out");
            finding.severity = Severity::Warning;
            self.findings.push(finding);
        }
    }
}

fn no_chart(release: &Release, chart: &Path, sources: &SourceMap) -> Finding {
    let written = release.chart.stencil.to_string();
    let (message, help) = if written.contains("://") {
        let message = format!("`{written}` is not on this machine, and charts of a project are not fetched");
        (
            message,
            "fetch it (`helm pull`), and name the archive or folder".to_owned(),
        )
    } else {
        let message = format!("there is no chart at `{}`", chart.display());
        let help = nearest_name(chart).map_or_else(
            || "name a folder or an archive, seen from this file".to_owned(),
            |nearest| format!("did you mean `{nearest}`?"),
        );
        (message, help)
    };
    Finding::new(&UNREADABLE_INPUT, release.chart.place.anchor(sources), message).help(help)
}

fn no_values(phrase: &Phrase, path: &Path, environment: &Environment, sources: &SourceMap) -> Finding {
    let message = format!(
        "there is no values file `{}` for the environment `{}`",
        path.display(),
        environment.name
    );
    let otherwise = "write the file, or allow it to be missing: `ignore-missing-value-files: true`";
    let help = match nearest_name(path) {
        Some(nearest) => format!("did you mean `{nearest}`? Or {otherwise}"),
        None => otherwise.to_owned(),
    };
    Finding::new(&UNREADABLE_INPUT, phrase.place.anchor(sources), message).help(help)
}

/// What is beside a path that is not there and is called almost so.
fn nearest_name(path: &Path) -> Option<String> {
    let folder = path.parent().filter(|folder| *folder != Path::new(""));
    let entries = std::fs::read_dir(folder.unwrap_or(Path::new("."))).ok()?;
    let mut names: Vec<String> = entries
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .collect();
    names.sort();
    let wrong = path.file_name()?.to_str()?;
    let nearest = suggest::nearest(wrong, names.iter().map(String::as_str))?;
    Some(path.with_file_name(nearest).display().to_string())
}

/// The releases that are meant as they were at another commit. None where there was no project.
pub(super) fn choose_then(
    config: &ConfigArgs,
    select: &SelectArgs,
    said: &Said<'_>,
    tree: &Arc<Tree>,
) -> anyhow::Result<Vec<Unit>> {
    let sources = SourceMap::with_names(tree.names());
    let layer = config.whole_then(tree, &sources)?;
    Ok(choose(&layer.project, select, said, &sources)?.units)
}

/// What a call that renders is about: the releases of a project, if it names no path and the project has any.
///
/// # Errors
/// The configuration cannot be used, or nothing is chosen.
pub(super) fn to_render(
    config: &ConfigArgs,
    select: &SelectArgs,
    paths: &[PathBuf],
    args: &ReleaseArgs,
) -> anyhow::Result<Option<ToRender>> {
    let sources = SourceMap::default();
    let layer = config.whole(&sources)?;
    let is_here = config.is_named() || layer.base.is_within(Path::new("."));
    if !is_meant(&layer.project, select, paths, is_here)? {
        return Ok(None);
    }
    ToRender::of(layer, select, args, None, &sources).map(Some)
}

/// The same as it was at another commit. Nothing where there was no project.
pub(super) fn to_render_then(
    config: &ConfigArgs,
    select: &SelectArgs,
    args: &ReleaseArgs,
    tree: &Arc<Tree>,
) -> anyhow::Result<ToRender> {
    let sources = SourceMap::with_names(tree.names());
    let layer = config.whole_then(tree, &sources)?;
    ToRender::of(layer, select, args, Some(tree), &sources)
}

/// Releases that are rendered, and what keeps others from it.
pub(super) struct ToRender {
    /// The releases.
    pub(super) units: Vec<Unit>,
    /// What is wrong with others.
    pub(super) report: Report,
    /// The SHA-256 of the project's files, by their paths.
    pub(super) files: BTreeMap<String, String>,
    /// The folder of the project's own schemas, as the file says it.
    pub(super) schemas: Option<PathBuf>,
}

impl ToRender {
    fn of(
        mut layer: Layer,
        select: &SelectArgs,
        args: &ReleaseArgs,
        tree: Option<&Arc<Tree>>,
        sources: &SourceMap,
    ) -> anyhow::Result<Self> {
        let project = std::mem::take(&mut layer.project);
        let schemas = layer.schemas.clone();
        let files = sources.all();
        let files = files.iter().filter(|source| source.kind == SourceKind::File);
        let files = files
            .map(|source| (source.path.to_string(), sha256(source.text().as_bytes())))
            .collect();
        let job = CheckJob::to_render(args.release()?, layer);
        let said = Said {
            args,
            is_pss_said: false,
            tree,
            job: &job,
        };
        let chosen = choose(&project, select, &said, sources)?;
        Ok(Self {
            units: chosen.units,
            report: pipeline::report(chosen.findings, sources),
            files,
            schemas,
        })
    }
}
