//! Who applied a stored object, as its `managedFields` tell.
//!
//! Upstream: `sigs.k8s.io/structured-merge-diff/v6/fieldpath` (the form of `fieldsV1`).

use serde_json::{Map, Value};

/// `kubectl apply` keeps here what it sent last.
const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// Who applied an object.
#[derive(Debug)]
pub(super) struct Owner<'s> {
    /// The name of the field manager.
    pub(super) manager: &'s str,
    /// Whether it used server-side apply.
    pub(super) is_apply: bool,
    fields: &'s Map<String, Value>,
}

/// Who applied a stored object: the manager that owns most of what would be applied now. Controllers own what nobody
/// writes, or little else. `None` if nobody owns any of it.
pub(super) fn of<'s>(sent: &Value, stored: &'s Value) -> Option<Owner<'s>> {
    let entries = stored["metadata"]["managedFields"].as_array()?;
    let of_object = entries
        .iter()
        .filter(|entry| entry["subresource"].as_str().is_none_or(str::is_empty));
    let owners = of_object.filter_map(|entry| {
        let owner = Owner {
            manager: entry["manager"].as_str()?,
            is_apply: entry["operation"] == "Apply",
            fields: entry["fieldsV1"].as_object()?,
        };
        let count = owned(sent, owner.fields).map_or(0, |part| leaves(&part));
        (count > 0).then_some((count, owner))
    });
    // Of two that own as much, who applies is meant.
    owners
        .max_by_key(|(count, owner)| (*count, owner.is_apply))
        .map(|(_, owner)| owner)
}

impl Owner<'_> {
    /// What the owner applied last, with the values that are stored now; by its own notes, if it is kubectl.
    pub(super) fn owned(&self, stored: &Value) -> Value {
        let notes = stored["metadata"]["annotations"][LAST_APPLIED].as_str();
        let noted = notes
            .filter(|_| !self.is_apply)
            .and_then(|text| serde_json::from_str(text).ok());
        noted
            .or_else(|| owned(stored, self.fields))
            .unwrap_or_else(|| Value::Object(Map::new()))
    }
}

/// The part of a value that a set of fields names; `None` if it has none of them.
fn owned(value: &Value, fields: &Map<String, Value>) -> Option<Value> {
    if fields.is_empty() {
        return Some(value.clone());
    }
    let below = |value: &Value, below: &Value| owned(value, below.as_object()?);
    match value {
        Value::Object(map) => {
            let parts = fields.iter().filter_map(|(field, inner)| {
                let key = field.strip_prefix("f:")?;
                Some((key.to_owned(), below(map.get(key)?, inner)?))
            });
            let parts: Map<String, Value> = parts.collect();
            (!parts.is_empty()).then_some(Value::Object(parts))
        }
        Value::Array(items) => {
            let parts: Vec<Value> = items
                .iter()
                .enumerate()
                .filter_map(|(place, item)| {
                    let (_, inner) = fields.iter().find(|(field, _)| names(field, item, place))?;
                    below(item, inner)
                })
                .collect();
            (!parts.is_empty()).then_some(Value::Array(parts))
        }
        // Somebody made another kind of value of it.
        _ => None,
    }
}

/// Whether a part of a path names an item: by its keys, its value, or its place.
fn names(field: &str, item: &Value, place: usize) -> bool {
    let Some((kind, text)) = field.split_once(':') else {
        return false;
    };
    match kind {
        "k" => serde_json::from_str::<Map<String, Value>>(text).is_ok_and(|keys| {
            keys.iter().all(|(key, value)| match item.get(key) {
                Some(found) => found == value,
                // A key that has a default need not be written: the protocol of a port.
                None => item.is_object(),
            })
        }),
        "v" => serde_json::from_str::<Value>(text).is_ok_and(|value| value == *item),
        "i" => text.parse() == Ok(place),
        _ => false,
    }
}

fn leaves(value: &Value) -> usize {
    match value {
        Value::Object(map) => map.values().map(leaves).sum(),
        Value::Array(items) => items.iter().map(leaves).sum(),
        _ => 1,
    }
}

/// What installers write into objects beside what the manifests say, to know them again.
const BOOKKEEPING: [(&str, &[&str]); 2] = [
    (
        "annotations",
        &[
            "meta.helm.sh/release-name",
            "meta.helm.sh/release-namespace",
            "argocd.argoproj.io/tracking-id",
            "argocd.argoproj.io/installation-id",
        ],
    ),
    (
        "labels",
        &[
            "argocd.argoproj.io/instance",
            "kustomize.toolkit.fluxcd.io/name",
            "kustomize.toolkit.fluxcd.io/namespace",
            "helm.toolkit.fluxcd.io/name",
            "helm.toolkit.fluxcd.io/namespace",
        ],
    ),
];

/// Adds what the installer of the stored object writes into it, and would again.
pub(super) fn add_bookkeeping(stored: &Value, sent: &mut Map<String, Value>) {
    let Some(Value::Object(metadata)) = sent.get_mut("metadata") else {
        return;
    };
    for (field, keys) in BOOKKEEPING {
        for key in keys {
            keep(&stored["metadata"], metadata, field, key);
        }
    }
    // Helm's label may be written in the chart too; Helm sets it either way.
    if stored["metadata"]["annotations"]["meta.helm.sh/release-name"].is_string() {
        keep(
            &stored["metadata"],
            metadata,
            "labels",
            "app.kubernetes.io/managed-by",
        );
    }
}

/// Takes a label or annotation from the stored object, unless it is written.
fn keep(stored: &Value, metadata: &mut Map<String, Value>, field: &str, key: &str) {
    let Some(value) = stored[field].get(key) else {
        return;
    };
    let texts = metadata.entry(field).or_insert(Value::Null);
    if texts.is_null() {
        *texts = Value::Object(Map::new());
    }
    if let Value::Object(texts) = texts {
        texts.entry(key).or_insert_with(|| value.clone());
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::of;

    fn stored() -> Value {
        json!({
            "metadata": {"managedFields": [
                {"manager": "kube-controller-manager", "operation": "Update", "subresource": "status",
                 "fieldsV1": {"f:spec": {"f:replicas": {}, "f:template": {}}}},
                {"manager": "kubectl-edit", "operation": "Update", "fieldsV1": {"f:spec": {"f:replicas": {}}}},
                {"manager": "helm", "operation": "Apply", "fieldsV1": {"f:spec": {"f:ports": {
                    "k:{\"containerPort\":80,\"protocol\":\"TCP\"}": {".": {}, "f:containerPort": {}, "f:protocol": {}}}}}},
            ]},
            "spec": {"replicas": 3, "ports": [{"containerPort": 80, "protocol": "TCP", "name": "a"}, {"containerPort": 81}]},
        })
    }

    #[test]
    fn who_owns_most_of_it_applied_it() {
        let stored = stored();
        let owner = |sent: Value| of(&sent, &stored).map(|owner| owner.manager.to_owned());
        assert_eq!(
            owner(json!({"spec": {"replicas": 2, "ports": [{"containerPort": 80}]}})).as_deref(),
            Some("helm"),
            "who applies goes before who edits"
        );
        assert_eq!(
            owner(json!({"spec": {"replicas": 2}})).as_deref(),
            Some("kubectl-edit")
        );
        assert_eq!(owner(json!({"data": {}})), None);
    }

    #[test]
    fn an_owner_owns_the_fields_that_are_named() {
        let stored = stored();
        let sent = json!({"spec": {"ports": [{"containerPort": 80}]}});
        let owner = of(&sent, &stored).expect("an owner");
        assert_eq!(
            owner.owned(&stored),
            json!({"spec": {"ports": [{"containerPort": 80, "protocol": "TCP"}]}})
        );
    }
}
