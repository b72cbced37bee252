//! `privileged`: containers that may do everything on the node.

use super::Level;
use super::check::{Check, Pod, Violation, containers};

pub(super) static CHECK: Check = Check {
    id: "privileged",
    level: Level::Baseline,
    since: 0,
    replaces: None,
    help: "leave `privileged` out, and ask for the one capability that is needed",
    run,
};

fn run(pod: &Pod<'_, '_>, _: u16) -> Option<Violation> {
    let (mut names, mut places) = (Vec::new(), Vec::new());
    for container in &pod.containers {
        let context = container.get("securityContext");
        let field = context.get("privileged");
        if field.is_true() {
            names.push(container.get("name").str().to_owned());
            places.push(field.route());
        }
    }
    Violation::at(places, "privileged", || {
        format!(
            "{} must not set securityContext.privileged=true",
            containers(&names)
        )
    })
}
