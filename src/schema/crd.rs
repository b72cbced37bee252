//! Custom resources against the CustomResourceDefinitions found in the same input or in the project's store.
//!
//! A schema is read when the first object of its kind comes: an input may bring a hundred definitions and two objects.

use std::sync::OnceLock;

use plimsoll_yaml::NodeRef;
use serde_json::{Map, Value};

use super::json::{MismatchKind, place};
use super::stored::StoredKind;
use super::structural::decode::{Unknown, decode};
use super::structural::{NodeId, Structural, check};
use super::{explain, rules};
use crate::finding::{Anchor, Finding, Part};
use crate::manifest::{Manifest, Route, Step, json};
use crate::suggest;

/// One version of a custom kind.
#[derive(Debug)]
pub struct CustomKind {
    pub(super) group: String,
    pub(super) version: String,
    pub(super) kind: String,
    /// Whether objects live in a namespace.
    pub namespaced: bool,
    /// Whether the API server serves this version.
    pub served: bool,
    source: Source,
    schema: OnceLock<Option<Schema>>,
}

/// Where a schema comes from.
#[derive(Debug)]
enum Source {
    /// A CustomResourceDefinition, and the number of the version in it.
    Definition(Manifest, usize),
    /// The project's store.
    Stored(Box<StoredKind>),
}

/// The kinds that a manifest defines, if it is a CustomResourceDefinition.
pub(super) fn kinds_of(manifest: &Manifest) -> Vec<CustomKind> {
    if &*manifest.id.kind != "CustomResourceDefinition" || manifest.id.group() != "apiextensions.k8s.io" {
        return Vec::new();
    }
    let text = |node: Option<NodeRef<'_>>| node.and_then(NodeRef::as_str).map(str::to_owned);
    let Some(spec) = manifest.node().get("spec") else {
        return Vec::new();
    };
    let (Some(group), Some(kind)) = (
        text(spec.get("group")),
        text(spec.get("names").and_then(|names| names.get("kind"))),
    ) else {
        return Vec::new();
    };
    let namespaced = text(spec.get("scope")).as_deref() == Some("Namespaced");
    let versions = spec.get("versions").into_iter().flat_map(NodeRef::items);
    versions
        .enumerate()
        .filter_map(|(number, version)| {
            Some(CustomKind {
                group: group.clone(),
                version: text(version.get("name"))?,
                kind: kind.clone(),
                namespaced,
                served: version.get("served").and_then(NodeRef::as_bool).unwrap_or(false),
                source: Source::Definition(manifest.clone(), number),
                schema: OnceLock::new(),
            })
        })
        .collect()
}

impl From<StoredKind> for CustomKind {
    fn from(stored: StoredKind) -> Self {
        Self {
            group: stored.group.clone(),
            version: stored.version.clone(),
            kind: stored.kind.clone(),
            namespaced: stored.namespaced,
            served: stored.served,
            source: Source::Stored(Box::new(stored)),
            schema: OnceLock::new(),
        }
    }
}

/// The schema of one version.
#[derive(Debug)]
struct Schema {
    structural: Structural,
    /// Whether it has rules in CEL.
    has_rules: bool,
    /// Whether `status` is a part of its own, thrown away when an object is created or updated.
    has_status: bool,
    /// Whether the definition keeps what it does not know (`preserveUnknownFields`, of old definitions).
    preserves: bool,
}

impl CustomKind {
    /// What is wrong with an object of this kind, but for its `metadata`; and where objects inside it have theirs.
    pub(super) fn check(&self, manifest: &Manifest) -> (Vec<Finding>, Vec<Route>) {
        let Some(schema) = self.schema() else {
            return (Vec::new(), Vec::new());
        };
        let node = manifest.node();
        // What cannot become JSON is reported by the YAML stage.
        let Ok(mut object) = json::sent(node) else {
            return (Vec::new(), Vec::new());
        };
        let mut findings = Vec::new();
        let decoded = decode(&schema.structural, &mut object);
        if !schema.preserves {
            findings.extend(
                decoded
                    .unknown
                    .iter()
                    .map(|unknown| schema.unknown(manifest, unknown)),
            );
        }
        schema.prepare(&mut object);
        for found in check::check(&schema.structural, &object, node) {
            let rule = match found.kind {
                MismatchKind::UnknownField => &rules::UNKNOWN_FIELD,
                MismatchKind::ImplicitType => &rules::YAML_IMPLICIT_TYPE,
                MismatchKind::Other => &rules::CRD_SCHEMA_MISMATCH,
            };
            let at = Anchor::Route(manifest.number, found.route, found.part);
            let finding = Finding::new(rule, at, found.message);
            findings.push(match found.help {
                Some(help) => finding.help(help),
                None => finding,
            });
        }
        (findings, decoded.metadata)
    }

    /// The object as it is when the server holds it against the rules of its schema, and that schema.
    ///
    /// `None` if the schema has no rules, or refuses the object itself: the server does not get to the rules then, or
    /// they would only repeat it.
    pub(crate) fn before_rules(&self, manifest: &Manifest) -> Option<(&Structural, Value)> {
        let schema = self.schema()?;
        if !schema.has_rules {
            return None;
        }
        let mut object = json::sent(manifest.node()).ok()?;
        let decoded = decode(&schema.structural, &mut object);
        schema.prepare(&mut object);
        let is_refused = !schema.preserves && !decoded.unknown.is_empty()
            || !check::check(&schema.structural, &object, manifest.node()).is_empty();
        (!is_refused).then_some((&schema.structural, object))
    }

    /// The keys that make the items of a list differ, if the list is a map.
    pub(super) fn list_keys(&self, list: &Route) -> Option<Vec<String>> {
        let structural = &self.schema()?.structural;
        let mut id = structural.root();
        for step in list.steps() {
            id = match step {
                Step::Key(name) => structural.field(id, name)?,
                Step::Index(_) => structural.node(id).items?,
            };
        }
        let keys = &structural.node(id).list_keys;
        (!keys.is_empty()).then(|| keys.clone())
    }

    /// The structural schema, read when first asked for.
    pub(super) fn structural(&self) -> Option<&Structural> {
        self.schema().map(|schema| &schema.structural)
    }

    /// `None` if there is no schema, or none that can be read: the server would refuse the definition itself.
    fn schema(&self) -> Option<&Schema> {
        self.schema.get_or_init(|| self.read()).as_ref()
    }

    fn read(&self) -> Option<Schema> {
        let (manifest, number) = match &self.source {
            Source::Stored(stored) => {
                return Some(Schema::of(
                    Structural::read(&stored.schema, &stored.definitions)?,
                    stored.status,
                    stored.preserves,
                ));
            }
            Source::Definition(manifest, number) => (manifest, *number),
        };
        let spec = manifest.node().get("spec")?;
        let version = spec.get("versions")?.item(number)?;
        let schema = version.get("schema")?.get("openAPIV3Schema")?;
        let is_true = |node: Option<NodeRef<'_>>| node.and_then(NodeRef::as_bool).unwrap_or(false);
        let subresources = version.get("subresources");
        Some(Schema::of(
            Structural::read(&json::sent(schema).ok()?, &Map::new())?,
            subresources.is_some_and(|subresources| subresources.get("status").is_some()),
            is_true(spec.get("preserveUnknownFields")),
        ))
    }
}

impl Schema {
    fn of(structural: Structural, has_status: bool, preserves: bool) -> Self {
        Self {
            has_rules: structural.has_rules(),
            structural,
            has_status,
            preserves,
        }
    }

    /// Throws away what the server does (`PrepareForCreate`).
    fn prepare(&self, object: &mut Value) {
        if self.has_status
            && let Some(fields) = object.as_object_mut()
        {
            fields.remove("status");
        }
    }

    fn unknown(&self, manifest: &Manifest, unknown: &Unknown) -> Finding {
        let name = match unknown.route.steps().last() {
            Some(Step::Key(name)) => &**name,
            _ => "",
        };
        let known: Vec<&str> = unknown.within.map_or_else(Vec::new, |id| self.names(id));
        let within = match unknown.route.parent() {
            Some(parent) if !parent.steps().is_empty() => format!(" in `{}`", place(&parent)),
            _ => format!(" in this {}", manifest.id.kind),
        };
        let help = match suggest::nearest(name, known.iter().copied()) {
            Some(nearest) => format!("did you mean `{nearest}`?"),
            None if known.is_empty() => "remove it".to_owned(),
            None => format!(
                "check spelling and indentation, or remove it; known here are {}",
                explain::listed(known.into_iter())
            ),
        };
        let message = format!("there is no field `{}`{within}", explain::shown(name));
        let at = Anchor::Route(manifest.number, unknown.route.clone(), Part::Key);
        Finding::new(&rules::UNKNOWN_FIELD, at, message).help(help)
    }

    fn names(&self, id: NodeId) -> Vec<&str> {
        self.structural
            .node(id)
            .properties
            .keys()
            .map(String::as_str)
            .collect()
    }
}
