//! Stored data that may be lost or has to move.

use serde_json::{Value, json};

use super::{Impact, Reason, Update, at};
use crate::manifest::ObjectId;

pub(super) fn of(update: &Update<'_>) -> Option<Reason> {
    if update.is("", &["PersistentVolumeClaim", "PersistentVolume"]) && update.touches(&["spec"]) {
        return Some(Reason::new(Impact::Data, "the claim on storage changes"));
    }
    let retention = ["spec", "persistentVolumeClaimRetentionPolicy"];
    if update.is("apps", &["StatefulSet"]) && update.touches(&retention) {
        return Some(Reason::new(
            Impact::Data,
            "what happens to the volumes of removed pods changes",
        ));
    }
    let versions = ["spec", "versions"];
    if update.is("apiextensions.k8s.io", &["CustomResourceDefinition"])
        && version_names(update.old) != version_names(update.new)
    {
        return Some(Reason::new(
            Impact::Data,
            format!("`{}` of a stored kind come or go", versions.join(".")),
        ));
    }
    None
}

/// What an object takes along when it goes.
pub(super) fn of_removal(object: &ObjectId, old: &Value) -> Option<Reason> {
    let message = match (object.group(), &*object.kind) {
        ("", "PersistentVolumeClaim") => {
            "the volume goes with its claim, unless its reclaim policy is `Retain`"
        }
        ("", "PersistentVolume") => "the volume is given up",
        ("", "Namespace") => "everything in the namespace is deleted",
        ("apiextensions.k8s.io", "CustomResourceDefinition") => "every object of the kind is deleted with it",
        ("apps", "StatefulSet") if deletes_claims(old) => {
            "its claims are deleted with it: `persistentVolumeClaimRetentionPolicy.whenDeleted` is `Delete`"
        }
        _ => return None,
    };
    Some(Reason::new(Impact::Data, message))
}

fn deletes_claims(stateful_set: &Value) -> bool {
    at(
        stateful_set,
        &["spec", "persistentVolumeClaimRetentionPolicy", "whenDeleted"],
    ) == Some(&json!("Delete"))
}

fn version_names(definition: &Value) -> Vec<&Value> {
    let versions = at(definition, &["spec", "versions"]).and_then(Value::as_array);
    versions
        .into_iter()
        .flatten()
        .filter_map(|version| version.get("name"))
        .collect()
}
