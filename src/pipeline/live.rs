//! A cluster as the old side of a comparison: questions to it, and its answers.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use jiff::civil::Date;
use serde_json::Value;

use super::{
    Objects, ReleaseJob, Shared, UnitOfWork, judge, list_schemas, parse_printed, plural, read_schemas,
    read_side, relate, report_of,
};
use crate::diff::{self, ChangeSet, Secrets, Setting};
use crate::finding::{Anchor, Finding, Part, Severity};
use crate::input::UNREADABLE_INPUT;
use crate::live::{
    self, Judged, Outcome, Question, Refusal, StoredRelease, Unasked, Wanted, without_generated,
};
use crate::manifest::{Manifest, ManifestId, ManifestSet, Route};
use crate::registry;
use crate::registry::cluster::{Answer, Observer};
use crate::registry::discovery::Resources;
use crate::render::KubeVersion;
use crate::report::Report;
use crate::schema::SchemaStore;
use crate::source::SourceKind;

/// A cluster to compare with.
#[derive(Debug)]
pub struct LiveJob<'j> {
    /// The cluster.
    pub observer: &'j Observer,
    /// What it serves.
    pub resources: &'j Resources,
    /// Whether objects of the same releases are told that the input no longer has.
    pub prune: bool,
}

impl ReleaseJob {
    /// The same release, rendered for what a cluster is and serves.
    ///
    /// # Errors
    /// The version of the cluster is none.
    pub fn on(&self, resources: &Resources) -> anyhow::Result<Self> {
        let mut job = self.clone();
        job.capabilities.kube_version = KubeVersion::parse(&resources.version, job.compat)?;
        for resource in resources.iter() {
            let version = resource.api_version();
            let kind = format!("{version}/{}", resource.kind);
            for name in [version, kind] {
                if !job.capabilities.api_versions.contains(&name) {
                    job.capabilities.api_versions.push(name);
                }
            }
        }
        Ok(job)
    }
}

/// A release as Helm keeps it: the named revision, else the one that is deployed, else the last one.
///
/// # Errors
/// There is none, or it cannot be read.
pub fn stored_release(
    observer: &Observer,
    namespace: &str,
    name: &str,
    revision: Option<u64>,
) -> anyhow::Result<StoredRelease> {
    let mut releases = Vec::new();
    for object in registry::cluster::releases(observer, namespace, name)? {
        let release = StoredRelease::read(&object).map_err(|why| {
            anyhow::anyhow!("the release `{name}` of namespace `{namespace}` cannot be read: {why}")
        })?;
        releases.push(release);
    }
    releases.sort_by_key(|release| release.revision);
    let known: Vec<String> = releases
        .iter()
        .map(|release| release.revision.to_string())
        .collect();
    let found = match revision {
        Some(revision) => releases.into_iter().find(|release| release.revision == revision),
        None => {
            let deployed = releases.iter().rposition(|release| release.status == "deployed");
            let place = deployed.or_else(|| releases.len().checked_sub(1));
            place.map(|place| releases.swap_remove(place))
        }
    };
    found.ok_or_else(|| match (revision, known.as_slice()) {
        (Some(revision), [_, ..]) => anyhow::anyhow!(
            "the release `{name}` has no revision {revision} any more; it has {}",
            known.join(", ")
        ),
        _ => anyhow::anyhow!(
            "there is no release `{name}` in namespace `{namespace}`: see `helm list -A`, and name the namespace with --namespace"
        ),
    })
}

/// An object of the input on its way through the cluster.
struct Asked<'m> {
    question: Question<'m>,
    /// As the cluster has it; `None` if it has not.
    stored: Option<Value>,
    outcome: Outcome,
}

/// Compares what a cluster has with what the other side holds. What of the cluster cannot be read is in the report, and missing from
/// the comparison.
///
/// # Errors
/// The cluster cannot be reached, or does not know us.
pub fn diff_live(
    live: &LiveJob<'_>,
    (side, job): (Objects<'_>, &ReleaseJob),
    schemas: Option<&Path>,
    today: Option<Date>,
    secrets: Secrets,
) -> anyhow::Result<(ChangeSet, Report)> {
    let shared = Shared::default();
    let mut new = read_side(side, job, &shared);
    let mut answers = Answers::of(live, &new.manifests, &job.release.namespace)?;
    let gone = match live.prune {
        true => prunable(live, &new.manifests, &mut answers, job)?,
        false => Vec::new(),
    };
    let (manifests, stored) = answers.sides(&new.manifests);
    let Answers {
        judged,
        findings,
        left,
        ..
    } = answers;
    let mut old = UnitOfWork {
        manifests,
        ..UnitOfWork::default()
    };
    for object in &gone {
        let text = Arc::from(without_generated(object.clone()).to_string());
        parse_printed(
            "the cluster",
            text,
            SourceKind::Rendered,
            &shared.sources,
            &mut old,
        );
    }
    let mut store = SchemaStore::default();
    store.add_crds(&stored);
    store.add_crds(&old.manifests);
    let (known, unlisted) = list_schemas(schemas);
    new.findings.extend(unlisted);
    let unreadable = read_schemas(&known, &mut store, Some(&stored));
    new.findings.extend(unreadable);
    let mut changes = diff::diff(
        &old.manifests,
        &stored,
        &Setting {
            schemas: &store,
            namespace: &job.release.namespace,
            secrets,
            judged: Some(&judged),
        },
    );
    changes.unchanged = changes.unchanged.saturating_sub(left.len());
    new.findings.extend(findings);
    relate(
        &mut changes,
        (&mut old, job),
        (&mut new, job),
        Some(&stored),
        today,
    );
    let mut report = report_of(new, &shared.sources);
    judge::sort(&mut report.findings);
    Ok((changes, report))
}

/// What became of the questions about the objects of the input.
#[derive(Default)]
struct Answers<'m> {
    /// Those that were asked about.
    asked: BTreeMap<ManifestId, Asked<'m>>,
    /// Those that cannot be compared, or need not be.
    left: BTreeSet<ManifestId>,
    judged: Judged,
    findings: Vec<Finding>,
}

impl<'m> Answers<'m> {
    /// Asks a cluster about every object.
    fn of(live: &LiveJob<'_>, manifests: &'m ManifestSet, namespace: &str) -> registry::Result<Self> {
        let mut answers = Self::default();
        let mut questions = Vec::new();
        for manifest in manifests {
            match Question::of(manifest, live.resources, namespace) {
                Ok(question) => questions.push(question),
                Err(Unasked::Nameless) => {}
                Err(Unasked::UnknownKind(others)) => answers.unknown(manifest, &others, manifests),
            }
        }
        let stored = live
            .observer
            .each(&questions, |observer, question| observer.get(&question.path))?;
        let mut open = Vec::new();
        for (question, answer) in questions.into_iter().zip(stored) {
            match answer.status {
                200 => open.push((question, Some(answer.body))),
                404 if live::is_passing(question.manifest) => {
                    answers.left.insert(question.manifest.number);
                }
                404 => open.push((question, None)),
                _ => answers.unread(question.manifest, &answer),
            }
        }
        let outcomes = live.observer.each(&open, |observer, (question, stored)| {
            let Some(patch) = question.patch(stored.as_ref()) else {
                return Ok(Outcome::Stored(stored.clone().unwrap_or_default()));
            };
            let answer = observer.try_patch(&question.path, &patch)?;
            Ok(question.answered(stored.as_ref(), answer))
        })?;
        let mut told = BTreeSet::new();
        for ((question, stored), outcome) in open.into_iter().zip(outcomes) {
            if let Outcome::Unsaid(why) = &outcome
                && told.insert((question.resource.full_name(), question.namespace.clone()))
            {
                answers.unsaid(question.manifest, why);
            }
            let asked = Asked {
                question,
                stored,
                outcome,
            };
            answers.asked.insert(asked.question.manifest.number, asked);
        }
        Ok(answers)
    }

    /// A kind that the cluster has not: kubectl and Helm refuse to send it, unless its definition comes first.
    fn unknown(&mut self, manifest: &Manifest, others: &[String], manifests: &ManifestSet) {
        let id = &manifest.id;
        let defines = |other: &Manifest| {
            let is = |path: &str, word: &str| other.get(path).is_some_and(|node| node.str() == word);
            &*other.id.kind == "CustomResourceDefinition"
                && is("spec.group", id.group())
                && is("spec.names.kind", &id.kind)
        };
        if manifests.iter().any(defines) {
            return;
        }
        let help = match others {
            [] => "install its CustomResourceDefinition first".to_owned(),
            others => format!("write `apiVersion: {}`", others.join("` or `")),
        };
        let message = format!("it serves no `{}` of `{}`: {help}", id.kind, id.api_version);
        let refusal = Refusal { field: None, message };
        self.judged.insert(manifest.number, vec![refusal]);
    }

    /// An object of the cluster that we may not see.
    fn unread(&mut self, manifest: &Manifest, answer: &Answer) {
        self.left.insert(manifest.number);
        let help = if answer.is_denied() {
            "allow `get` on it; docs/diff-live.md lists the permissions"
        } else {
            "see that `kubectl get` can read it"
        };
        let message = format!("{} is not compared: {}", manifest.id, answer.message());
        self.findings
            .push(Finding::new(&UNREADABLE_INPUT, whole(manifest), message).help(help));
    }

    /// An object that is compared without the server.
    fn unsaid(&mut self, manifest: &Manifest, why: &str) {
        let message = format!(
            "{} and others of its kind are compared without the server's own judgement: {why}",
            manifest.id
        );
        self.findings.push(
            Finding::new(&UNREADABLE_INPUT, whole(manifest), message)
                .severity(Severity::Warning)
                .help("with `patch` allowed, the server says what it would store; nothing is ever changed"),
        );
    }

    /// Both sides: what the cluster has, and what it would have. The objects of the input keep their numbers in the latter;
    /// what is left is on both sides, and so no difference.
    fn sides(&mut self, manifests: &ManifestSet) -> (ManifestSet, ManifestSet) {
        let (mut old, mut new) = (ManifestSet::default(), ManifestSet::default());
        for manifest in manifests {
            let number = manifest.number;
            let Some(Asked {
                question,
                stored,
                outcome,
            }) = self.asked.get(&number)
            else {
                if self.left.contains(&number) {
                    old.push(manifest.clone());
                }
                new.push(manifest.clone());
                continue;
            };
            let holding = |object: &Value| {
                let mut manifest = manifest.holding(&without_generated(object.clone()));
                manifest.id.namespace = Some(&*question.namespace)
                    .filter(|namespace| !namespace.is_empty())
                    .map(Arc::from);
                manifest
            };
            if let Some(stored) = stored {
                old.push(holding(stored));
            }
            let (would_be, refusals) = match outcome {
                Outcome::Stored(object) => (object.clone(), Some(Vec::new())),
                Outcome::Accepted => (question.guess(None), Some(Vec::new())),
                Outcome::Refused(refusals) => (question.guess(stored.as_ref()), Some(refusals.clone())),
                Outcome::Unsaid(_) => (question.guess(stored.as_ref()), None),
            };
            new.push(holding(&would_be));
            if let Some(refusals) = refusals {
                self.judged.insert(number, refusals);
            }
        }
        (old, new)
    }
}

/// An object as a whole.
fn whole(manifest: &Manifest) -> Anchor {
    Anchor::Route(manifest.number, Route::root(), Part::Value)
}

/// Objects of the same releases that the input no longer has.
fn prunable(
    live: &LiveJob<'_>,
    manifests: &ManifestSet,
    answers: &mut Answers<'_>,
    job: &ReleaseJob,
) -> registry::Result<Vec<Value>> {
    let asked = answers.asked.values();
    let pairs = asked.map(|asked| (&asked.question, asked.stored.as_ref()));
    let wanted = Wanted::of(manifests, pairs, &job.release.namespace);
    let lists = wanted.lists(live.resources);
    let listed = live
        .observer
        .each(&lists, |observer, (_, path)| observer.get(path))?;
    let (mut gone, mut unread) = (Vec::new(), BTreeSet::new());
    for ((resource, _), answer) in lists.iter().zip(listed) {
        if !answer.is_good() {
            unread.insert(resource.full_name());
            continue;
        }
        let Value::Object(mut list) = answer.body else {
            continue;
        };
        let Some(Value::Array(items)) = list.shift_remove("items") else {
            continue;
        };
        for mut item in items {
            // Items of a list do not repeat what they are.
            item["apiVersion"] = Value::from(resource.api_version());
            item["kind"] = Value::from(&*resource.kind);
            if wanted.is_gone(resource, &item) && !gone.contains(&item) {
                gone.push(item);
            }
        }
    }
    if !unread.is_empty() {
        let names: Vec<String> = unread.into_iter().collect();
        let message = format!(
            "objects that the input no longer has are not looked for among {}, which we may not list: {}",
            plural(names.len(), "kind"),
            names.join(", ")
        );
        let server = Anchor::File(live.observer.address().to_string());
        answers.findings.push(
            Finding::new(&UNREADABLE_INPUT, server, message)
                .severity(Severity::Warning)
                .help("allow `list` on them, or pass --no-prune"),
        );
    }
    Ok(gone)
}
