//! Custom resources against the CustomResourceDefinitions found in the same input.
//!
//! A structural schema is turned into a JSON Schema that says what the server does with it: fields it would prune are
//! refused (as with strict field validation), `nullable`, `x-kubernetes-int-or-string`, `embedded-resource` and
//! `preserve-unknown-fields` become types and open mappings, and a default saves a missing field. Compiled at first
//! use: an input may bring a hundred definitions and two objects.

use std::sync::OnceLock;

use plimsoll_yaml::NodeRef;
use serde_json::{Map, Value, json};

use super::json::{self, JsonSchema, MismatchKind};
use super::rules;
use crate::finding::{Anchor, Finding};
use crate::manifest::Manifest;

/// One served version of a custom kind.
#[derive(Debug)]
pub struct CustomKind {
    pub(super) group: String,
    pub(super) version: String,
    pub(super) kind: String,
    /// Whether objects live in a namespace.
    pub namespaced: bool,
    /// Whether the API server serves this version.
    pub served: bool,
    definition: Manifest,
    number: usize,
    compiled: OnceLock<Option<JsonSchema>>,
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
                definition: manifest.clone(),
                number,
                compiled: OnceLock::new(),
            })
        })
        .collect()
}

impl CustomKind {
    /// What is wrong with an object of this kind, but for its `metadata`.
    pub(super) fn check(&self, manifest: &Manifest) -> Vec<Finding> {
        let Some(schema) = self.compiled.get_or_init(|| self.compile()) else {
            return Vec::new();
        };
        let node = manifest.node();
        // What cannot become JSON is reported by the YAML stage.
        let Ok(instance) = json::from_yaml(node) else {
            return Vec::new();
        };
        schema
            .check(&instance, Some(node))
            .into_iter()
            .map(|found| {
                let rule = match found.kind {
                    MismatchKind::UnknownField => &rules::UNKNOWN_FIELD,
                    MismatchKind::ImplicitType => &rules::YAML_IMPLICIT_TYPE,
                    MismatchKind::Other => &rules::CRD_SCHEMA_MISMATCH,
                };
                let at = Anchor::Route(manifest.number, found.route, found.part);
                let finding = Finding::new(rule, at, found.message);
                match found.help {
                    Some(help) => finding.help(help),
                    None => finding,
                }
            })
            .collect()
    }

    /// `None` if there is no schema, or none that can be compiled: the server would refuse the definition itself.
    fn compile(&self) -> Option<JsonSchema> {
        let version = self
            .definition
            .node()
            .get("spec")?
            .get("versions")?
            .item(self.number)?;
        let schema = version.get("schema")?.get("openAPIV3Schema")?;
        let has_status = version
            .get("subresources")
            .is_some_and(|subresources| subresources.get("status").is_some());
        let mut schema = json::from_yaml(schema).ok()?;
        prepare(&mut schema, 0);
        let root = schema.as_object_mut()?;
        if let Some(properties) = root
            .entry("properties")
            .or_insert_with(|| json!({}))
            .as_object_mut()
        {
            for name in ["apiVersion", "kind", "metadata"] {
                properties.insert(name.to_owned(), json!({}));
            }
            if has_status {
                // A status is thrown away when an object is created or updated.
                properties.insert("status".to_owned(), json!({}));
            }
        }
        JsonSchema::compile(schema.clone()).ok().or_else(|| {
            // Go's regular expressions know forms that ours do not; the rest of the schema is still worth checking.
            drop_patterns(&mut schema, 0);
            JsonSchema::compile(schema).ok()
        })
    }
}

/// Deepest schema that is prepared; what is deeper is refused by [`JsonSchema::compile`].
const MAX_DEPTH: usize = 120;

/// Turns a structural schema into the JSON Schema of what the server accepts.
fn prepare(schema: &mut Value, depth: usize) {
    let Value::Object(fields) = schema else { return };
    if depth > MAX_DEPTH {
        return;
    }
    for name in ["description", "example", "externalDocs", "title", "format"] {
        fields.remove(name);
    }
    let is_set = |fields: &Map<String, Value>, name: &str| fields.get(name) == Some(&Value::Bool(true));
    let int_or_string = is_set(fields, "x-kubernetes-int-or-string");
    let preserve = is_set(fields, "x-kubernetes-preserve-unknown-fields");
    let embedded = is_set(fields, "x-kubernetes-embedded-resource");
    let nullable = is_set(fields, "nullable");
    let has_default = fields.remove("default").is_some_and(|default| !default.is_null());
    exclusive_bounds(fields);
    if int_or_string {
        fields.insert("type".to_owned(), json!(["integer", "string"]));
        // Structural schemas must say the same once more in `anyOf`.
        fields.remove("anyOf");
    }
    if embedded && let Some(Value::Object(properties)) = fields.get_mut("properties") {
        for name in ["apiVersion", "kind", "metadata"] {
            properties.entry(name).or_insert_with(|| json!({}));
        }
    }
    let is_object = fields.get("type").and_then(Value::as_str) == Some("object");
    if is_object && !preserve && !fields.contains_key("additionalProperties") {
        if embedded && !fields.contains_key("properties") {
            fields.insert(
                "properties".to_owned(),
                json!({"apiVersion": {}, "kind": {}, "metadata": {}}),
            );
        }
        fields.insert("additionalProperties".to_owned(), Value::Bool(false));
    }
    let defaulted: Vec<String> = fields
        .get("properties")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
        .filter(|(_, property)| property.get("default").is_some_and(|default| !default.is_null()))
        .map(|(name, _)| name.clone())
        .collect();
    if let Some(Value::Array(required)) = fields.get_mut("required") {
        required.retain(|name| {
            !name
                .as_str()
                .is_some_and(|name| defaulted.iter().any(|default| default == name))
        });
    }
    // A null is pruned where a default stands in for it.
    if nullable || has_default {
        if let Some(ty) = fields.get_mut("type") {
            let mut types = match ty.take() {
                Value::Array(types) => types,
                single => vec![single],
            };
            types.push(Value::from("null"));
            *ty = Value::Array(types);
        }
        if let Some(Value::Array(values)) = fields.get_mut("enum") {
            values.push(Value::Null);
        }
    }
    // Schemas below `allOf`, `anyOf`, `oneOf` and `not` only restrict: they know no fields of their own.
    for name in ["allOf", "anyOf", "oneOf"] {
        if let Some(Value::Array(branches)) = fields.get_mut(name) {
            branches.iter_mut().for_each(|branch| restrict(branch, depth + 1));
        }
    }
    if let Some(inner) = fields.get_mut("not") {
        restrict(inner, depth + 1);
    }
    if let Some(Value::Object(properties)) = fields.get_mut("properties") {
        properties
            .iter_mut()
            .for_each(|(_, property)| prepare(property, depth + 1));
    }
    for name in ["items", "additionalProperties"] {
        if let Some(inner) = fields.get_mut(name) {
            prepare(inner, depth + 1);
        }
    }
}

/// Prepares a schema that only restricts: bounds and formats, nothing about unknown fields.
fn restrict(schema: &mut Value, depth: usize) {
    let Value::Object(fields) = schema else { return };
    if depth > MAX_DEPTH {
        return;
    }
    fields.remove("format");
    exclusive_bounds(fields);
    for name in ["allOf", "anyOf", "oneOf"] {
        if let Some(Value::Array(branches)) = fields.get_mut(name) {
            branches.iter_mut().for_each(|branch| restrict(branch, depth + 1));
        }
    }
    if let Some(Value::Object(properties)) = fields.get_mut("properties") {
        properties
            .iter_mut()
            .for_each(|(_, property)| restrict(property, depth + 1));
    }
    for name in ["items", "additionalProperties", "not"] {
        if let Some(inner) = fields.get_mut(name) {
            restrict(inner, depth + 1);
        }
    }
}

/// OpenAPI's `minimum: 0, exclusiveMinimum: true` is `exclusiveMinimum: 0` today.
fn exclusive_bounds(fields: &mut Map<String, Value>) {
    for (bound, exclusive) in [("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")] {
        match fields.get(exclusive) {
            Some(Value::Bool(true)) => {
                if let Some(limit) = fields.remove(bound) {
                    fields.insert(exclusive.to_owned(), limit);
                } else {
                    fields.remove(exclusive);
                }
            }
            Some(Value::Bool(false)) => {
                fields.remove(exclusive);
            }
            _ => {}
        }
    }
}

fn drop_patterns(schema: &mut Value, depth: usize) {
    if depth > MAX_DEPTH {
        return;
    }
    match schema {
        Value::Object(fields) => {
            if fields.get("pattern").is_some_and(Value::is_string) {
                fields.remove("pattern");
            }
            fields
                .iter_mut()
                .for_each(|(_, field)| drop_patterns(field, depth + 1));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| drop_patterns(item, depth + 1)),
        _ => {}
    }
}
