//! `restrictedVolumes`: volumes that are not the cluster's own way of giving files.

use super::Level;
use super::check::{Check, Pod, Texts, Violation, plural, quoted, uses};

pub(super) static CHECK: Check = Check {
    id: "restrictedVolumes",
    level: Level::Restricted,
    since: 0,
    replaces: Some("hostPathVolumes"),
    help: "use `configMap`, `csi`, `downwardAPI`, `emptyDir`, `ephemeral`, `image`, `persistentVolumeClaim`, `projected` or `secret`",
    run,
};

const ALLOWED: &[&str] = &[
    "configMap",
    "csi",
    "downwardAPI",
    "emptyDir",
    "ephemeral",
    "image",
    "persistentVolumeClaim",
    "projected",
    "secret",
];

/// In the plugin's order: the first that is given is named.
const RESTRICTED: &[&str] = &[
    "hostPath",
    "gcePersistentDisk",
    "awsElasticBlockStore",
    "gitRepo",
    "nfs",
    "iscsi",
    "glusterfs",
    "rbd",
    "flexVolume",
    "cinder",
    "cephfs",
    "flocker",
    "fc",
    "azureFile",
    "vsphereVolume",
    "quobyte",
    "azureDisk",
    "photonPersistentDisk",
    "portworxVolume",
    "scaleIO",
    "storageos",
];

fn run(pod: &Pod<'_, '_>, _: u16) -> Option<Violation> {
    let (mut names, mut types, mut places) = (Vec::new(), Texts::new(), Vec::new());
    for volume in pod.spec.get("volumes").items() {
        let first = |sources: &[&'static str]| sources.iter().copied().find(|s| volume.get(s).is_given());
        // A volume without a source is an `emptyDir`, by the server's default.
        let Some(source) = first(RESTRICTED).filter(|_| first(ALLOWED).is_none()) else {
            continue;
        };
        names.push(volume.get("name").str().to_owned());
        types.insert(source.to_owned());
        places.push(volume.get(source).route());
    }
    Violation::at(places, "restricted volume types", || {
        format!(
            "{} {} {} {} {}",
            plural("volume", names.len()),
            quoted(&names),
            uses(names.len()),
            plural("restricted volume type", types.len()),
            quoted(&types)
        )
    })
}
