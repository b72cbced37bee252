//! `hostPorts`: ports of the node.

use super::Level;
use super::check::{Check, Pod, Texts, Violation, containers, plural, uses};

pub(super) static CHECK: Check = Check {
    id: "hostPorts",
    level: Level::Baseline,
    since: 0,
    replaces: None,
    help: "leave `hostPort` out; a Service makes the port reachable",
    run,
};

fn run(pod: &Pod<'_, '_>, _: u16) -> Option<Violation> {
    // The server's default in pods (`SetDefaults_Pod`), which the plugin sees; ephemeral containers have no ports.
    let on_host = !pod.is_template && pod.spec.get("hostNetwork").is_true();
    let (mut names, mut ports, mut places) = (Vec::new(), Texts::new(), Vec::new());
    for container in &pod.containers {
        let before = places.len();
        for port in container.get("ports").items() {
            let field = port.get("hostPort");
            let given = field.int().unwrap_or_default();
            let number = match given {
                0 if on_host => port.get("containerPort").int().unwrap_or_default(),
                _ => given,
            };
            if number != 0 {
                ports.insert(number.to_string());
                places.push(if field.is_given() {
                    field.route()
                } else {
                    port.route()
                });
            }
        }
        if places.len() > before {
            names.push(container.get("name").str().to_owned());
        }
    }
    Violation::at(places, "hostPort", || {
        let list: Vec<&str> = ports.iter().map(String::as_str).collect();
        format!(
            "{} {} {} {}",
            containers(&names),
            uses(names.len()),
            plural("hostPort", ports.len()),
            list.join(", ")
        )
    })
}
