//! Our verdicts on a file.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, anyhow};
use plimsoll::admission::pod_security::Standard;
use plimsoll::config::{self, Config, Owner};
use plimsoll::finding::{Anchor, Severity, Stage};
use plimsoll::lint::{self, RuleSet};
use plimsoll::manifest::fleet::Fleet;
use plimsoll::manifest::parse::{self, Strangers};
use plimsoll::manifest::select::Base;
use plimsoll::manifest::view::Workload;
use plimsoll::manifest::{ManifestSet, ObjectId, json};
use plimsoll::pipeline::{self, CheckJob, ReleaseJob};
use plimsoll::schema::{KubernetesVersion, UnknownKinds};
use plimsoll::source::{SourceKind, SourceMap};
use plimsoll::{catalog, suppress};
use serde_json::Value;

use super::compare::Object;

/// A file as we see it.
pub(super) struct Checked {
    /// The objects; those of the same name are one, as in the reports of peers.
    pub(super) objects: BTreeMap<Object, Known>,
    /// The rules that fired on each object.
    pub(super) failures: BTreeSet<(Object, &'static str)>,
}

/// What is known of an object besides its name.
#[derive(Default)]
pub(super) struct Known {
    pub(super) json: Value,
    /// The spec of its pods, or null.
    pub(super) pod: Value,
    /// The fields that are wrong or missing to the server. Lint's own errors stand for the server's where lint has the
    /// words for them.
    pub(super) errors: BTreeSet<String>,
}

impl Known {
    /// Whether the API server would refuse it.
    pub(super) fn is_refused(&self) -> bool {
        !self.errors.is_empty()
    }
}

/// How our rules are asked.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    /// The names of the rules.
    pub(super) rules: BTreeSet<&'static str>,
    /// The same rules, with the parameters of a peer.
    pub(super) config: Config,
    /// Whether the file is taken for all that there is.
    pub(super) is_complete: bool,
    /// Whether the verdicts are those that are shown, without what validation makes a guess; or those of the rules alone.
    pub(super) as_shown: bool,
}

/// Some rules, as the text of a configuration tells them.
pub(super) fn configured(rules: &BTreeSet<&'static str>, text: &str) -> anyhow::Result<Config> {
    let names: Vec<&str> = rules.iter().copied().collect();
    let sources = SourceMap::default();
    let layer = config::read(
        "plimsoll.yaml",
        &text.into(),
        Owner::Project,
        Base::default(),
        Vec::new(),
        &sources,
    );
    let layer = layer.map_err(|problems| {
        let messages: Vec<&str> = problems.iter().map(|problem| problem.message.as_str()).collect();
        anyhow!("the configuration for a peer: {}", messages.join("; "))
    })?;
    Ok(Config::new(layer, Some(catalog::rule_set(&names)?)))
}

/// Runs the rules on a file.
pub(super) fn check(
    file: &Path,
    kubernetes: Option<KubernetesVersion>,
    asked: &Asked,
) -> anyhow::Result<Checked> {
    let rules = asked.config.rules_of_all();
    let mut release = ReleaseJob::default();
    release.release.namespace = NAMESPACE.into();
    let report = pipeline::check(&CheckJob {
        paths: vec![file.to_owned()],
        units: Arc::default(),
        is_whole_project: false,
        release,
        kubernetes: kubernetes.into_iter().collect(),
        schemas: None,
        unknown_kinds: UnknownKinds::Ignore,
        pod_security: Standard::default(),
        base: Base::default(),
        config: asked.config.clone(),
        has_chart_configs: false,
        is_complete: asked.is_complete,
        today: None,
        wants_relations: false,
    })?;
    let manifests = read(file)?;
    let known = manifests.iter().map(|manifest| {
        let pod = Workload::of(manifest, NAMESPACE).and_then(|workload| workload.spec());
        let known = Known {
            json: json::of(manifest.node()),
            pod: pod.map(json::of).unwrap_or_default(),
            errors: BTreeSet::new(),
        };
        (object(&manifest.id), known)
    });
    let mut objects: BTreeMap<Object, Known> = known.collect();
    let mut failures = BTreeSet::new();
    for finding in &report.findings {
        let Some(object) = finding.object.as_ref().map(object) else {
            continue;
        };
        let is_shown = asked.as_shown || finding.rule.stage != Stage::Lint;
        if is_shown && asked.rules.contains(finding.rule.name) {
            failures.insert((object.clone(), finding.rule.name));
        }
        if finding.severity == Severity::Error {
            let field = finding.field.clone().unwrap_or_default();
            objects.entry(object).or_default().errors.insert(field);
        }
    }
    if !asked.as_shown {
        failures.extend(alone(&manifests, &rules, asked.is_complete));
    }
    Ok(Checked { objects, failures })
}

const NAMESPACE: &str = "default";

/// The verdicts of the rules, whatever validation says of the objects.
fn alone(manifests: &ManifestSet, rules: &RuleSet, is_complete: bool) -> BTreeSet<(Object, &'static str)> {
    let fleet = Fleet::build(manifests, NAMESPACE).complete(is_complete);
    let mut findings = lint::lint(&fleet, rules);
    let context = suppress::Context {
        fleet: &fleet,
        rules: &catalog::all(),
        ran: rules,
        today: None,
    };
    suppress::apply(&mut findings, &context);
    let fired = findings.iter().filter_map(|finding| match &finding.at {
        Anchor::Route(number, ..) => Some((object(&manifests.get(*number).id), finding.rule.name)),
        Anchor::Text(_) | Anchor::File(_) => None,
    });
    fired.collect()
}

fn object(id: &ObjectId) -> Object {
    Object::new(&id.kind, id.namespace.as_deref().unwrap_or_default(), &id.name)
}

fn read(file: &Path) -> anyhow::Result<ManifestSet> {
    let text = std::fs::read_to_string(file).with_context(|| file.display().to_string())?;
    let text: Arc<str> = text.into();
    let source = SourceMap::default().add("file.yaml", Arc::clone(&text), SourceKind::File);
    let mut manifests = ManifestSet::default();
    parse::parse_shared(
        text,
        source,
        0,
        Strangers::Report,
        &mut manifests,
        &mut Vec::new(),
    );
    Ok(manifests)
}
