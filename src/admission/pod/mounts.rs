//! `ValidateVolumeMounts` and `ValidateVolumeDevices` of pkg/apis/core/validation.

use std::collections::BTreeSet;

use super::volumes::{descending_path, has_backsteps};
use super::{Pod, one_of_if_given};
use crate::admission::at::At;
use crate::admission::errors::Errors;

/// Checks mounts and devices of a container against the volumes and against each other.
pub(super) fn check(pod: &Pod<'_, '_>, container: &At<'_, '_>, errors: &mut Errors<'_>) {
    let (mounts, devices) = (container.get("volumeMounts"), container.get("volumeDevices"));
    let privileged = container.get("securityContext").get("privileged").is_true();
    let mut paths = BTreeSet::new();
    for mount in mounts.items() {
        let (name, path) = (mount.get("name"), mount.get("mountPath"));
        volume(pod, &name, errors);
        if path.is_empty() {
            errors.required(&path, "");
        }
        if !paths.insert(path.str()) {
            errors.invalid(&path, "must be unique");
        }
        for device in devices.items() {
            if device.get("name").str() == name.str() {
                errors.invalid(&name, "must not already exist in volumeDevices");
            }
            if device.get("devicePath").str() == path.str() {
                errors.invalid(&path, "must not already exist as a path in volumeDevices");
            }
        }
        let (sub, expression) = (mount.get("subPath"), mount.get("subPathExpr"));
        if !sub.is_empty() {
            descending_path(&sub, errors);
        }
        if !expression.is_empty() {
            if !sub.is_empty() {
                errors.invalid(&expression, "subPathExpr and subPath are mutually exclusive");
            }
            descending_path(&expression, errors);
        }
        let propagation = mount.get("mountPropagation");
        one_of_if_given(
            &propagation,
            &["Bidirectional", "HostToContainer", "None"],
            errors,
        );
        if propagation.str() == "Bidirectional" && !privileged {
            errors
                .forbidden(
                    &propagation,
                    "Bidirectional mount propagation is available only to privileged containers",
                )
                .help("set `securityContext.privileged: true`, or use `HostToContainer`");
        }
        errors.minors(31.., |errors| recursive_read_only(&mount, errors));
    }
    let mounted: Vec<(&str, &str)> = mounts
        .items()
        .map(|mount| (mount.get("name").str(), mount.get("mountPath").str()))
        .collect();
    let (mut names, mut paths) = (BTreeSet::new(), BTreeSet::new());
    for device in devices.items() {
        let (name, path) = (device.get("name"), device.get("devicePath"));
        if names.contains(name.str()) {
            errors.invalid(&name, "must be unique");
        }
        if volume(pod, &name, errors).is_some_and(|source| !holds_claim(&source)) {
            errors.invalid(
                &name,
                "can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode",
            );
        }
        if path.is_empty() {
            errors.required(&path, "");
        }
        if paths.contains(path.str()) {
            errors.invalid(&path, "must be unique");
        }
        if has_backsteps(path.str()) {
            errors.invalid(&path, "can not contain backsteps ('..')");
        } else {
            paths.insert(path.str());
        }
        for (other, other_path) in &mounted {
            if *other == name.str() {
                errors.invalid(&name, "must not already exist in volumeMounts");
            }
            if *other_path == path.str() {
                errors.invalid(&path, "must not already exist as a path in volumeMounts");
            }
        }
        if !name.is_empty() {
            names.insert(name.str());
        }
    }
}

/// Finds the volume that a mount or device names; reports one that is not there.
fn volume<'m, 'p>(pod: &Pod<'m, 'p>, name: &At<'_, '_>, errors: &mut Errors<'_>) -> Option<At<'m, 'p>> {
    if name.is_empty() {
        errors.required(name, "");
        return None;
    }
    let found = pod.volumes.get(name.str());
    if found.is_none() {
        let mut known: Vec<&str> = pod.volumes.keys().copied().collect();
        known.sort_unstable();
        let help = match crate::suggest::nearest(name.str(), known.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "add a volume of this name to `volumes` of the pod".to_owned(),
        };
        errors.not_found(name).help(help);
    }
    found.copied()
}

/// Whether the volume is one that can be a block device.
fn holds_claim(volume: &At<'_, '_>) -> bool {
    volume.get("persistentVolumeClaim").is_given() || volume.get("ephemeral").is_given()
}

/// `validateMountRecursiveReadOnly`.
fn recursive_read_only(mount: &At<'_, '_>, errors: &mut Errors<'_>) {
    let at = mount.get("recursiveReadOnly");
    one_of_if_given(&at, &["Disabled", "IfPossible", "Enabled"], errors);
    if !["IfPossible", "Enabled"].contains(&at.str()) {
        return;
    }
    if !mount.get("readOnly").is_true() {
        errors.forbidden(&at, "may only be specified when readOnly is true");
    }
    let propagation = mount.get("mountPropagation");
    if propagation.is_given() && propagation.str() != "None" {
        errors.forbidden(
            &at,
            "may only be specified when mountPropagation is None or not specified",
        );
    }
}
