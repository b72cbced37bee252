//! The port a probe or a hook asks, held against the ports that are open.

use super::probe_port_name_undefined;
use crate::lint::prelude::*;
use crate::suggest;

/// Reports a probe that asks a port which no container of the pod opens. That a name is nowhere, a rule of its own says
/// if it runs.
pub(super) fn check(probe: &str, workload: &Workload<'_>, container: &Container<'_>, out: &mut Sink<'_>) {
    let Some(asked) = asked(probe, container) else {
        return;
    };
    match asked.port {
        PortRef::Name(wanted) => {
            if !out.rules.runs(&probe_port_name_undefined::RULE.meta) {
                by_name(&asked, wanted, workload, container, out);
            }
        }
        PortRef::Number(number) => by_number(&asked, number, workload, container, out),
    }
}

/// What a probe or a hook asks.
pub(in crate::lint::rules) struct Asked<'p, 'm> {
    /// Where: `livenessProbe`, `lifecycle.preStop`.
    place: &'p str,
    /// How: `httpGet`.
    handler: &'static str,
    /// Which port.
    pub(in crate::lint::rules) port: PortRef<'m>,
}

impl Asked<'_, '_> {
    fn route(&self, container: &Container<'_>) -> Route {
        container.at(self.place).then(self.handler).then("port")
    }
}

/// The port that a probe or a hook of the container asks.
pub(in crate::lint::rules) fn asked<'p, 'm>(
    place: &'p str,
    container: &Container<'m>,
) -> Option<Asked<'p, 'm>> {
    let handlers = container.get(place)?;
    ["httpGet", "tcpSocket", "grpc"].into_iter().find_map(|handler| {
        // With a `host`, it asks somewhere else.
        let node = handlers
            .get(handler)
            .filter(|node| node.get("host").is_none_or(NodeRef::is_null))?;
        let port = PortRef::of(node.get("port")?)?;
        Some(Asked { place, handler, port })
    })
}

/// A name is looked up in the container itself; one that is not there fails for certain.
pub(super) fn by_name(
    asked: &Asked<'_, '_>,
    wanted: &str,
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
        "`{}` asks the port `{wanted}`, but container `{}` has no port of that name",
        asked.place,
        container.name()
    );
    let finding = out
        .at(asked.route(container), Part::Value, message)
        .severity(Severity::Error);
    out.push(finding.help(help));
}

/// A number is asked at the pod's address, which all of its containers share.
fn by_number(
    asked: &Asked<'_, '_>,
    number: i64,
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
        asked.route(container),
        format!(
            "`{}` of container `{}` asks port {number}, which no container of the pod lists",
            asked.place,
            container.name()
        ),
        format!(
            "ports listed here: {open}; correct the number, or list {number} under `ports` if the process listens there"
        ),
    );
}
