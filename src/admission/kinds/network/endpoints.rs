//! EndpointSlices and Endpoints: `ValidateEndpointSlice` of pkg/apis/discovery/validation, `ValidateEndpoints` of
//! pkg/apis/core/validation.

use std::collections::BTreeSet;
use std::net::IpAddr;

use super::service::protocol;
use crate::admission::at::At;
use crate::admission::errors::Errors;
use crate::admission::{ip, names};

const MAX_ENDPOINTS: usize = 1000;
const MAX_ADDRESSES: usize = 100;
const MAX_PORTS: usize = 20000;
const MAX_HINTS: usize = 8;

/// An EndpointSlice.
pub(super) fn slice(root: &At<'_, '_>, errors: &mut Errors<'_>) {
    let kind = root.get("addressType");
    if kind.is_empty() {
        errors
            .required(&kind, "")
            .help("say of which type the addresses are: IPv4, IPv6 or FQDN");
    } else if !matches!(kind.str(), "IPv4" | "IPv6" | "FQDN") {
        errors.unsupported(&kind, &["IPv4", "IPv6", "FQDN"]);
    }
    slice_ports(&root.get("ports"), errors);
    let endpoints = root.get("endpoints");
    if endpoints.len() > MAX_ENDPOINTS {
        errors.too_many(&endpoints, MAX_ENDPOINTS);
        return;
    }
    for endpoint in endpoints.items() {
        slice_addresses(&endpoint.get("addresses"), kind.str(), errors);
        let node = endpoint.get("nodeName");
        if node.is_given() {
            for what in names::dns1123_subdomain(node.str()) {
                errors.invalid(&node, what);
            }
        }
        let hostname = endpoint.get("hostname");
        if hostname.is_given() {
            for what in names::dns1123_label(hostname.str()) {
                errors.invalid(&hostname, what);
            }
        }
        hints(&endpoint.get("hints"), errors);
    }
}

/// `addressType` is set once.
pub(super) fn slice_update(old: &At<'_, '_>, new: &At<'_, '_>, errors: &mut Errors<'_>) {
    let kind = new.get("addressType");
    if kind.str() != old.get("addressType").str() {
        errors
            .immutable(&kind, "field is immutable")
            .help("give the slice of the other type another name");
    }
}

fn slice_ports(ports: &At<'_, '_>, errors: &mut Errors<'_>) {
    if ports.len() > MAX_PORTS {
        errors.too_many(ports, MAX_PORTS);
        return;
    }
    let mut seen = BTreeSet::new();
    for port in ports.items() {
        let name = port.get("name");
        if !name.is_empty() {
            for what in names::dns1123_label(name.str()) {
                errors.invalid(&name, what);
            }
        }
        if !seen.insert(name.str()) {
            errors.duplicate(&name);
        }
        let transport = port.get("protocol");
        // Only what is not given has a default here.
        if transport.is_given() && transport.is_empty() {
            errors.unsupported(&transport, &["TCP", "UDP", "SCTP"]);
        } else {
            protocol(&transport, errors);
        }
        application(&port, errors);
    }
}

fn application(port: &At<'_, '_>, errors: &mut Errors<'_>) {
    let application = port.get("appProtocol");
    if application.is_given() {
        for what in names::qualified_name(application.str()) {
            errors.invalid(&application, what);
        }
    }
}

fn slice_addresses(addresses: &At<'_, '_>, kind: &str, errors: &mut Errors<'_>) {
    if addresses.is_empty() {
        errors.required(addresses, "must contain at least 1 address");
    } else if addresses.len() > MAX_ADDRESSES {
        errors.too_many(addresses, MAX_ADDRESSES);
        return;
    }
    for address in addresses.items() {
        let text = address.str();
        let is_ipv4 = ip::parse(text).map(|address| matches!(address, IpAddr::V4(_)));
        match kind {
            "IPv4" if ip::legacy(text, &address, errors).is_some() => {
                if is_ipv4 == Some(false) {
                    errors.invalid(&address, "must be an IPv4 address");
                }
                ip::endpoint(text, &address, errors);
            }
            "IPv6" => {
                let wrong = ip::strict(text);
                if wrong.is_empty() {
                    if is_ipv4 == Some(true) {
                        errors.invalid(&address, "must be an IPv6 address");
                    }
                    ip::endpoint(text, &address, errors);
                }
                for what in wrong {
                    errors.invalid(&address, what);
                }
            }
            "FQDN" => domain_name(&address, errors),
            _ => {}
        }
    }
}

/// `IsFullyQualifiedDomainName`: at least two labels.
fn domain_name(at: &At<'_, '_>, errors: &mut Errors<'_>) {
    let text = at.str();
    if text.is_empty() {
        errors.required(at, "");
        return;
    }
    let name = text.strip_suffix('.').unwrap_or(text);
    let wrong = names::dns1123_subdomain(name);
    if !wrong.is_empty() {
        errors.invalid(at, wrong.join(","));
    } else if !name.contains('.') {
        errors.invalid(
            at,
            "should be a domain with at least two segments separated by dots",
        );
    } else if let Some(wrong) = name
        .split('.')
        .map(names::dns1123_label)
        .find(|wrong| !wrong.is_empty())
    {
        errors.invalid(at, wrong.join(","));
    }
}

/// `validateHints`.
fn hints(hints: &At<'_, '_>, errors: &mut Errors<'_>) {
    let zones = hints.get("forZones");
    if zones.len() > MAX_HINTS {
        errors.too_many(&zones, MAX_HINTS);
        return;
    }
    each_name(&zones, names::label_value, errors);
    let nodes = hints.get("forNodes");
    // Before 1.34 the field was dropped.
    errors.minors(34.., |errors| {
        if nodes.len() > MAX_HINTS {
            errors.too_many(&nodes, MAX_HINTS);
        } else {
            each_name(&nodes, names::dns1123_subdomain, errors);
        }
    });
}

fn each_name(items: &At<'_, '_>, check: fn(&str) -> Vec<String>, errors: &mut Errors<'_>) {
    let mut seen = BTreeSet::new();
    for item in items.items() {
        let name = item.get("name");
        if !seen.insert(name.str()) {
            errors.duplicate(&name);
        }
        for what in check(name.str()) {
            errors.invalid(&name, what);
        }
    }
}

/// Endpoints, which EndpointSlices replaced.
pub(super) fn endpoints(root: &At<'_, '_>, errors: &mut Errors<'_>) {
    for subset in root.get("subsets").items() {
        let (ready, not_ready) = (subset.get("addresses"), subset.get("notReadyAddresses"));
        if ready.is_empty() && not_ready.is_empty() {
            errors.required(&subset, "must specify `addresses` or `notReadyAddresses`");
        }
        for address in ready.items().chain(not_ready.items()) {
            endpoint_address(&address, errors);
        }
        let ports = subset.get("ports");
        for port in ports.items() {
            let name = port.get("name");
            if !name.is_empty() {
                for what in names::dns1123_label(name.str()) {
                    errors.invalid(&name, what);
                }
            } else if ports.len() > 1 {
                errors.required(&name, "");
            }
            let number = port.get("port");
            for what in names::port_number(number.int().unwrap_or(0)) {
                errors.invalid(&number, what);
            }
            protocol(&port.get("protocol"), errors);
            application(&port, errors);
        }
    }
}

fn endpoint_address(address: &At<'_, '_>, errors: &mut Errors<'_>) {
    let at = address.get("ip");
    let is_address = ip::legacy(at.str(), &at, errors).is_some();
    let hostname = address.get("hostname");
    if !hostname.is_empty() {
        for what in names::dns1123_label(hostname.str()) {
            errors.invalid(&hostname, what);
        }
    }
    let node = address.get("nodeName");
    if node.is_given() {
        for what in names::dns1123_subdomain(node.str()) {
            errors.invalid(&node, what);
        }
    }
    if is_address {
        ip::endpoint(at.str(), &at, errors);
    }
}
