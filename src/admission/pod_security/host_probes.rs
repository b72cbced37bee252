//! `hostProbesAndHostLifecycle`: probes and hooks that the node sends to another host.

use super::Level;
use super::check::{Check, Pod, Texts, Violation, plural, quoted, uses};

pub(super) static CHECK: Check = Check {
    id: "hostProbesAndHostLifecycle",
    level: Level::Baseline,
    since: 34,
    replaces: None,
    help: "leave `host` out: the probe or hook then asks the pod itself",
    run,
};

const HANDLERS: &[&[&str]] = &[
    &["livenessProbe"],
    &["readinessProbe"],
    &["startupProbe"],
    &["lifecycle", "postStart"],
    &["lifecycle", "preStop"],
];

fn run(pod: &Pod<'_, '_>, _: u16) -> Option<Violation> {
    let (mut names, mut hosts, mut places) = (Texts::new(), Texts::new(), Vec::new());
    for container in &pod.containers {
        for handler in HANDLERS {
            for action in ["httpGet", "tcpSocket"] {
                let lifecycle = container.get(handler[0]);
                let handler = handler.get(1).map_or(lifecycle, |name| lifecycle.get(name));
                let action = handler.get(action);
                let host = action.get("host");
                if !host.is_empty() {
                    names.insert(container.get("name").str().to_owned());
                    hosts.insert(host.str().to_owned());
                    places.push(host.route());
                }
            }
        }
    }
    Violation::at(places, "probe or lifecycle host", || {
        format!(
            "{} {} {} {} {}",
            plural("container", names.len()),
            quoted(&names),
            uses(names.len()),
            plural("probe or lifecycle host", hosts.len()),
            quoted(&hosts)
        )
    })
}
