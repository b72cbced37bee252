//! Stored data that may be lost or has to move.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Impact, Reason, Single, Update, at, items, list, shown, text};

pub(super) fn of(update: &Update<'_, '_>, reasons: &mut Vec<Reason>) {
    if update.is("", &["PersistentVolumeClaim", "PersistentVolume"]) {
        of_volume(update, reasons);
    } else if update.is("apiextensions.k8s.io", &["CustomResourceDefinition"]) {
        of_definition(update, reasons);
    } else if let Some((old, new)) = update.workloads() {
        let retention = ["spec", "persistentVolumeClaimRetentionPolicy"];
        if let Some(change) = update.change(&retention) {
            let message = format!(
                "`{}` changes: claims of pods that go are kept or deleted in another way",
                change.path()
            );
            reasons.push(Reason::new(Impact::Data, message).at(Some(change)));
        }
        let claims = |workload: &crate::manifest::view::Workload<'_>| -> BTreeMap<String, String> {
            let volumes = workload.volumes().filter_map(|volume| {
                let claim = crate::manifest::view::get(volume.node, "persistentVolumeClaim.claimName")?;
                Some((volume.name().to_owned(), claim.str().to_owned()))
            });
            volumes.collect()
        };
        let (before, after) = (claims(old), claims(new));
        for (volume, claim) in before {
            match after.get(&volume) {
                Some(now) if *now == claim => {}
                Some(now) => reasons.push(Reason::new(
                    Impact::Data,
                    format!("the volume `{volume}` of its pods is the claim `{now}` instead of `{claim}`: they start without the data that is there"),
                )),
                None => reasons.push(Reason::new(
                    Impact::Data,
                    format!("the volume `{volume}` of its pods is no longer the claim `{claim}`: they start without the data that is there"),
                )),
            }
        }
    }
}

fn of_volume(update: &Update<'_, '_>, reasons: &mut Vec<Reason>) {
    let keys = ["spec", "resources", "requests", "storage"];
    if let Some(change) = update.change(&keys) {
        let message = format!(
            "`{}` goes from {} to {}: the volume grows in place if its StorageClass has `allowVolumeExpansion`, and never shrinks again",
            keys.join("."),
            shown(at(update.old, &keys)),
            shown(at(update.new, &keys))
        );
        reasons.push(Reason::new(Impact::Data, message).at(Some(change)));
    } else if let Some(change) = update.change(&["spec", "persistentVolumeReclaimPolicy"]) {
        let message =
            "`spec.persistentVolumeReclaimPolicy` changes: it decides whether the data outlives the claim";
        reasons.push(Reason::new(Impact::Data, message).at(Some(change)));
    } else if let Some(change) = update.change(&["spec"]) {
        let message = format!("`{}` changes: stored data hangs on it", change.path());
        reasons.push(Reason::new(Impact::Data, message).at(Some(change)));
    }
}

/// What a version of a definition is for the objects that are stored.
#[derive(PartialEq, Eq, Clone, Copy)]
struct Version {
    is_served: bool,
    is_storage: bool,
}

fn versions(definition: &Value) -> BTreeMap<&str, Version> {
    let is = |version: &Value, key: &str| version.get(key) == Some(&json!(true));
    let versions = items(definition, &["spec", "versions"]).iter();
    versions
        .map(|version| {
            let state = Version {
                is_served: is(version, "served"),
                is_storage: is(version, "storage"),
            };
            (text(version, "name"), state)
        })
        .collect()
}

fn of_definition(update: &Update<'_, '_>, reasons: &mut Vec<Reason>) {
    let (old, new) = (versions(update.old), versions(update.new));
    let change = update.change(&["spec", "versions"]);
    let before = reasons.len();
    let mut say = |message: String| reasons.push(Reason::new(Impact::Data, message).at(change));
    for (name, before) in &old {
        match new.get(name) {
            None if before.is_storage => say(format!(
                "the version `{name}` goes, in which objects are stored: the server refuses that until they are stored in another one"
            )),
            None => say(format!(
                "the version `{name}` goes: clients and manifests that use it fail"
            )),
            Some(after) if before.is_served && !after.is_served => {
                say(format!(
                    "the version `{name}` is no longer served: clients and manifests that use it fail"
                ));
            }
            Some(_) => {}
        }
    }
    let storage = |versions: &BTreeMap<&str, Version>| -> Option<String> {
        let mut versions = versions.iter();
        versions
            .find(|(_, version)| version.is_storage)
            .map(|(name, _)| (*name).to_owned())
    };
    if let (Some(before), Some(after)) = (storage(&old), storage(&new))
        && before != after
    {
        say(format!(
            "objects are stored in the version `{after}` instead of `{before}` from now on; those that exist stay in the old one until they are written again"
        ));
    }
    let come: Vec<String> = new
        .keys()
        .filter(|name| !old.contains_key(*name))
        .map(|name| format!("`{name}`"))
        .collect();
    if !come.is_empty() {
        let message = format!(
            "the version {} comes: objects are converted as `spec.conversion` says",
            list(&come)
        );
        reasons.push(Reason::new(Impact::InPlace, message).at(change));
    }
    if let Some(change) = change.filter(|_| reasons.len() == before) {
        let message = format!(
            "`{}` changes: objects that are stored stay as they are, and are checked by the new schema when they are written next; fields it no longer has are dropped then",
            change.path()
        );
        reasons.push(Reason::new(Impact::InPlace, message).at(Some(change)));
    }
}

/// What an object takes along when it goes.
pub(super) fn of_removal(removed: &Single<'_, '_>, reasons: &mut Vec<Reason>) {
    let message = match (removed.object.group(), &*removed.object.kind) {
        ("", "PersistentVolumeClaim") => {
            "the volume goes with its claim, unless its reclaim policy is `Retain`"
        }
        ("", "PersistentVolume") => "the volume is given up",
        ("", "Namespace") => "everything in the namespace is deleted",
        ("", "Secret") => {
            "what it holds is gone: keys and passwords that are nowhere else cannot be made again"
        }
        ("apiextensions.k8s.io", "CustomResourceDefinition") => "every object of the kind is deleted with it",
        ("apps", "StatefulSet") if deletes_claims(removed.value) => {
            "its claims are deleted with it: `spec.persistentVolumeClaimRetentionPolicy.whenDeleted` is `Delete`"
        }
        ("apps", "StatefulSet") if !items(removed.value, &["spec", "volumeClaimTemplates"]).is_empty() => {
            "its pods go, the claims that it made stay and keep their volumes; delete them by hand when the data is not needed"
        }
        _ => return,
    };
    reasons.push(Reason::new(Impact::Data, message));
}

fn deletes_claims(stateful_set: &Value) -> bool {
    at(
        stateful_set,
        &["spec", "persistentVolumeClaimRetentionPolicy", "whenDeleted"],
    ) == Some(&json!("Delete"))
}
