//! `hostPathVolumes`: the node's files.

use super::Level;
use super::check::{Check, Pod, Violation, plural, quoted};

pub(super) static CHECK: Check = Check {
    id: "hostPathVolumes",
    level: Level::Baseline,
    since: 0,
    replaces: None,
    help: "use a volume that is not the node's own: `emptyDir`, `configMap`, `persistentVolumeClaim`",
    run,
};

fn run(pod: &Pod<'_, '_>, _: u16) -> Option<Violation> {
    let (mut names, mut places) = (Vec::new(), Vec::new());
    for volume in pod.spec.get("volumes").items() {
        let source = volume.get("hostPath");
        if source.is_given() {
            names.push(volume.get("name").str().to_owned());
            places.push(source.route());
        }
    }
    Violation::at(places, "hostPath volumes", || {
        format!("{} {}", plural("volume", names.len()), quoted(&names))
    })
}
