//! Where the data of a PersistentVolume is: what `ValidatePersistentVolumeSpec` says of its sources beyond what volumes of
//! pods say.

use crate::admission::at::At;
use crate::admission::errors::Errors;
use crate::admission::names;
use crate::admission::pod::{Source, driver_name, volume_source};

/// What a source of PersistentVolumes has beside what one of pods has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Beside {
    /// Nothing.
    Nothing,
    /// A Secret that must have a namespace.
    Secret,
    /// What is written in this file.
    Own,
}

/// The sources, in the order in which the server looks for them.
pub(super) const SOURCES: &[(&str, Beside)] = &[
    ("hostPath", Beside::Nothing),
    ("gcePersistentDisk", Beside::Nothing),
    ("awsElasticBlockStore", Beside::Nothing),
    ("glusterfs", Beside::Own),
    ("flocker", Beside::Nothing),
    ("nfs", Beside::Nothing),
    ("rbd", Beside::Nothing),
    ("quobyte", Beside::Nothing),
    ("cephfs", Beside::Nothing),
    ("iscsi", Beside::Own),
    ("cinder", Beside::Secret),
    ("fc", Beside::Nothing),
    ("flexVolume", Beside::Nothing),
    ("azureFile", Beside::Own),
    ("vsphereVolume", Beside::Nothing),
    ("photonPersistentDisk", Beside::Nothing),
    ("portworxVolume", Beside::Nothing),
    ("azureDisk", Beside::Nothing),
    ("scaleIO", Beside::Nothing),
    ("local", Beside::Own),
    ("storageos", Beside::Secret),
    ("csi", Beside::Own),
];

/// Checks that the volume named `name` has one source, and the source.
pub(super) fn check(spec: &At<'_, '_>, name: &str, errors: &mut Errors<'_>) {
    let mut has_one = false;
    for (field, beside) in SOURCES {
        let source = spec.get(field);
        if !source.is_given() {
            continue;
        }
        if has_one && *field != "flexVolume" {
            errors
                .forbidden(&source, "may not specify more than 1 volume type")
                .help("make it two volumes");
            continue;
        }
        has_one = true;
        // The server knows `local` and `csi` of PersistentVolumes by other rules than those of pods.
        if !matches!(*field, "local" | "csi")
            && let Some(kind) = Source::named(field)
        {
            volume_source(kind, &source, errors);
        }
        match beside {
            Beside::Nothing => {}
            Beside::Secret => {
                let secret = source.get("secretRef");
                let namespace = secret.get("namespace");
                if secret.is_given() && namespace.is_empty() {
                    errors.required(&namespace, "");
                }
            }
            Beside::Own => own(field, &source, name, errors),
        }
    }
    if !has_one {
        errors
            .required(spec, "must specify a volume type")
            .help("say where the data is, such as `csi`, `nfs` or `local`");
    }
}

fn own(field: &str, source: &At<'_, '_>, name: &str, errors: &mut Errors<'_>) {
    match field {
        "glusterfs" => {
            let namespace = source.get("endpointsNamespace");
            if namespace.is_given() && namespace.is_empty() {
                errors.invalid(
                    &namespace,
                    "if the endpointnamespace is set, it must be a valid namespace name",
                );
            } else if namespace.is_given() {
                for what in names::dns1123_label(namespace.str()) {
                    errors.invalid(&namespace, what);
                }
            }
        }
        "iscsi" => {
            let portal = source.get("targetPortal");
            if source.get("initiatorName").is_given() && name.len() + 1 + portal.str().len() > 64 {
                errors.invalid(
                    &portal,
                    "Total length of <volume name>:<iscsi.targetPortal> must be under 64 characters if iscsi.initiatorName is specified.",
                );
            }
            let secret = source.get("secretRef");
            let name = secret.get("name");
            if secret.is_given() && name.is_empty() {
                errors.required(&name, "");
            }
        }
        "azureFile" => {
            let namespace = source.get("secretNamespace");
            if namespace.is_given() && namespace.is_empty() {
                errors.required(&namespace, "");
            }
        }
        "local" => {
            let path = source.get("path");
            if path.is_empty() {
                errors.required(&path, "");
            } else if path.str().split('/').any(|part| part == "..") {
                errors.invalid(&path, "must not contain '..'");
            }
        }
        _ => csi(source, errors),
    }
}

/// `validateCSIPersistentVolumeSource`.
fn csi(source: &At<'_, '_>, errors: &mut Errors<'_>) {
    driver_name(&source.get("driver"), errors);
    let handle = source.get("volumeHandle");
    if handle.is_empty() {
        errors
            .required(&handle, "")
            .help("give the name by which the driver knows the volume");
    }
    for field in [
        "controllerPublishSecretRef",
        "controllerExpandSecretRef",
        "nodePublishSecretRef",
        "nodeExpandSecretRef",
    ] {
        let secret = source.get(field);
        if !secret.is_given() {
            continue;
        }
        let (name, namespace) = (secret.get("name"), secret.get("namespace"));
        for (at, wrong) in [
            (&name, names::dns1123_subdomain(name.str())),
            (&namespace, names::dns1123_label(namespace.str())),
        ] {
            if at.is_empty() {
                errors.required(at, "");
                continue;
            }
            for what in wrong {
                errors.invalid(at, what);
            }
        }
    }
}
