//! `fix`: rounds of checking, editing and looking whether the edits did what they promised, until nothing changes.
//!
//! Nothing is written here: edits stand in for the files until who called decides.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::Value;

use super::{CheckJob, ReleaseJob, Shared, UnitOfWork, WrongCall};
use crate::config::Config;
use crate::finding::locate::{Located, Locator};
use crate::finding::{Anchor, Edit, Finding, Fix, Safety, Severity};
use crate::fix::{self, TextEdit, ValueLeaf};
use crate::input::schemas::SchemaFile;
use crate::input::{self, Inputs, STDIN};
use crate::manifest::{Manifest, ManifestId, ManifestSet, json};
use crate::source::{SourceKind, SourceMap, Texts};

/// The most rounds: fixes that lie beside each other are made one after the other.
const MAX_ROUNDS: usize = 16;

/// What `fix` is to do.
#[derive(Debug)]
pub struct FixJob {
    /// What is checked, and how.
    pub check: CheckJob,
    /// The rules whose findings are mended; all without.
    pub rules: Option<BTreeSet<&'static str>>,
    /// The rules that were named, whose unsafe fixes are made too.
    pub named: BTreeSet<&'static str>,
}

impl FixJob {
    fn wants(&self, finding: &Finding) -> bool {
        let rule = finding.rule.name;
        finding.fix.as_ref().is_some_and(|fix| {
            self.rules.as_ref().is_none_or(|rules| rules.contains(rule))
                && (fix.safety == Safety::Safe || self.named.contains(rule))
        })
    }
}

/// What was mended, and what could not be.
#[derive(Debug, Default)]
pub struct Fixed {
    /// The files that change, by path.
    pub files: BTreeMap<String, FixedFile>,
    /// What has a fix that was not made, and why.
    pub left: Vec<(Located, &'static str)>,
}

/// A file that changes.
#[derive(Debug)]
pub struct FixedFile {
    /// Its text on disk.
    pub before: Arc<str>,
    /// Its text with all edits.
    pub after: Arc<str>,
    /// How many findings of each rule that mends.
    pub rules: BTreeMap<&'static str, usize>,
}

/// Mends what a job names.
///
/// # Errors
/// As [`check`](super::check).
pub fn fix(job: &FixJob) -> Result<Fixed, WrongCall> {
    let check = &job.check;
    crate::schema::SchemaStore::new(&check.kubernetes)?;
    let (known, _) = super::list_schemas(check.schemas.as_deref());
    let (inputs, _) = input::discover(&check.paths);
    let layers = super::chart_layers(&inputs.charts, check, &SourceMap::default())?;
    let mut fixed = Fixed::default();
    // A values file that several charts are rendered with cannot be judged by one of them.
    let has_own_values = inputs.charts.len() == 1;
    let charts = inputs.charts.iter().map(|path| Target::Chart(path));
    for target in std::iter::once(Target::Manifests(&inputs)).chain(charts) {
        let config = match target {
            Target::Chart(path) => check.config.with(layers.get(path)),
            Target::Manifests(_) => check.config.clone(),
        };
        Mender {
            job,
            target,
            config: &config,
            known: &known,
            values: if has_own_values {
                values_files(&check.release)
            } else {
                Vec::new()
            },
        }
        .mend(&mut fixed)?;
    }
    Ok(fixed)
}

fn values_files(job: &ReleaseJob) -> Vec<String> {
    job.layers.files.iter().map(|file| file.path.clone()).collect()
}

/// What is read and judged together.
#[derive(Clone, Copy)]
enum Target<'a> {
    Manifests(&'a Inputs),
    Chart(&'a Path),
}

struct Mender<'a> {
    job: &'a FixJob,
    target: Target<'a>,
    config: &'a Config,
    known: &'a [SchemaFile],
    /// The values files that belong to this target alone.
    values: Vec<String>,
}

/// One fix with what it does to texts.
struct Plan<'f> {
    finding: &'f Finding,
    object: ManifestId,
    edit: &'f Edit,
    /// By path.
    texts: BTreeMap<String, Vec<TextEdit>>,
}

impl Plan<'_> {
    fn collides(&self, other: &Self) -> bool {
        let same = self
            .texts
            .iter()
            .filter_map(|(path, edits)| Some((edits, other.texts.get(path)?)));
        same.into_iter().any(|(ours, theirs)| {
            ours != theirs
                && ours
                    .iter()
                    .any(|our| theirs.iter().any(|their| our.overlaps(their)))
        })
    }
}

impl Mender<'_> {
    fn mend(&self, fixed: &mut Fixed) -> Result<(), WrongCall> {
        for round in 1.. {
            let texts: Arc<Texts> = Arc::new(
                fixed
                    .files
                    .iter()
                    .map(|(path, file)| (path.clone(), Arc::clone(&file.after)))
                    .collect(),
            );
            let shared = Shared::default();
            let unit = self.read(&texts, &shared);
            let problems = errors(&unit);
            let judged = super::judge_unit(unit, self.config, &self.job.check, self.known, &shared)?;
            let UnitOfWork {
                manifests, findings, ..
            } = judged.unit;
            let locator = Locator::new(&manifests, &shared.sources);
            let mut left = Vec::new();
            let mut plans = Vec::new();
            for finding in findings.iter().filter(|finding| self.job.wants(finding)) {
                match self.plan(finding, &manifests, &shared.sources, &texts) {
                    Ok(plan) => plans.push(plan),
                    Err(why) => left.push((finding, why)),
                }
            }
            let mut chosen: Vec<Plan<'_>> = Vec::new();
            let mut waiting = Vec::new();
            for plan in plans {
                if chosen.iter().any(|other| other.collides(&plan)) {
                    waiting.push(plan.finding);
                } else {
                    chosen.push(plan);
                }
            }
            let before: Vec<Value> = manifests
                .iter()
                .map(|manifest| json::of(manifest.node()))
                .collect();
            let trial = Trial {
                mender: self,
                before: &before,
                problems,
                texts: &texts,
                plans: &chosen,
            };
            let (mut made, mut refused) = (Vec::new(), Vec::new());
            trial.settle(&(0..chosen.len()).collect::<Vec<_>>(), &mut made, &mut refused);
            left.extend(refused.iter().map(|number| {
                (
                    chosen[*number].finding,
                    "the edit would change more than it should",
                )
            }));
            for (path, after) in trial.edited(&made) {
                let Some(before) = fixed
                    .files
                    .get(&path)
                    .map_or_else(|| on_disk(&path), |file| Some(Arc::clone(&file.before)))
                else {
                    continue;
                };
                let file = fixed.files.entry(path.clone()).or_insert_with(|| FixedFile {
                    after: Arc::clone(&before),
                    before,
                    rules: BTreeMap::new(),
                });
                file.after = after;
                for number in made
                    .iter()
                    .filter(|number| chosen[**number].texts.contains_key(&path))
                {
                    *file.rules.entry(chosen[*number].finding.rule.name).or_default() += 1;
                }
            }
            if made.is_empty() || round == MAX_ROUNDS {
                left.extend(
                    waiting
                        .into_iter()
                        .map(|finding| (finding, "it lies beside an edit that cannot be made")),
                );
                let located = left
                    .into_iter()
                    .map(|(finding, why)| (locator.locate(finding.clone()), why));
                fixed.left.extend(located);
                return Ok(());
            }
        }
        Ok(())
    }

    fn read(&self, texts: &Arc<Texts>, shared: &Shared) -> UnitOfWork {
        let release = self.job.check.release.with_texts(texts);
        match self.target {
            Target::Manifests(inputs) => super::read_manifests(inputs, &release, &shared.sources),
            Target::Chart(path) => super::read_chart_at(path, &release, shared),
        }
    }

    /// What a fix does to which texts, or why that is not known.
    fn plan<'f>(
        &self,
        finding: &'f Finding,
        manifests: &ManifestSet,
        sources: &SourceMap,
        texts: &Texts,
    ) -> Result<Plan<'f>, &'static str> {
        let Some(Fix { edit, .. }) = finding.fix.as_deref() else {
            return Err("there is no fix for it");
        };
        let manifest = match &finding.at {
            Anchor::Route(number, ..) => Some(manifests.get(*number)),
            Anchor::Text(span) => manifests.iter().find(|manifest| {
                let doc = manifest.span(manifest.doc.span());
                doc.file == span.file && (doc.start..doc.end).contains(&span.start)
            }),
            Anchor::File(_) => None,
        };
        let manifest = manifest.ok_or("it is not in an object")?;
        let edits = fix::edits(manifest, edit).ok_or("its text gives no sure place for the edit")?;
        let source = sources.get(manifest.source);
        let path = source.path.to_string();
        let edits_by_path = match source.kind {
            SourceKind::Flag => return Err("it comes from a flag"),
            SourceKind::File => {
                let text = current(&path, texts).ok_or("it is in no file that can be written")?;
                if text != *source.text() {
                    return Err("its file is not read as it is written");
                }
                BTreeMap::from([(path, edits)])
            }
            SourceKind::Rendered => {
                let template = current(&path, texts).ok_or("its template is in an archive")?;
                let literal: Option<Vec<TextEdit>> = edits
                    .iter()
                    .map(|edit| fix::in_template(edit, source.text(), &template))
                    .collect();
                match literal {
                    Some(edits) => BTreeMap::from([(path, edits)]),
                    None => self
                        .in_values(manifest, edit, &path, texts)
                        .ok_or("neither its template nor a values file holds it as it is printed")?,
                }
            }
        };
        Ok(Plan {
            finding,
            object: manifest.number,
            edit,
            texts: edits_by_path,
        })
    }

    /// An edit of the one values file whose leaf a value was made of.
    fn in_values(
        &self,
        manifest: &Manifest,
        edit: &Edit,
        template: &str,
        texts: &Texts,
    ) -> Option<BTreeMap<String, Vec<TextEdit>>> {
        let Edit::Set(route, Value::String(new)) = edit else {
            return None;
        };
        let old = manifest.at(route).filter(|node| node.is_scalar())?.str();
        let Target::Chart(chart) = self.target else {
            return None;
        };
        let mut paths = self.values.clone();
        let of_template = Path::new(template)
            .ancestors()
            .find(|folder| folder.file_name().is_some_and(|name| name == "templates"));
        let charts = [Some(chart), of_template.and_then(Path::parent)];
        for folder in charts.into_iter().flatten() {
            let path = super::shown(&folder.join("values.yaml"));
            if !paths.contains(&path) {
                paths.push(path);
            }
        }
        let docs: Vec<(String, plimsoll_yaml::Doc)> = paths
            .into_iter()
            .filter_map(|path| {
                let text = current(&path, texts)?;
                let stream = plimsoll_yaml::parse(text, &plimsoll_yaml::Limits::default());
                Some((path, stream.docs.into_iter().next()?))
            })
            .collect();
        let leaves: Vec<(usize, ValueLeaf<'_>)> = docs
            .iter()
            .enumerate()
            .flat_map(|(number, (_, doc))| ValueLeaf::all(doc).into_iter().map(move |leaf| (number, leaf)))
            .collect();
        let all: Vec<ValueLeaf<'_>> = leaves.iter().map(|(_, leaf)| *leaf).collect();
        let (leaf, edit) = fix::in_values(&all, old, new)?;
        let (path, _) = docs.get(leaves.get(leaf)?.0)?;
        Some(BTreeMap::from([(path.clone(), vec![edit])]))
    }
}

/// How many errors reading alone has found.
fn errors(unit: &UnitOfWork) -> usize {
    unit.findings
        .iter()
        .filter(|finding| finding.severity == Severity::Error)
        .count()
}

/// The text of a file with the edits so far; `None` for what is no file that can be written.
fn current(path: &str, texts: &Texts) -> Option<Arc<str>> {
    texts.get(path).cloned().or_else(|| on_disk(path))
}

fn on_disk(path: &str) -> Option<Arc<str>> {
    let file = PathBuf::from(path);
    if path == STDIN || !file.is_file() {
        return None;
    }
    std::fs::read_to_string(file).ok().map(Arc::from)
}

/// The fixes of a round, to be tried.
struct Trial<'t, 'f> {
    mender: &'t Mender<'t>,
    /// The objects before the round.
    before: &'t [Value],
    /// How many errors reading has found before the round.
    problems: usize,
    texts: &'t Texts,
    plans: &'t [Plan<'f>],
}

impl Trial<'_, '_> {
    /// Sorts fixes into those that can be made together and those that break a promise: all at once, or else by halves.
    fn settle(&self, group: &[usize], made: &mut Vec<usize>, refused: &mut Vec<usize>) {
        if group.is_empty() {
            return;
        }
        let all = [made.as_slice(), group].concat();
        if self.holds(&all) {
            made.extend(group);
        } else if let [only] = group {
            refused.push(*only);
        } else {
            let (first, second) = group.split_at(group.len() / 2);
            self.settle(first, made, refused);
            self.settle(second, made, refused);
        }
    }

    /// The texts that fixes change, with their edits.
    fn edited(&self, numbers: &[usize]) -> Texts {
        let mut edits: BTreeMap<&str, BTreeSet<&TextEdit>> = BTreeMap::new();
        for (path, of_path) in numbers.iter().flat_map(|number| &self.plans[*number].texts) {
            edits.entry(path).or_default().extend(of_path);
        }
        edits
            .into_iter()
            .filter_map(|(path, edits)| {
                let text = current(path, self.texts)?;
                let edits: Vec<TextEdit> = edits.into_iter().cloned().collect();
                Some((path.to_owned(), Arc::from(fix::apply(&text, &edits))))
            })
            .collect()
    }

    /// Whether the objects read after these fixes are what the fixes promise, and all others what they were.
    fn holds(&self, numbers: &[usize]) -> bool {
        let mut promised: BTreeMap<usize, Value> = BTreeMap::new();
        for plan in numbers.iter().map(|number| &self.plans[*number]) {
            let number = plan.object.0 as usize;
            let Some(before) = self.before.get(number) else {
                return false;
            };
            let object = promised.entry(number).or_insert_with(|| before.clone());
            if !fix::promised(object, plan.edit) {
                return false;
            }
        }
        let mut texts = self.texts.clone();
        let edited = self.edited(numbers);
        let is_change = |(path, text): (&String, &Arc<str>)| {
            current(path, self.texts).is_none_or(|before| before != *text)
        };
        if !edited.iter().all(is_change) {
            return false;
        }
        texts.extend(edited);
        let unit = self.mender.read(&Arc::new(texts), &Shared::default());
        let mut objects = unit.manifests.iter().enumerate();
        unit.manifests.len() == self.before.len()
            && errors(&unit) <= self.problems
            && objects.all(|(number, manifest)| {
                json::of(manifest.node()) == *promised.get(&number).unwrap_or(&self.before[number])
            })
    }
}
