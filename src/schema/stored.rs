//! Kinds of the project's schema store: what other documents say of a kind, as one compact file for each.
//!
//! A file is JSON with the single key `plimsollSchema`: group, version, kind, plural, scope, what becomes of `status`,
//! and the schema with the definitions it refers to. Descriptions are cut to their first sentence, so that the files
//! stay small enough to commit. They come from CustomResourceDefinitions and from OpenAPI documents, version 2
//! (`swagger.json`, `kubectl get --raw /openapi/v2`) or 3 (`kubectl get --raw /openapi/v3/apis/GROUP/VERSION`).

use std::collections::BTreeSet;

use plimsoll_yaml::NodeRef;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::bundle::Bundle;
use super::structural::first_sentence;
use crate::manifest::{Manifest, json};

/// Deepest document that is walked.
const MAX_DEPTH: usize = 200;
/// What stands for `metadata` in OpenAPI documents; it is checked as that of every object.
const OBJECT_META: &str = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta";

/// A kind as it is stored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct StoredKind {
    /// The API group; empty for the core group.
    pub group: String,
    /// The API version.
    pub version: String,
    /// The kind.
    pub kind: String,
    /// The plural name; empty if the document does not say.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub plural: String,
    /// Whether objects live in a namespace.
    pub namespaced: bool,
    /// Whether the API server serves this version.
    pub served: bool,
    /// Whether `status` is a subresource, thrown away when an object is created or updated.
    #[serde(default)]
    pub status: bool,
    /// Whether fields that the schema does not know are kept, as of old definitions.
    #[serde(default)]
    pub preserves: bool,
    /// The structural schema.
    pub schema: Value,
    /// What the schema's references name.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub definitions: Map<String, Value>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Envelope {
    plimsoll_schema: StoredKind,
}

impl StoredKind {
    /// Reads a file of the store.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn read(text: &str) -> Result<Self, String> {
        let envelope: Envelope = serde_json::from_str(text).map_err(|error| error.to_string())?;
        Ok(envelope.plimsoll_schema)
    }

    /// The file's text; the same kind gives the same text.
    pub fn write(&self) -> String {
        let envelope = Envelope {
            plimsoll_schema: self.clone(),
        };
        // A value made of strings, numbers and maps with string keys always serializes.
        let mut text = serde_json::to_string(&envelope).unwrap_or_default();
        text.push('\n');
        text
    }

    /// `example.com/v1 Shop`.
    pub fn name(&self) -> String {
        match &*self.group {
            "" => format!("{} {}", self.version, self.kind),
            group => format!("{group}/{} {}", self.version, self.kind),
        }
    }
}

/// The kinds a CustomResourceDefinition defines; empty for any other object.
pub fn of_definition(manifest: &Manifest) -> Vec<StoredKind> {
    if &*manifest.id.kind != "CustomResourceDefinition" || manifest.id.group() != "apiextensions.k8s.io" {
        return Vec::new();
    }
    let text = |node: Option<NodeRef<'_>>| node.and_then(NodeRef::as_str).map(str::to_owned);
    let is_true = |node: Option<NodeRef<'_>>| node.and_then(NodeRef::as_bool).unwrap_or(false);
    let Some(spec) = manifest.node().get("spec") else {
        return Vec::new();
    };
    let names = spec.get("names");
    let (Some(group), Some(kind)) = (
        text(spec.get("group")),
        text(names.and_then(|names| names.get("kind"))),
    ) else {
        return Vec::new();
    };
    let versions = spec.get("versions").into_iter().flat_map(NodeRef::items);
    versions
        .filter_map(|version| {
            let mut schema = json::sent(version.get("schema")?.get("openAPIV3Schema")?).ok()?;
            shorten(&mut schema, 0);
            let subresources = version.get("subresources");
            Some(StoredKind {
                group: group.clone(),
                version: text(version.get("name"))?,
                kind: kind.clone(),
                plural: text(names.and_then(|names| names.get("plural"))).unwrap_or_default(),
                namespaced: text(spec.get("scope")).as_deref() == Some("Namespaced"),
                served: is_true(version.get("served")),
                status: subresources.is_some_and(|subresources| subresources.get("status").is_some()),
                preserves: is_true(spec.get("preserveUnknownFields")),
                schema,
                definitions: Map::new(),
            })
        })
        .collect()
}

/// The kinds that an OpenAPI document defines and that can be created, but those embedded in this program, whose
/// number comes second. `None` if the document is none.
pub fn of_openapi(document: &Value) -> Option<(Vec<StoredKind>, usize)> {
    let definitions = document["definitions"]
        .as_object()
        .or_else(|| document["components"]["schemas"].as_object())?;
    let mut kinds = Vec::new();
    let mut embedded = BTreeSet::new();
    for (path, operations) in document["paths"].as_object().into_iter().flatten() {
        let post = &operations["post"];
        if path.contains("{name}") || post["x-kubernetes-action"] != "post" {
            continue;
        }
        let gvk = &post["x-kubernetes-group-version-kind"];
        let text = |key: &str| gvk[key].as_str().unwrap_or_default().to_owned();
        let (group, version, kind) = (text("group"), text("version"), text("kind"));
        if Bundle::embedded().kind(&group, &version, &kind).next().is_some() {
            embedded.insert((group, version, kind));
            continue;
        }
        let is_of_kind = |schema: &Value| {
            let known = schema["x-kubernetes-group-version-kind"].as_array();
            known.is_some_and(|known| known.contains(gvk))
        };
        let Some((name, schema)) = definitions.iter().find(|(_, schema)| is_of_kind(schema)) else {
            continue;
        };
        let mut schema = schema.clone();
        shorten(&mut schema, 0);
        let mut needed = Map::new();
        let mut open = references(&schema);
        open.remove(name);
        while let Some(name) = open.pop_first() {
            if needed.contains_key(&name) {
                continue;
            }
            let mut definition = match &*name {
                OBJECT_META => {
                    serde_json::json!({"type": "object", "x-kubernetes-preserve-unknown-fields": true})
                }
                _ => definitions.get(&name).cloned().unwrap_or(Value::Null),
            };
            shorten(&mut definition, 0);
            open.extend(references(&definition));
            needed.insert(name, definition);
        }
        needed.sort_keys();
        let status = format!("{path}/{{name}}/status");
        kinds.push(StoredKind {
            group,
            version,
            kind,
            plural: path.rsplit('/').next().unwrap_or_default().to_owned(),
            namespaced: path.contains("/namespaces/{namespace}/"),
            served: true,
            status: document["paths"].get(&status).is_some(),
            preserves: false,
            schema,
            definitions: needed,
        });
    }
    let key = |kind: &StoredKind| (kind.group.clone(), kind.version.clone(), kind.kind.clone());
    // A namespaced kind has a path across all namespaces too; it cannot be created there.
    kinds.sort_by_key(|kind| (key(kind), !kind.namespaced));
    kinds.dedup_by_key(|kind| key(kind));
    Some((kinds, embedded.len()))
}

/// The definitions a schema refers to.
fn references(schema: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut open = vec![schema];
    while let Some(value) = open.pop() {
        match value {
            Value::Object(fields) => {
                let name = fields.get("$ref").and_then(Value::as_str).and_then(|text| {
                    text.strip_prefix("#/definitions/")
                        .or_else(|| text.strip_prefix("#/components/schemas/"))
                });
                found.extend(name.map(str::to_owned));
                open.extend(fields.values());
            }
            Value::Array(items) => open.extend(items),
            _ => {}
        }
    }
    found
}

/// Cuts descriptions and drops what no check reads.
fn shorten(schema: &mut Value, depth: usize) {
    if depth > MAX_DEPTH {
        return;
    }
    let Value::Object(fields) = schema else { return };
    for name in ["example", "externalDocs", "title"] {
        fields.remove(name);
    }
    if let Some(description) = fields.get_mut("description") {
        *description = Value::from(first_sentence(description.as_str().unwrap_or_default()));
        if description == "" {
            fields.remove("description");
        }
    }
    if let Some(Value::Object(properties)) = fields.get_mut("properties") {
        properties
            .values_mut()
            .for_each(|property| shorten(property, depth + 1));
    }
    for name in ["items", "additionalProperties", "not"] {
        if let Some(inner) = fields.get_mut(name) {
            shorten(inner, depth + 1);
        }
    }
    for name in ["allOf", "anyOf", "oneOf"] {
        if let Some(Value::Array(branches)) = fields.get_mut(name) {
            branches.iter_mut().for_each(|branch| shorten(branch, depth + 1));
        }
    }
}
