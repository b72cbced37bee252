//! What a real API server refuses beyond its schemas: its own hand-written validation, kind by kind.
//!
//! The texts are the server's (k8s.io/kubernetes `pkg/apis/*/validation`, k8s.io/apimachinery), so that a person finds
//! the same sentence in both places; the paths are the manifest's own where the server's differ. Checks see the
//! object as it was written: the server's defaults are applied where a check needs them, field by field.
//!
//! Invariant: what is reported here would be refused by a real server of (one of) the versions asked for. What it
//! accepts and hurts later is lint's.

mod at;
mod claim;
mod defaults;
mod equal;
mod errors;
mod ip;
mod kinds;
mod label_selector;
mod metadata;
mod names;
mod pod;
mod quantity;
mod resource_names;
mod rules;
mod signer;
mod webhook_client;

use rayon::prelude::*;

use crate::finding::Finding;
use crate::manifest::{Manifest, ManifestSet};
use crate::schema::KubernetesVersion;

use at::At;
use errors::Errors;
pub(crate) use rules::IMMUTABLE_FIELD;
pub use rules::RULES;

/// From how many objects on the work is shared between threads.
const PARALLEL: usize = 64;

/// Checks every object as at its creation, for servers of these versions.
pub fn admit(manifests: &ManifestSet, versions: &[KubernetesVersion]) -> Vec<Finding> {
    if manifests.len() < PARALLEL {
        return manifests
            .iter()
            .flat_map(|manifest| create(manifest, versions))
            .collect();
    }
    let all: Vec<&Manifest> = manifests.iter().collect();
    all.into_par_iter()
        .flat_map_iter(|manifest| create(manifest, versions))
        .collect()
}

/// Checks one object as at its creation.
pub fn create(manifest: &Manifest, versions: &[KubernetesVersion]) -> Vec<Finding> {
    let id = &manifest.id;
    let mut errors = Errors::new(manifest, versions);
    let root = At::root(manifest.node());
    let metadata = root.get("metadata");
    if let Some(rules) = kinds::find(id.group(), &id.kind) {
        metadata::check(id, &metadata, rules.name, &mut errors);
        (rules.create)(&root, &mut errors);
    } else if id.group().contains('.') && !metadata::is_built_in(id) {
        metadata::check(id, &metadata, names::subdomain_name, &mut errors);
    }
    errors.finish()
}

/// Checks a change of one object: what the server refuses of `new` when `old` is stored. Both are of the same kind
/// and name. Findings are at places of `new`, and do not repeat those of [`create`].
pub fn update(old: &Manifest, new: &Manifest, versions: &[KubernetesVersion]) -> Vec<Finding> {
    let id = &new.id;
    let Some(rules) = kinds::find(id.group(), &id.kind) else {
        return Vec::new();
    };
    let mut errors = Errors::new(new, versions);
    let (before, after) = (At::root(old.node()), At::root(new.node()));
    metadata::check_update(&before.get("metadata"), &after.get("metadata"), &mut errors);
    (rules.update)(&before, &after, &mut errors);
    errors.finish()
}
