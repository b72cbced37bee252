//! PersistentVolumeClaims: `ValidatePersistentVolumeClaim` and `ValidatePersistentVolumeClaimUpdate` of
//! pkg/apis/core/validation/validation.go, after what the server drops (pkg/api/persistentvolumeclaim/util.go).

use crate::admission::at::At;
use crate::admission::errors::Errors;
use crate::admission::quantity::Quantity;
use crate::admission::{claim, equal};

pub(super) fn create(root: &At<'_, '_>, errors: &mut Errors<'_>) {
    let spec = root.get("spec");
    claim::spec(&spec, errors);
    let (source, reference) = (spec.get("dataSource"), spec.get("dataSourceRef"));
    let namespace = reference.get("namespace");
    if reference.is_given() && namespace.is_empty() {
        claim::data_sources(&spec, errors);
    } else if is_claim_or_snapshot(&source) {
        // Of a source that is neither a claim nor a snapshot the server silently makes an empty volume.
        claim::data_source(&source, errors);
    }
}

/// `dataSourceIsPvcOrSnapshot`.
fn is_claim_or_snapshot(source: &At<'_, '_>) -> bool {
    matches!(
        (source.get("apiGroup").str(), source.get("kind").str()),
        ("", "PersistentVolumeClaim") | ("snapshot.storage.k8s.io", "VolumeSnapshot")
    )
}

/// What a claim asks for is fixed, but for its size, which may grow, and the class of its attributes.
///
/// The server lets a claim grow only once it is bound, which a manifest does not tell.
pub(super) fn update(old: &At<'_, '_>, new: &At<'_, '_>, errors: &mut Errors<'_>) {
    const IS_IMMUTABLE: &str = "spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims";
    const RECREATE: &str =
        "make a claim of another name; deleting this one may delete its volume and what is on it";
    let (old, new) = (old.get("spec"), new.get("spec"));
    for field in ["accessModes", "selector"] {
        let after = new.get(field);
        if !equal::same(&old.get(field), &after) {
            errors.forbidden(&after, IS_IMMUTABLE).help(RECREATE);
        }
    }
    // The server and its admission fill these in when they are not given.
    for field in ["volumeName", "storageClassName"] {
        let (before, after) = (old.get(field), new.get(field));
        let is_set = before.is_given() && !(field == "volumeName" && before.is_empty());
        if is_set && before.as_str() != after.as_str() {
            errors.forbidden(&after, IS_IMMUTABLE).help(RECREATE);
        }
    }
    let mode = new.get("volumeMode");
    if old.get("volumeMode").str_or("Filesystem") != mode.str_or("Filesystem") {
        errors.immutable(&mode, "field is immutable").help(RECREATE);
    }
    let (old_resources, resources) = (old.get("resources"), new.get("resources"));
    let limits = resources.get("limits");
    if !equal::same(&old_resources.get("limits"), &limits) {
        errors.forbidden(&limits, IS_IMMUTABLE);
    }
    let (old_requests, requests) = (old_resources.get("requests"), resources.get("requests"));
    let storage = requests.get("storage");
    if let (Some(before), Some(after)) = (Quantity::of(&old_requests.get("storage")), Quantity::of(&storage))
        && after < before
    {
        errors
            .forbidden(&storage, "field can not be less than status.capacity")
            .help("volumes only grow: keep the size, or copy the data to a smaller claim");
    }
    // A source that is no longer given stays.
    let source = sources(&new);
    if source.is_some() && source != sources(&old) {
        let (source, reference) = (new.get("dataSource"), new.get("dataSourceRef"));
        let at = if reference.is_given() { &reference } else { &source };
        errors.forbidden(at, IS_IMMUTABLE).help(RECREATE);
    }
}

/// What a claim is filled from, in whichever of the two fields: group, kind and name (`NormalizeDataSources`).
fn sources(spec: &At<'_, '_>) -> Option<[String; 3]> {
    let (source, reference) = (spec.get("dataSource"), spec.get("dataSourceRef"));
    let of = |at: &At<'_, '_>| ["apiGroup", "kind", "name"].map(|field| at.get(field).str().to_owned());
    let namespace = reference.get("namespace");
    if reference.is_given() && namespace.is_empty() {
        Some(of(&reference))
    } else {
        is_claim_or_snapshot(&source).then(|| of(&source))
    }
}
