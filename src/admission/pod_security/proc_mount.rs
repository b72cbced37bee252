//! `procMount` and `procMount_restricted`: the parts of `/proc` that are hidden from containers.

use super::Level;
use super::check::{Check, Pod, Texts, Violation, containers, quoted};

pub(super) static BASELINE: Check = Check {
    id: "procMount",
    level: Level::Baseline,
    since: 0,
    replaces: None,
    help: "leave `procMount` out",
    run: |pod, minor| {
        if minor >= 35 && pod.has_own_users() {
            return None;
        }
        unmasked(pod)
    },
};

/// From 1.35 on what baseline allows with `hostUsers: false` is still forbidden here.
pub(super) static RESTRICTED: Check = Check {
    id: "procMount_restricted",
    level: Level::Restricted,
    since: 35,
    replaces: Some("procMount"),
    help: "leave `procMount` out",
    run: |pod, _| unmasked(pod),
};

fn unmasked(pod: &Pod<'_, '_>) -> Option<Violation> {
    let (mut names, mut types, mut places) = (Vec::new(), Texts::new(), Vec::new());
    for container in &pod.containers {
        let context = container.get("securityContext");
        let field = context.get("procMount");
        if field.is_given() && field.str() != "Default" {
            names.push(container.get("name").str().to_owned());
            types.insert(field.str().to_owned());
            places.push(field.route());
        }
    }
    Violation::at(places, "procMount", || {
        format!(
            "{} must not set securityContext.procMount to {}",
            containers(&names),
            quoted(&types)
        )
    })
}
