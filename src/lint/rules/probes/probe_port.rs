//! What the three `…-port` rules share: the port a probe asks, held against the ports that are open.

use crate::lint::prelude::*;
use crate::suggest;

pub(super) fn check(
    rule: &'static RuleMeta,
    probe: &str,
    workload: &Workload<'_>,
    container: &Container<'_>,
) -> Option<Finding> {
    let handlers = container.get(probe)?;
    let (handler, port) = ["httpGet", "tcpSocket", "grpc"].into_iter().find_map(|handler| {
        // With a `host`, the probe asks somewhere else.
        let node = handlers
            .get(handler)
            .filter(|node| node.get("host").is_none_or(NodeRef::is_null))?;
        Some((handler, PortRef::of(node.get("port")?)?))
    })?;
    let route = container.route.then(probe).then(handler).then("port");
    let name = container.name();
    match port {
        // A name is looked up in the probe's own container; one that is not there fails for certain.
        PortRef::Name(wanted) => {
            if container.ports.iter().any(|port| port.is(PortRef::Name(wanted))) {
                return None;
            }
            let known: Vec<&str> = container.ports.iter().filter_map(|port| port.name).collect();
            let named =
                |container: &&Container<'_>| container.ports.iter().any(|port| port.name == Some(wanted));
            let help = if wanted.bytes().all(|byte| byte.is_ascii_digit()) {
                format!("write the number without quotes: `port: {wanted}`")
            } else if let Some(nearest) = suggest::nearest(wanted, known.iter().copied()) {
                format!("did you mean `{nearest}`?")
            } else if let Some(other) = workload.containers.iter().find(named) {
                format!(
                    "container `{}` has one, but a probe looks only in its own container: write the number here",
                    other.name()
                )
            } else if known.is_empty() {
                format!("give a port of this container the name `{wanted}`, or write the port's number here")
            } else {
                format!("use one of this container's port names: {}", known.join(", "))
            };
            let message = format!(
                "`{probe}` asks the port `{wanted}`, but container `{name}` has no port of that name"
            );
            Some(
                Finding::new(rule, workload.at(route, Part::Value), message)
                    .severity(Severity::Error)
                    .help(help),
            )
        }
        // A number is asked at the pod's address, which all of its containers share.
        PortRef::Number(number) => {
            if workload.port(port).is_some() || workload.running().all(|container| container.ports.is_empty())
            {
                return None;
            }
            let open = workload
                .running()
                .flat_map(|container| &container.ports)
                .map(|port| port.number.to_string())
                .collect::<Vec<_>>()
                .join(", ");
            let message = format!(
                "`{probe}` of container `{name}` asks port {number}, which no container of the pod opens"
            );
            let help = format!(
                "ports opened here: {open}; correct the number, or list {number} under `ports` if the process listens there"
            );
            Some(Finding::new(rule, workload.at(route, Part::Value), message).help(help))
        }
    }
}
