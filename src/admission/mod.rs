//! What a real API server refuses beyond its schemas: its own hand-written validation, kind by kind.
//!
//! The texts are the server's (k8s.io/kubernetes `pkg/apis/*/validation`, k8s.io/apimachinery), so that a person finds
//! the same sentence in both places; the paths are the manifest's own where the server's differ. Checks see the
//! object as it was written: the server's defaults are applied where a check needs them, field by field.
//!
//! Invariant: what is reported here would be refused by a real server of (one of) the versions asked for. What it
//! accepts and hurts later is lint's.

mod at;
pub(crate) mod bytes;
pub(crate) mod cel;
mod change;
mod claim;
mod custom;
mod defaults;
mod equal;
mod errors;
mod ip;
mod kinds;
mod label_selector;
mod metadata;
mod names;
pub mod namespace_limits;
mod patch;
mod pod;
pub mod pod_security;
mod policies;
pub(crate) mod quantity;
mod resource_names;
mod rules;
mod signer;
mod stored;
mod templates;
mod webhook_client;

use rayon::prelude::*;

use crate::finding::Finding;
use crate::manifest::{Manifest, ManifestSet};
use crate::schema::{self, SchemaStore};

use at::At;
use change::Change;
pub(crate) use change::encode_texts;
use errors::Errors;
use patch::Unmergeable;
pub(crate) use patch::three_way as applied;
pub(crate) use rules::IMMUTABLE_FIELD;
pub use rules::RULES;
pub use stored::Stored;

/// From how many objects on the work is shared between threads.
const PARALLEL: usize = 64;

/// Checks every object as at its creation, for servers of the store's versions with the store's definitions.
pub fn admit(manifests: &ManifestSet, store: &SchemaStore) -> Vec<Finding> {
    let mut findings: Vec<Finding> = if manifests.len() < PARALLEL {
        manifests
            .iter()
            .flat_map(|manifest| create(manifest, store))
            .collect()
    } else {
        let all: Vec<&Manifest> = manifests.iter().collect();
        all.into_par_iter()
            .flat_map_iter(|manifest| create(manifest, store))
            .collect()
    };
    findings.extend(policies::apply(manifests, store));
    findings
}

/// Checks one object as at its creation.
pub fn create(manifest: &Manifest, store: &SchemaStore) -> Vec<Finding> {
    let versions = store.versions();
    let mut errors = Errors::new(manifest, &versions);
    check(manifest, store, &mut errors);
    errors.finish()
}

/// The checks that the server makes of every object, new or changed.
fn check(manifest: &Manifest, store: &SchemaStore, errors: &mut Errors<'_>) {
    let id = &manifest.id;
    let root = At::root(manifest.node());
    let metadata = root.get("metadata");
    let is_namespaced = store.is_namespaced(id.group(), id.version(), &id.kind) == Some(true);
    if let Some(rules) = kinds::find(id.group(), &id.kind) {
        metadata::check(id, is_namespaced, &metadata, rules.name, errors);
        (rules.create)(&root, errors);
    } else if id.group().contains('.') && !metadata::is_built_in(id) {
        metadata::check(id, is_namespaced, &metadata, names::subdomain_name, errors);
        custom::check(manifest, store, errors);
    }
}

/// What the server refuses of a change because of what is stored: fields that may not change, or not so. Both are of
/// the same kind and name. Findings are at places of `new`, and do not repeat those of [`create`].
pub fn update(old: &Manifest, new: &Manifest, store: &SchemaStore) -> Vec<Finding> {
    let versions = store.versions();
    let mut errors = Errors::new(new, &versions);
    match Change::of(old, new) {
        Some(Ok(change)) => check_change(&change, store, &mut errors),
        Some(Err(reason)) => unmergeable(new, &reason, &mut errors),
        None => {}
    }
    errors.finish()
}

/// All that the server refuses when `new` is applied where `old` is stored, schemas included; first what may not
/// change.
///
/// That is not what it refuses of `new` alone: it judges the stored object with the difference between the two, as
/// `kubectl apply` sends it, and some checks are made of new objects only.
pub fn change(old: &Manifest, new: &Manifest, store: &SchemaStore) -> Vec<Finding> {
    let versions = store.versions();
    let mut errors = Errors::new(new, &versions).of_change();
    let kept = change::kept_fields(&new.id);
    let change = match Change::of(old, new) {
        Some(Ok(change)) => change,
        // The manifest is read before it is compared.
        stopped => {
            let mut findings = schema::validate_change(new, store, kept);
            if let Some(Err(reason)) = stopped {
                unmergeable(new, &reason, &mut errors);
            }
            findings.extend(errors.finish());
            return findings;
        }
    };
    check_change(&change, store, &mut errors);
    let at_once = errors.len();
    check(&change.new, store, &mut errors);
    let mut findings = errors.finish();
    let of_object = findings.split_off(at_once);
    // The client reads the manifest strictly, before anything is merged.
    let mut written = schema::validate_change(new, store, kept);
    let sent = schema::validate_change(&change.sent, store, kept);
    let is_new = |finding: &Finding| {
        let same = |other: &Finding| other.at == finding.at && other.message == finding.message;
        !written.iter().any(same)
    };
    let merged: Vec<Finding> = sent.into_iter().filter(is_new).collect();
    written.extend(merged);
    findings.extend(written);
    findings.extend(of_object);
    findings
}

fn check_change(change: &Change, store: &SchemaStore, errors: &mut Errors<'_>) {
    let id = &change.new.id;
    if metadata::is_built_in(id) && id.kind.ends_with("Review") {
        let root = At::root(change.new.node());
        errors
            .forbidden(
                &root.get("kind"),
                "the server does not allow this method on the requested resource",
            )
            .help("create it: a review is a question, which is answered and not stored");
        return;
    }
    let (before, after) = (At::root(change.old.node()), At::root(change.new.node()));
    if let Some(rules) = kinds::find(id.group(), &id.kind) {
        metadata::check_update(&before.get("metadata"), &after.get("metadata"), errors);
        (rules.update)(&before, &after, errors);
    } else if store.custom(id.group(), id.version(), &id.kind).is_some() {
        metadata::check_update(&before.get("metadata"), &after.get("metadata"), errors);
        custom::check_change(&change.old, &change.new, store, errors);
    }
}

/// kubectl cannot say what changes.
fn unmergeable(new: &Manifest, reason: &Unmergeable, errors: &mut Errors<'_>) {
    let root = At::root(new.node());
    root.follow(reason.item.steps(), |item| {
        errors
            .required(
                &item.get(&reason.key),
                "kubectl apply pairs the items of the list by this field",
            )
            .help(format!("give every item a `{}` of its own", reason.key));
    });
}
