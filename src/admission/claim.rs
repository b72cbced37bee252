//! Claims of volumes: `ValidatePersistentVolumeClaimSpec` and `ValidatePersistentVolumeClaimTemplate` of
//! pkg/apis/core/validation, for PersistentVolumeClaims and for what makes them.

use super::at::At;
use super::errors::Errors;
use super::quantity::Quantity;
use super::{equal, label_selector, metadata, names};

/// How a volume may be mounted.
pub(super) const ACCESS_MODES: [&str; 4] = [
    "ReadWriteOnce",
    "ReadOnlyMany",
    "ReadWriteMany",
    "ReadWriteOncePod",
];

/// `ValidatePersistentVolumeClaimTemplate`: of its metadata only labels and annotations are used.
pub(super) fn template(template: &At<'_, '_>, errors: &mut Errors<'_>) {
    let meta = template.get("metadata");
    metadata::annotations(&meta.get("annotations"), errors);
    metadata::labels(&meta.get("labels"), errors);
    for (key, at) in meta.entries() {
        if at.is_given() && !at.is_empty() && !["annotations", "labels"].contains(&key) {
            errors
                .forbidden(&at, "cannot be set")
                .help("remove it: the claim is named after the pod and the volume");
        }
    }
    let claim = template.get("spec");
    spec(&claim, errors);
    data_sources(&claim, errors);
}

/// `ValidatePersistentVolumeClaimSpec` but what the volume is filled from, for which see [`data_sources`].
pub(super) fn spec(spec: &At<'_, '_>, errors: &mut Errors<'_>) {
    let modes = spec.get("accessModes");
    if modes.is_empty() {
        errors
            .required(&modes, "at least 1 access mode is required")
            .help("`ReadWriteOnce` is what nearly every volume can do");
    }
    label_selector::check(&spec.get("selector"), errors);
    let (mut alone, mut shared) = (false, false);
    for mode in modes.items() {
        if !ACCESS_MODES.contains(&mode.str()) {
            errors.unsupported(&mode, &ACCESS_MODES);
        } else if mode.str() == "ReadWriteOncePod" {
            alone = true;
        } else {
            shared = true;
        }
    }
    if alone && shared {
        errors.forbidden(&modes, "may not use ReadWriteOncePod with other access modes");
    }
    let resources = spec.get("resources");
    let requests = resources.get("requests");
    let storage = requests.get("storage");
    if !storage.is_given() {
        errors
            .required(&storage, "")
            .help("ask for a size, such as `storage: 1Gi`");
    } else if Quantity::of(&storage).is_some_and(|size| size <= Quantity::ZERO) {
        errors.invalid(&storage, "must be greater than zero");
    }
    let class = spec.get("storageClassName");
    if !class.is_empty() {
        for what in names::dns1123_subdomain(class.str()) {
            errors.invalid(&class, what);
        }
    }
    let mode = spec.get("volumeMode");
    if mode.is_given() && !["Block", "Filesystem"].contains(&mode.str()) {
        errors.unsupported(&mode, &["Block", "Filesystem"]);
    }
    errors.minors(34.., |errors| {
        let attributes = spec.get("volumeAttributesClassName");
        if !attributes.is_empty() {
            for what in names::dns1123_subdomain(attributes.str()) {
                errors.invalid(&attributes, what);
            }
        }
    });
}

/// `validateDataSource`, `validateDataSourceRef`, and that the two agree.
pub(super) fn data_sources(spec: &At<'_, '_>, errors: &mut Errors<'_>) {
    let (source, reference) = (spec.get("dataSource"), spec.get("dataSourceRef"));
    for at in [&source, &reference] {
        if at.is_given() {
            data_source(at, errors);
        }
    }
    let namespace = reference.get("namespace");
    if !namespace.is_empty() {
        for what in names::dns1123_label(namespace.str()) {
            errors.invalid(&namespace, what);
        }
        if source.is_given() {
            errors.invalid(
                &source,
                "may not be specified when dataSourceRef.namespace is specified",
            );
        }
    } else if source.is_given() && reference.is_given() {
        let same = ["apiGroup", "kind", "name"]
            .iter()
            .all(|field| equal::same(&source.get(field), &reference.get(field)));
        if !same {
            errors.invalid(&source, "must match dataSourceRef");
        }
    }
}

/// `validateDataSource`.
pub(super) fn data_source(source: &At<'_, '_>, errors: &mut Errors<'_>) {
    for field in ["name", "kind"] {
        let at = source.get(field);
        if at.is_empty() {
            errors.required(&at, "");
        }
    }
    let group = source.get("apiGroup");
    if group.is_empty() {
        if source.get("kind").str() != "PersistentVolumeClaim" {
            errors
                .invalid(
                    source,
                    "must be 'PersistentVolumeClaim' when referencing the default apiGroup",
                )
                .help("give the `apiGroup` of the kind: snapshots are of snapshot.storage.k8s.io");
        }
    } else {
        for what in names::dns1123_subdomain(group.str()) {
            errors.invalid(&group, what);
        }
    }
}
