//! Ports of containers and of the host: `validateContainerPorts`, `checkHostPortConflicts`,
//! `validatePodHostNetworkDeps` of pkg/apis/core/validation.

use std::collections::BTreeSet;

use super::{Owner, Pod, invalid, one_of};
use crate::admission::at::At;
use crate::admission::errors::Errors;
use crate::admission::names;

/// `validateContainerPorts`.
pub(super) fn check(ports: &At<'_, '_>, errors: &mut Errors<'_>) {
    let mut seen = BTreeSet::new();
    for port in ports.items() {
        let name = port.get("name");
        if !name.is_empty() {
            let wrong = names::port_name(name.str());
            if !wrong.is_empty() {
                invalid(&name, wrong, errors);
            } else if !seen.insert(name.str()) {
                errors.duplicate(&name);
            }
        }
        let container = port.get("containerPort");
        match container.int() {
            None | Some(0) => {
                errors.required(&container, "");
            }
            Some(number) => invalid(&container, names::port_number(number), errors),
        }
        let host = port.get("hostPort");
        if let Some(number) = host.int().filter(|number| *number != 0) {
            invalid(&host, names::port_number(number), errors);
        }
        one_of(&port.get("protocol"), &["TCP", "UDP", "SCTP"], errors);
    }
}

/// The port of the host, 0 for none; that of the container for Pods in the host's network (`SetDefaults_Pod`).
fn on_host(pod: &Pod<'_, '_>, port: &At<'_, '_>) -> i64 {
    match port.get("hostPort").int() {
        None | Some(0) if pod.host_network && pod.owner == Owner::Pod => {
            port.get("containerPort").int().unwrap_or(0)
        }
        number => number.unwrap_or(0),
    }
}

/// Which ports of the host are taken (`AccumulateUniqueHostPorts`): protocol, address, number.
#[derive(Debug, Default)]
pub(super) struct HostPorts<'m>(BTreeSet<(&'m str, &'m str, i64)>);

impl<'m> HostPorts<'m> {
    /// Takes the ports of a container; reports those that are taken already.
    pub(super) fn take(&mut self, pod: &Pod<'_, '_>, container: &At<'m, '_>, errors: &mut Errors<'_>) {
        for port in container.get("ports").items() {
            let number = on_host(pod, &port);
            let key = (
                port.get("protocol").str_or("TCP"),
                port.get("hostIP").str(),
                number,
            );
            if number != 0 && !self.0.insert(key) {
                let host = port.get("hostPort");
                let at = if host.is_given() {
                    host
                } else {
                    port.get("containerPort")
                };
                errors
                    .duplicate(&at)
                    .help("two containers of a pod cannot have the same port of the host");
            }
        }
    }
}

/// `validatePodHostNetworkDeps`.
pub(super) fn host_network(pod: &Pod<'_, '_>, containers: &At<'_, '_>, errors: &mut Errors<'_>) {
    if !pod.host_network {
        return;
    }
    for container in containers.items() {
        for port in container.get("ports").items() {
            let number = on_host(pod, &port);
            if number != 0 && Some(number) != port.get("containerPort").int() {
                errors
                    .invalid(
                        &port.get("hostPort"),
                        "must match `containerPort` when `hostNetwork` is true",
                    )
                    .help("remove `hostPort`: in the host's network the container's port is the host's");
            }
        }
    }
}
