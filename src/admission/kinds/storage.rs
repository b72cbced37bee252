//! Volumes, claims and their classes.

use super::KindRules;
use crate::admission::names;

mod attachment;
mod claim;
mod classes;
mod drivers;
mod volume;
mod volume_source;

const GROUP: &str = "storage.k8s.io";

pub(super) static KINDS: &[KindRules] = &[
    KindRules {
        group: "",
        kind: "PersistentVolume",
        name: names::subdomain_name,
        create: volume::create,
        update: volume::update,
    },
    KindRules {
        group: "",
        kind: "PersistentVolumeClaim",
        name: names::subdomain_name,
        create: claim::create,
        update: claim::update,
    },
    KindRules {
        group: GROUP,
        kind: "StorageClass",
        name: names::subdomain_name,
        create: classes::storage_class,
        update: classes::storage_class_update,
    },
    KindRules {
        group: GROUP,
        kind: "VolumeAttributesClass",
        name: names::subdomain_name,
        create: classes::attributes_class,
        update: classes::attributes_class_update,
    },
    KindRules {
        group: GROUP,
        kind: "CSIStorageCapacity",
        name: names::subdomain_name,
        create: classes::capacity,
        update: classes::capacity_update,
    },
    KindRules {
        group: GROUP,
        kind: "CSIDriver",
        name: names::subdomain_name,
        create: drivers::driver,
        update: drivers::driver_update,
    },
    KindRules {
        group: GROUP,
        kind: "CSINode",
        name: names::subdomain_name,
        create: drivers::node,
        update: drivers::node_update,
    },
    KindRules {
        group: GROUP,
        kind: "VolumeAttachment",
        name: names::subdomain_name,
        create: attachment::create,
        update: attachment::update,
    },
];
