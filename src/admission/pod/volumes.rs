//! Volumes of a pod: `ValidateVolumes` and `validateVolumeSource` of pkg/apis/core/validation.

use std::collections::{BTreeSet, HashMap};

use super::sources::{self, Source};
use super::{env, invalid, named, projected};
use crate::admission::at::At;
use crate::admission::errors::Errors;
use crate::admission::quantity::Quantity;
use crate::admission::{claim, names};

/// What a volume can be made from, in the order in which the server looks.
const SOURCES: [&str; 30] = [
    "emptyDir",
    "hostPath",
    "gitRepo",
    "gcePersistentDisk",
    "awsElasticBlockStore",
    "secret",
    "nfs",
    "iscsi",
    "glusterfs",
    "flocker",
    "persistentVolumeClaim",
    "rbd",
    "cinder",
    "cephfs",
    "quobyte",
    "downwardAPI",
    "fc",
    "flexVolume",
    "configMap",
    "azureFile",
    "vsphereVolume",
    "photonPersistentDisk",
    "portworxVolume",
    "azureDisk",
    "storageos",
    "projected",
    "scaleIO",
    "csi",
    "ephemeral",
    "image",
];

/// Fields that a downwardAPI volume can show.
const DOWNWARD_FIELDS: [&str; 5] = [
    "metadata.name",
    "metadata.namespace",
    "metadata.labels",
    "metadata.annotations",
    "metadata.uid",
];

/// The permissions a file can have, `0777`.
const FILE_MODE_MAX: i64 = 0o777;

/// The volumes by their names.
pub(super) fn by_name<'m, 'a>(volumes: &'a At<'m, '_>) -> HashMap<&'m str, At<'m, 'a>> {
    volumes
        .items()
        .map(|volume| (volume.get("name").str(), volume))
        .collect()
}

/// Whether a volume is an emptyDir; one without a source is (`SetDefaults_Volume`).
pub(super) fn is_empty_dir(volume: &At<'_, '_>) -> bool {
    volume.get("emptyDir").is_given() || !SOURCES.iter().any(|source| volume.get(source).is_given())
}

/// `ValidateVolumes`; `pod` is the name of a Pod, `""` when it is not known. Those with a name in `replaced` are not used.
pub(super) fn check(volumes: &At<'_, '_>, pod: &str, replaced: &BTreeSet<&str>, errors: &mut Errors<'_>) {
    let mut seen = BTreeSet::new();
    let created: BTreeSet<String> = volumes
        .items()
        .filter(|volume| !pod.is_empty() && volume.get("ephemeral").is_given())
        .map(|volume| format!("{pod}-{}", volume.get("name").str()))
        .collect();
    for volume in volumes.items() {
        if replaced.contains(volume.get("name").str()) {
            continue;
        }
        let mut found: Option<&str> = None;
        for name in SOURCES {
            let source = volume.get(name);
            if !source.is_given() {
                continue;
            }
            if let Some(first) = found {
                errors
                    .forbidden(&source, "may not specify more than 1 volume type")
                    .help(format!("keep `{first}` or `{name}`, or make it two volumes"));
                continue;
            }
            found = Some(name);
            source_of(name, &source, errors);
        }
        let name = volume.get("name");
        let iscsi = volume.get("iscsi");
        if iscsi.get("initiatorName").is_given()
            && name.str().len() + 1 + iscsi.get("targetPortal").str().len() > 64
        {
            errors.invalid(&name, "Total length of <volume name>:<iscsi.targetPortal> must be under 64 characters if iscsi.initiatorName is specified.");
        }
        if !pod.is_empty() && !name.is_empty() && volume.get("ephemeral").is_given() {
            let claim = format!("{pod}-{}", name.str());
            for what in names::dns1123_subdomain(&claim) {
                errors.invalid(&name, format!("PVC name {claim:?}: {what}"));
            }
        }
        named(&name, names::dns1123_label, errors);
        if !seen.insert(name.str()) {
            errors.duplicate(&name);
        }
        let claim = volume.get("persistentVolumeClaim");
        let claimed = claim.get("claimName");
        if created.contains(claimed.str()) {
            errors.invalid(
                &claimed,
                "must not reference a PVC that gets created for an ephemeral volume",
            );
        }
    }
}

/// What the server checks of one source.
fn source_of(name: &str, source: &At<'_, '_>, errors: &mut Errors<'_>) {
    match name {
        "emptyDir" => {
            let limit = source.get("sizeLimit");
            if Quantity::of(&limit).is_some_and(Quantity::is_negative) {
                errors.forbidden(&limit, "SizeLimit field must be a valid resource quantity");
            }
        }
        "secret" => files(&source.get("secretName"), source, errors),
        "configMap" => files(&source.get("name"), source, errors),
        "persistentVolumeClaim" => super::required(&source.get("claimName"), errors),
        "downwardAPI" => {
            mode(&source.get("defaultMode"), errors);
            for file in source.get("items").items() {
                downward_file(&file, errors);
            }
        }
        "projected" => projected::check(source, errors),
        "ephemeral" => {
            let template = source.get("volumeClaimTemplate");
            if template.is_given() {
                claim::template(&template, errors);
            } else {
                errors.required(&template, "");
            }
        }
        "image" => errors.minors(35.., |errors| {
            let reference = source.get("reference");
            errors.minors(37.., |errors| super::required(&reference, errors));
            super::one_of(
                &source.get("pullPolicy"),
                &["Always", "IfNotPresent", "Never"],
                errors,
            );
        }),
        _ => {
            if let Some(kind) = Source::named(name) {
                sources::check(kind, source, errors);
            }
        }
    }
}

/// `validateSecretVolumeSource`, `validateConfigMapVolumeSource`: `name` is the field that names the object.
fn files(name: &At<'_, '_>, source: &At<'_, '_>, errors: &mut Errors<'_>) {
    super::required(name, errors);
    mode(&source.get("defaultMode"), errors);
    for item in source.get("items").items() {
        key_to_path(&item, errors);
    }
}

/// `validateKeyToPath`.
pub(super) fn key_to_path(item: &At<'_, '_>, errors: &mut Errors<'_>) {
    super::required(&item.get("key"), errors);
    file_path(&item.get("path"), errors);
    mode(&item.get("mode"), errors);
}

/// `validateDownwardAPIVolumeFile`.
pub(super) fn downward_file(file: &At<'_, '_>, errors: &mut Errors<'_>) {
    file_path(&file.get("path"), errors);
    let (field, resource) = (file.get("fieldRef"), file.get("resourceFieldRef"));
    if field.is_given() {
        env::field_ref(&field, &DOWNWARD_FIELDS, errors);
        if resource.is_given() {
            errors.invalid(
                file,
                "fieldRef and resourceFieldRef can not be specified simultaneously",
            );
        }
    } else if resource.is_given() {
        env::resource_field_ref(&resource, true, errors);
    } else {
        errors.required(file, "one of fieldRef and resourceFieldRef is required");
    }
    mode(&file.get("mode"), errors);
}

/// The permissions of a file.
pub(super) fn mode(at: &At<'_, '_>, errors: &mut Errors<'_>) {
    if at.int().is_some_and(|mode| !(0..=FILE_MODE_MAX).contains(&mode)) {
        errors
            .invalid(at, "must be a number between 0 and 0777 (octal), both inclusive")
            .help("write permissions with a leading 0, such as `0644`: without it the number is decimal");
    }
}

/// A path that must be given, inside the volume.
fn file_path(at: &At<'_, '_>, errors: &mut Errors<'_>) {
    super::required(at, errors);
    local_path(at, errors);
}

/// `ValidateLocalNonReservedPath`.
pub(super) fn local_path(at: &At<'_, '_>, errors: &mut Errors<'_>) {
    descending_path(at, errors);
    let path = at.str();
    if path.starts_with("..") && !path.starts_with("../") && path != ".." {
        errors.invalid(at, "must not start with '..'");
    }
}

/// `validateLocalDescendingPath`.
pub(super) fn descending_path(at: &At<'_, '_>, errors: &mut Errors<'_>) {
    if at.str().starts_with('/') {
        errors
            .invalid(at, "must be a relative path")
            .help("remove the leading `/`");
    }
    no_backsteps(at, errors);
}

/// `validatePathNoBacksteps`.
pub(super) fn no_backsteps(at: &At<'_, '_>, errors: &mut Errors<'_>) {
    if has_backsteps(at.str()) {
        errors.invalid(at, "must not contain '..'");
    }
}

/// Whether a part of the path leads up.
pub(super) fn has_backsteps(path: &str) -> bool {
    path.split('/').any(|part| part == "..")
}

/// `ValidateDNS1123Label` of a field that may be missing.
pub(super) fn label_if_given(at: &At<'_, '_>, errors: &mut Errors<'_>) {
    if !at.is_empty() {
        invalid(at, names::dns1123_label(at.str()), errors);
    }
}
