//! `allowPrivilegeEscalation`: no process may gain more privileges than its parent.

use super::Level;
use super::check::{Check, Pod, Violation, containers};

pub(super) static CHECK: Check = Check {
    id: "allowPrivilegeEscalation",
    level: Level::Restricted,
    since: 8,
    replaces: None,
    help: "write `allowPrivilegeEscalation: false` in the `securityContext` of each container",
    run,
};

fn run(pod: &Pod<'_, '_>, minor: u16) -> Option<Violation> {
    // Pods of Windows may not set it.
    if minor >= 25 && pod.is_windows() {
        return None;
    }
    let (mut names, mut places) = (Vec::new(), Vec::new());
    for container in &pod.containers {
        let context = container.get("securityContext");
        let field = context.get("allowPrivilegeEscalation");
        if field.bool() != Some(false) {
            names.push(container.get("name").str().to_owned());
            places.push(field.route());
        }
    }
    Violation::at(places, "allowPrivilegeEscalation != false", || {
        format!(
            "{} must set securityContext.allowPrivilegeEscalation=false",
            containers(&names)
        )
    })
}
