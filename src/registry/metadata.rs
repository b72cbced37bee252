//! `Chart.yaml` and `index.yaml` as Helm prints them: what Helm knows of a chart, keys sorted.
//!
//! Upstream: `Metadata` of `pkg/chart/v2/metadata.go`, printed by `sigs.k8s.io/yaml`.

use serde_json::{Map, Value, json};

use super::lock::dependency_to_json;
use crate::chart::Metadata;

/// The fields of a chart's metadata that say something.
pub(super) fn to_json(metadata: &Metadata) -> Map<String, Value> {
    let mut fields = Map::new();
    for (name, text) in [
        ("apiVersion", &metadata.api_version),
        ("appVersion", &metadata.app_version),
        ("condition", &metadata.condition),
        ("description", &metadata.description),
        ("home", &metadata.home),
        ("icon", &metadata.icon),
        ("kubeVersion", &metadata.kube_version),
        ("name", &metadata.name),
        ("tags", &metadata.tags),
        ("type", &metadata.kind),
        ("version", &metadata.version),
    ] {
        if !text.is_empty() {
            fields.insert(name.to_owned(), json!(text));
        }
    }
    for (name, texts) in [("keywords", &metadata.keywords), ("sources", &metadata.sources)] {
        if !texts.is_empty() {
            fields.insert(name.to_owned(), json!(texts));
        }
    }
    if metadata.deprecated {
        fields.insert("deprecated".to_owned(), json!(true));
    }
    if let Some(annotations) = metadata.annotations.as_ref().filter(|all| !all.is_empty()) {
        fields.insert("annotations".to_owned(), json!(annotations));
    }
    if !metadata.maintainers.is_empty() {
        let people: Vec<Value> = metadata
            .maintainers
            .iter()
            .map(|person| {
                let all = [
                    ("name", &person.name),
                    ("email", &person.email),
                    ("url", &person.url),
                ];
                let said = all.into_iter().filter(|(_, text)| !text.is_empty());
                Value::Object(said.map(|(name, text)| (name.to_owned(), json!(text))).collect())
            })
            .collect();
        fields.insert("maintainers".to_owned(), json!(people));
    }
    if let Some(dependencies) = metadata.dependencies.as_ref().filter(|all| !all.is_empty()) {
        let all: Vec<Value> = dependencies.iter().map(dependency_to_json).collect();
        fields.insert("dependencies".to_owned(), json!(all));
    }
    fields
}
