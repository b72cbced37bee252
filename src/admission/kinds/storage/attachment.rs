//! VolumeAttachments: `ValidateVolumeAttachment` of pkg/apis/storage/validation/validation.go.

use super::{volume, volume_source};
use crate::admission::at::At;
use crate::admission::errors::Errors;
use crate::admission::pod::driver_name;
use crate::admission::{equal, names};

pub(super) fn create(root: &At<'_, '_>, errors: &mut Errors<'_>) {
    let spec = root.get("spec");
    driver_name(&spec.get("attacher"), errors);
    let source = spec.get("source");
    let (name, inline) = (source.get("persistentVolumeName"), source.get("inlineVolumeSpec"));
    const ONE: &str = "must specify exactly one of inlineVolumeSpec and persistentVolumeName";
    match (name.is_given(), inline.is_given()) {
        (false, false) => {
            errors.required(&source, ONE);
        }
        (true, true) => {
            errors.forbidden(&source, ONE);
        }
        (true, false) if name.is_empty() => {
            errors.required(&name, "must specify non empty persistentVolumeName");
        }
        (true, false) => {}
        (false, true) => inline_volume(&inline, errors),
    }
    if name.is_given() {
        for what in names::dns1123_subdomain(name.str()) {
            errors.invalid(&name, what);
        }
    }
    let node = spec.get("nodeName");
    for what in names::dns1123_subdomain(node.str()) {
        errors.invalid(&node, what);
    }
}

/// A volume that is only here: a CSI volume that a volume of a pod was translated to.
fn inline_volume(spec: &At<'_, '_>, errors: &mut Errors<'_>) {
    const NOT_HERE: &str = "may not be specified in the context of inline volumes";
    for field in ["claimRef", "capacity", "nodeAffinity", "storageClassName"] {
        let at = spec.get(field);
        let is_set = if matches!(field, "capacity" | "storageClassName") {
            !at.is_empty()
        } else {
            at.is_given()
        };
        if is_set {
            errors.forbidden(&at, NOT_HERE);
        }
    }
    let csi = spec.get("csi");
    if !csi.is_given() {
        errors.required(&csi, "has to be specified in the context of inline volumes");
    }
    volume::access_modes(spec, errors);
    let policy = spec.get("persistentVolumeReclaimPolicy");
    if !policy.is_empty() && policy.str() != "Retain" {
        errors.forbidden(&policy, "may only be Retain in the context of inline volumes");
    }
    let mode = spec.get("volumeMode");
    if mode.is_given() && mode.str() != "Filesystem" {
        errors.forbidden(
            &mode,
            "may not specify volumeMode other than Filesystem in the context of inline volumes",
        );
    }
    volume_source::check(spec, "", errors);
}

/// Nothing of `spec` changes.
pub(super) fn update(old: &At<'_, '_>, new: &At<'_, '_>, errors: &mut Errors<'_>) {
    let spec = new.get("spec");
    if !equal::same(&old.get("spec"), &spec) {
        errors.immutable(&spec, "field is immutable");
    }
}
