//! `Chart.yaml` and `index.yaml` as Helm prints them: what Helm knows of a chart, keys sorted.
//!
//! Upstream: `Metadata` of `pkg/chart/v2/metadata.go`, printed by `sigs.k8s.io/yaml`.

use plimsoll_yaml::emit::{Dialect, Emitter};
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

/// YAML as `sigs.k8s.io/yaml` prints JSON.
pub(super) fn to_yaml(value: &Value) -> String {
    let mut emitter = Emitter::new(Dialect::V2);
    emit(value, &mut emitter);
    emitter.finish()
}

/// The depth is that of what we made, or of a YAML file whose reader bounds it.
fn emit(value: &Value, emitter: &mut Emitter) {
    match value {
        Value::Null => emitter.null(),
        Value::Bool(value) => emitter.bool(*value),
        Value::Number(number) => match (number.as_i64(), number.as_u64()) {
            (Some(number), _) => emitter.int(number),
            (None, Some(number)) => emitter.uint(number),
            (None, None) => emitter.float(number.as_f64().unwrap_or_default()),
        },
        Value::String(text) => emitter.scalar(plimsoll_yaml::Scalar::Str(text)),
        Value::Array(items) => {
            emitter.begin_sequence(items.len());
            for item in items {
                emit(item, emitter);
            }
            emitter.end();
        }
        Value::Object(fields) => {
            let mut fields: Vec<_> = fields.iter().collect();
            Dialect::V2.sort_by_key(&mut fields, |(key, _)| key.as_str());
            emitter.begin_mapping(fields.len());
            for (key, value) in fields {
                emitter.scalar(plimsoll_yaml::Scalar::Str(key));
                emit(value, emitter);
            }
            emitter.end();
        }
    }
}
