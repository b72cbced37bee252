//! `capabilities_baseline` and `capabilities_restricted`: which of the kernel's privileges containers may have.

use super::Level;
use super::check::{Check, Pod, Texts, Violation, containers, quoted};

pub(super) static BASELINE: Check = Check {
    id: "capabilities_baseline",
    level: Level::Baseline,
    since: 0,
    replaces: None,
    help: "add none but the capabilities that containers have anyway, such as `NET_BIND_SERVICE`",
    run: baseline,
};

pub(super) static RESTRICTED: Check = Check {
    id: "capabilities_restricted",
    level: Level::Restricted,
    since: 22,
    replaces: Some("capabilities_baseline"),
    help: "write `capabilities: {drop: [ALL]}` in the `securityContext` of each container, and add none but `NET_BIND_SERVICE`",
    run: restricted,
};

/// What containers have when they do not ask, and may add.
pub(crate) const DEFAULT: &[&str] = &[
    "AUDIT_WRITE",
    "CHOWN",
    "DAC_OVERRIDE",
    "FOWNER",
    "FSETID",
    "KILL",
    "MKNOD",
    "NET_BIND_SERVICE",
    "SETFCAP",
    "SETGID",
    "SETPCAP",
    "SETUID",
    "SYS_CHROOT",
];

/// What containers add beyond what is allowed.
#[derive(Default)]
struct Added {
    names: Vec<String>,
    capabilities: Texts,
    places: Vec<crate::manifest::Route>,
}

impl Added {
    fn beyond(allowed: &[&str], pod: &Pod<'_, '_>) -> Self {
        let mut added = Self::default();
        for container in &pod.containers {
            let context = container.get("securityContext");
            let capabilities = context.get("capabilities");
            let list = capabilities.get("add");
            let before = added.places.len();
            for capability in list.items().filter(|item| !allowed.contains(&item.str())) {
                added.capabilities.insert(capability.str().to_owned());
                added.places.push(capability.route());
            }
            if added.places.len() > before {
                added.names.push(container.get("name").str().to_owned());
            }
        }
        added
    }

    fn sentence(&self) -> String {
        format!(
            "{} must not include {} in securityContext.capabilities.add",
            containers(&self.names),
            quoted(&self.capabilities)
        )
    }
}

fn baseline(pod: &Pod<'_, '_>, _: u16) -> Option<Violation> {
    let added = Added::beyond(DEFAULT, pod);
    let sentence = added.sentence();
    Violation::at(added.places, "non-default capabilities", || sentence)
}

fn restricted(pod: &Pod<'_, '_>, minor: u16) -> Option<Violation> {
    // Pods of Windows may not set them.
    if minor >= 25 && pod.is_windows() {
        return None;
    }
    let (mut names, mut places) = (Vec::new(), Vec::new());
    for container in &pod.containers {
        let context = container.get("securityContext");
        let capabilities = context.get("capabilities");
        let drop = capabilities.get("drop");
        if !drop.items().any(|item| item.str() == "ALL") {
            names.push(container.get("name").str().to_owned());
            places.push(drop.route());
        }
    }
    let added = Added::beyond(&["NET_BIND_SERVICE"], pod);
    let mut details = Vec::new();
    if !names.is_empty() {
        details.push(format!(
            "{} must set securityContext.capabilities.drop=[\"ALL\"]",
            containers(&names)
        ));
    }
    if !added.names.is_empty() {
        details.push(added.sentence());
    }
    places.extend(added.places);
    Violation::at(places, "unrestricted capabilities", || details.join("; "))
}
