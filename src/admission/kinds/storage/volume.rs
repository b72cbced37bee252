//! PersistentVolumes: `ValidatePersistentVolumeSpec` of pkg/apis/core/validation/validation.go, for volumes of their own and for
//! those inside a VolumeAttachment.

use super::volume_source::{self, SOURCES};
use crate::admission::at::At;
use crate::admission::claim::ACCESS_MODES;
use crate::admission::equal::{self, Tree};
use crate::admission::errors::Errors;
use crate::admission::pod::node_selector;
use crate::admission::quantity::Quantity;
use crate::admission::{defaults, names};

const MOUNT_OPTIONS: &str = "volume.beta.kubernetes.io/mount-options";

/// The sources that take mount options in the old annotation (`checkMountOption` of pkg/volume/validation).
const WITH_MOUNT_OPTIONS: &[&str] = &[
    "gcePersistentDisk",
    "awsElasticBlockStore",
    "glusterfs",
    "nfs",
    "rbd",
    "quobyte",
    "iscsi",
    "cinder",
    "cephfs",
    "azureFile",
    "vsphereVolume",
    "azureDisk",
    "photonPersistentDisk",
];

/// `ValidatePersistentVolume`.
pub(super) fn create(root: &At<'_, '_>, errors: &mut Errors<'_>) {
    let (spec, metadata) = (root.get("spec"), root.get("metadata"));
    capacity(&spec, errors);
    access_modes(&spec, errors);
    let policy = spec.get("persistentVolumeReclaimPolicy");
    let policies = ["Delete", "Recycle", "Retain"];
    if !policy.is_empty() && !policies.contains(&policy.str()) {
        errors.unsupported(&policy, &policies);
    }
    let affinity = spec.get("nodeAffinity");
    if affinity.is_given() {
        let required = affinity.get("required");
        if required.is_given() {
            node_selector(&required, errors);
        } else {
            errors.required(&required, "must specify required node constraints");
        }
    }
    volume_source::check(&spec, metadata.get("name").str(), errors);
    if spec.get("local").is_given() && !affinity.is_given() {
        errors
            .required(&affinity, "Local volume requires node affinity")
            .help("say on which nodes the directory is");
    }
    if policy.str() == "Recycle" {
        let host = spec.get("hostPath");
        let path = host.get("path");
        let is_root =
            path.str().starts_with('/') && path.str().split('/').all(|part| matches!(part, "" | "." | ".."));
        if host.is_given() && is_root {
            errors.forbidden(&policy, "may not be 'recycle' for a hostPath mount of '/'");
        }
    }
    let class = spec.get("storageClassName");
    if !class.is_empty() {
        for what in names::dns1123_subdomain(class.str()) {
            errors.invalid(&class, what);
        }
    }
    let mode = spec.get("volumeMode");
    if mode.is_given() && !matches!(mode.str(), "Block" | "Filesystem") {
        errors.unsupported(&mode, &["Block", "Filesystem"]);
    }
    // Before 1.34 the field was dropped.
    errors.minors(34.., |errors| attributes_class(&spec, errors));
    let annotations = metadata.get("annotations");
    let options = annotations.get(MOUNT_OPTIONS);
    let takes_options = WITH_MOUNT_OPTIONS
        .iter()
        .any(|source| spec.get(source).is_given());
    if options.is_given() && !takes_options {
        errors.forbidden(&options, "may not specify mount options for this volume type");
    }
}

fn capacity(spec: &At<'_, '_>, errors: &mut Errors<'_>) {
    let capacity = spec.get("capacity");
    if capacity.is_empty() {
        errors
            .required(&capacity, "")
            .help("say how large the volume is, such as `storage: 10Gi`");
    } else if capacity.len() > 1 || capacity.entries().all(|(name, _)| name != "storage") {
        errors.unsupported(&capacity, &["storage"]);
    }
    for (_, amount) in capacity.entries() {
        if Quantity::of(&amount).is_none_or(|amount| amount <= Quantity::ZERO) {
            errors.invalid(&amount, "must be greater than zero");
        }
    }
}

/// What both kinds of volumes say of how they may be mounted.
pub(super) fn access_modes(spec: &At<'_, '_>, errors: &mut Errors<'_>) {
    let modes = spec.get("accessModes");
    if modes.is_empty() {
        errors.required(&modes, "");
    }
    let (mut is_alone, mut is_shared) = (false, false);
    for mode in modes.items() {
        if !ACCESS_MODES.contains(&mode.str()) {
            errors.unsupported(&mode, &ACCESS_MODES);
        } else if mode.str() == "ReadWriteOncePod" {
            is_alone = true;
        } else {
            is_shared = true;
        }
    }
    if is_alone && is_shared {
        errors.forbidden(&modes, "may not use ReadWriteOncePod with other access modes");
    }
}

fn attributes_class(spec: &At<'_, '_>, errors: &mut Errors<'_>) {
    let class = spec.get("volumeAttributesClassName");
    if !class.is_given() {
        return;
    }
    if class.is_empty() {
        errors.required(&class, "an empty string is disallowed");
    } else {
        for what in names::dns1123_subdomain(class.str()) {
            errors.invalid(&class, what);
        }
    }
    let csi = spec.get("csi");
    if !csi.is_given() {
        errors.required(&csi, "has to be specified when using volumeAttributesClassName");
    }
}

/// `ValidatePersistentVolumeUpdate`.
pub(super) fn update(old: &At<'_, '_>, new: &At<'_, '_>, errors: &mut Errors<'_>) {
    let (old, new) = (old.get("spec"), new.get("spec"));
    let is_expand_secret_new = {
        let of = |spec: &At<'_, '_>| {
            let csi = spec.get("csi");
            csi.is_given() && csi.get("controllerExpandSecretRef").is_given()
        };
        old.get("csi").is_given() && !of(&old) && of(&new)
    };
    let source_of = |spec: &At<'_, '_>, field: &str| {
        let mut holder = Tree::empty();
        let mut source = Tree::of(&spec.get(field), field);
        if is_expand_secret_new && let Some(source) = &mut source {
            source.set("controllerExpandSecretRef", None);
        }
        holder.set(field, source);
        defaults::volume_source(&mut holder);
        holder
    };
    for (field, _) in SOURCES {
        if source_of(&old, field) != source_of(&new, field) {
            errors
                .forbidden(
                    &new.get(field),
                    "spec.persistentvolumesource is immutable after creation",
                )
                .help("give the volume that is somewhere else another name");
        }
    }
    let mode = new.get("volumeMode");
    if old.get("volumeMode").str_or("Filesystem") != mode.str_or("Filesystem") {
        errors.immutable(&mode, "field is immutable");
    }
    let affinity = new.get("nodeAffinity");
    let old_affinity = old.get("nodeAffinity");
    if old_affinity.is_given() && !same_affinity(&old_affinity, &affinity) {
        errors.immutable(
            &affinity,
            "field is immutable, except for updating from beta label to GA",
        );
    }
    let class = new.get("volumeAttributesClassName");
    if old.get("volumeAttributesClassName").is_given() && !class.is_given() {
        errors.minors(34.., |errors| {
            errors.forbidden(&class, "update from non-nil value to nil is forbidden");
        });
    }
}

/// Labels of nodes that had another name before they were stable.
const RENAMED_LABELS: &[(&str, &str)] = &[
    (
        "failure-domain.beta.kubernetes.io/zone",
        "topology.kubernetes.io/zone",
    ),
    (
        "failure-domain.beta.kubernetes.io/region",
        "topology.kubernetes.io/region",
    ),
    ("beta.kubernetes.io/os", "kubernetes.io/os"),
    ("beta.kubernetes.io/arch", "kubernetes.io/arch"),
    (
        "beta.kubernetes.io/instance-type",
        "node.kubernetes.io/instance-type",
    ),
];

/// Whether two node affinities are the same, but for labels that were renamed.
fn same_affinity(old: &At<'_, '_>, new: &At<'_, '_>) -> bool {
    if equal::same(old, new) {
        return true;
    }
    let (old, new) = (old.get("required"), new.get("required"));
    let (old, new) = (old.get("nodeSelectorTerms"), new.get("nodeSelectorTerms"));
    old.len() == new.len()
        && old.items().zip(new.items()).all(|(old, new)| {
            ["matchExpressions", "matchFields"].iter().all(|field| {
                let (old, new) = (old.get(field), new.get(field));
                old.len() == new.len()
                    && old.items().zip(new.items()).all(|(old, new)| {
                        let (before, after) = (old.get("key").str(), new.get("key").str());
                        (before == after || RENAMED_LABELS.contains(&(before, after)))
                            && equal::same(&old.get("operator"), &new.get("operator"))
                            && equal::same(&old.get("values"), &new.get("values"))
                    })
            })
        })
}
