//! Our verdicts on a file.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use plimsoll::admission::pod_security::Standard;
use plimsoll::catalog;
use plimsoll::finding::Severity;
use plimsoll::manifest::parse::{self, Strangers};
use plimsoll::manifest::view::Workload;
use plimsoll::manifest::{ManifestSet, ObjectId, json};
use plimsoll::pipeline::{self, CheckJob, ReleaseJob};
use plimsoll::schema::UnknownKinds;
use plimsoll::source::{SourceKind, SourceMap};
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
    /// Whether the API server would refuse it.
    pub(super) is_refused: bool,
}

/// Runs some rules on a file alone.
pub(super) fn check(
    file: &Path,
    rules: &BTreeSet<&'static str>,
    is_complete: bool,
) -> anyhow::Result<Checked> {
    let rules: Vec<&str> = rules.iter().copied().collect();
    let mut release = ReleaseJob::default();
    release.release.namespace = "default".into();
    let report = pipeline::check(&CheckJob {
        paths: vec![file.to_owned()],
        release,
        kubernetes: Vec::new(),
        schemas: None,
        unknown_kinds: UnknownKinds::Ignore,
        pod_security: Standard::default(),
        rules: catalog::rule_set(&rules)?,
        is_complete,
        today: None,
    })?;
    let mut objects = objects(file)?;
    let mut failures = BTreeSet::new();
    for finding in &report.findings {
        let Some(object) = finding.object.as_ref().map(object) else {
            continue;
        };
        if rules.contains(&finding.rule.name) {
            failures.insert((object.clone(), finding.rule.name));
        }
        // Lint's own errors stand for the server's where lint has the words for them.
        let is_refusal = finding.severity == Severity::Error;
        objects.entry(object).or_default().is_refused |= is_refusal;
    }
    Ok(Checked { objects, failures })
}

fn object(id: &ObjectId) -> Object {
    Object::new(&id.kind, id.namespace.as_deref().unwrap_or_default(), &id.name)
}

fn objects(file: &Path) -> anyhow::Result<BTreeMap<Object, Known>> {
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
    let known = manifests.iter().map(|manifest| {
        let pod = Workload::of(manifest, "default").and_then(|workload| workload.spec());
        let known = Known {
            json: json::of(manifest.node()),
            pod: pod.map(json::of).unwrap_or_default(),
            is_refused: false,
        };
        (object(&manifest.id), known)
    });
    Ok(known.collect())
}
