//! The port a probe or a hook asks, held against the ports that are open.

use super::probe_port_name_undefined;
use crate::lint::prelude::*;
use crate::suggest;

/// Reports a probe that asks a port which no container of the pod opens. That a name is nowhere, a rule of its own says
/// if it runs.
pub(super) fn check(probe: &str, workload: &Workload<'_>, container: &Container<'_>, out: &mut Sink<'_>) {
    let Some((route, port)) = asked(probe, container) else {
        return;
    };
    match port {
        PortRef::Name(wanted) => {
            if !out.rules.runs(&probe_port_name_undefined::RULE.meta) {
                by_name(probe, (route, wanted), workload, container, out);
            }
        }
        PortRef::Number(number) => by_number(probe, (route, number), workload, container, out),
    }
}

/// The port that a probe or a hook asks, and where it says so.
pub(in crate::lint::rules) fn asked<'m>(
    place: &str,
    container: &Container<'m>,
) -> Option<(Route, PortRef<'m>)> {
    let handlers = container.get(place)?;
    let (handler, port) = ["httpGet", "tcpSocket", "grpc"].into_iter().find_map(|handler| {
        // With a `host`, it asks somewhere else.
        let node = handlers
            .get(handler)
            .filter(|node| node.get("host").is_none_or(NodeRef::is_null))?;
        Some((handler, PortRef::of(node.get("port")?)?))
    })?;
    Some((container.at(place).then(handler).then("port"), port))
}

/// A name is looked up in the container itself; one that is not there fails for certain.
pub(super) fn by_name(
    place: &str,
    (route, wanted): (Route, &str),
    workload: &Workload<'_>,
    container: &Container<'_>,
    out: &mut Sink<'_>,
) {
    if container.ports.iter().any(|port| port.is(PortRef::Name(wanted))) {
        return;
    }
    let known: Vec<&str> = container.ports.iter().filter_map(|port| port.name).collect();
    let named = |container: &&Container<'_>| container.ports.iter().any(|port| port.name == Some(wanted));
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
        "`{place}` asks the port `{wanted}`, but container `{}` has no port of that name",
        container.name()
    );
    let finding = out.at(route, Part::Value, message).severity(Severity::Error);
    out.push(finding.help(help));
}

/// A number is asked at the pod's address, which all of its containers share.
fn by_number(
    probe: &str,
    (route, number): (Route, i64),
    workload: &Workload<'_>,
    container: &Container<'_>,
    out: &mut Sink<'_>,
) {
    if workload.port(PortRef::Number(number)).is_some()
        || workload.running().all(|container| container.ports.is_empty())
    {
        return;
    }
    let open = workload
        .running()
        .flat_map(|container| &container.ports)
        .map(|port| port.number.to_string())
        .collect::<Vec<_>>()
        .join(", ");
    out.value(
        route,
        format!(
            "`{probe}` of container `{}` asks port {number}, which no container of the pod lists",
            container.name()
        ),
        format!(
            "ports listed here: {open}; correct the number, or list {number} under `ports` if the process listens there"
        ),
    );
}
