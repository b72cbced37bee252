//! `runAsNonRoot`: containers must say that they are not root.

use super::Level;
use super::check::{Check, Pod, Violation, containers};

pub(super) static CHECK: Check = Check {
    id: "runAsNonRoot",
    level: Level::Restricted,
    since: 0,
    replaces: None,
    help: "write `runAsNonRoot: true` in the pod's `securityContext`",
    run,
};

fn run(pod: &Pod<'_, '_>, minor: u16) -> Option<Violation> {
    if minor >= 35 && pod.has_own_users() {
        return None;
    }
    const REASON: &str = "runAsNonRoot != true";
    let setters = pod.setters(&["runAsNonRoot"], |field| field.bool() == Some(false));
    if !setters.is_empty() {
        let who = setters.who();
        return Violation::at(setters.places, REASON, || {
            format!("{who} must not set securityContext.runAsNonRoot=false")
        });
    }
    let context = pod.spec.get("securityContext");
    let own = context.get("runAsNonRoot");
    if own.is_true() {
        return None;
    }
    let silent = pod.containers.iter().filter(|container| {
        let context = container.get("securityContext");
        context.get("runAsNonRoot").bool().is_none()
    });
    let names: Vec<String> = silent
        .map(|container| container.get("name").str().to_owned())
        .collect();
    let places = if names.is_empty() {
        Vec::new()
    } else {
        vec![own.route()]
    };
    Violation::at(places, REASON, || {
        format!(
            "pod or {} must set securityContext.runAsNonRoot=true",
            containers(&names)
        )
    })
}
