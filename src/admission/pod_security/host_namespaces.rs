//! `hostNamespaces`: the node's network, processes and shared memory.

use super::Level;
use super::check::{Check, Pod, Violation};

pub(super) static CHECK: Check = Check {
    id: "hostNamespaces",
    level: Level::Baseline,
    since: 0,
    replaces: None,
    help: "leave `hostNetwork`, `hostPID` and `hostIPC` out",
    run,
};

fn run(pod: &Pod<'_, '_>, _: u16) -> Option<Violation> {
    let (mut shared, mut places) = (Vec::new(), Vec::new());
    for name in ["hostNetwork", "hostPID", "hostIPC"] {
        let field = pod.spec.get(name);
        if field.is_true() {
            shared.push(format!("{name}=true"));
            places.push(field.route());
        }
    }
    Violation::at(places, "host namespaces", || shared.join(", "))
}
