//! NetworkPolicies: `ValidateNetworkPolicySpec` of pkg/apis/networking/validation/validation.go.

use super::service::protocol;
use crate::admission::at::{At, IntOrString};
use crate::admission::errors::Errors;
use crate::admission::{ip, label_selector, names};

pub(super) fn create(root: &At<'_, '_>, errors: &mut Errors<'_>) {
    let spec = root.get("spec");
    label_selector::check(&spec.get("podSelector"), errors);
    for (direction, peers) in [("ingress", "from"), ("egress", "to")] {
        for rule in spec.get(direction).items() {
            for port in rule.get("ports").items() {
                port_of(&port, errors);
            }
            for peer in rule.get(peers).items() {
                peer_of(&peer, errors);
            }
        }
    }
    let types = spec.get("policyTypes");
    if types.len() > 2 {
        errors.invalid(&types, "may not specify more than two policyTypes");
        return;
    }
    for kind in types.items() {
        if !matches!(kind.str(), "Ingress" | "Egress") {
            errors.unsupported(&kind, &["Ingress", "Egress"]);
        }
    }
}

/// `ValidateNetworkPolicyPort`.
fn port_of(rule: &At<'_, '_>, errors: &mut Errors<'_>) {
    let transport = rule.get("protocol");
    // Only what is not given has a default here.
    if transport.is_given() && transport.is_empty() {
        errors.unsupported(&transport, &["TCP", "UDP", "SCTP"]);
    } else {
        protocol(&transport, errors);
    }
    let (port, end) = (rule.get("port"), rule.get("endPort"));
    match port.int_or_string() {
        Some(IntOrString::Int(number)) => {
            for what in names::port_number(number) {
                errors.invalid(&port, what);
            }
            if let Some(last) = end.int() {
                if last < number {
                    errors.invalid(&end, "must be greater than or equal to `port`");
                }
                for what in names::port_number(last) {
                    errors.invalid(&end, what);
                }
            }
        }
        Some(IntOrString::Str(name)) => {
            if end.is_given() {
                errors.invalid(&end, "may not be specified when `port` is non-numeric");
            }
            for what in names::port_name(name) {
                errors.invalid(&port, what);
            }
        }
        None => {
            if end.is_given() && !port.is_given() {
                errors.invalid(&end, "may not be specified when `port` is not specified");
            }
        }
    }
}

/// `ValidateNetworkPolicyPeer`.
fn peer_of(peer: &At<'_, '_>, errors: &mut Errors<'_>) {
    let (pods, namespaces) = (peer.get("podSelector"), peer.get("namespaceSelector"));
    label_selector::check(&pods, errors);
    label_selector::check(&namespaces, errors);
    let block = peer.get("ipBlock");
    if block.is_given() {
        ip_block(&block, errors);
        if pods.is_given() || namespaces.is_given() {
            errors
                .forbidden(peer, "may not specify both ipBlock and another peer")
                .help("make it two items of the list");
        }
    } else if !pods.is_given() && !namespaces.is_given() {
        errors
            .required(peer, "must specify a peer")
            .help("give one of `podSelector`, `namespaceSelector` and `ipBlock`");
    }
}

/// `ValidateIPBlock`.
fn ip_block(block: &At<'_, '_>, errors: &mut Errors<'_>) {
    let cidr = block.get("cidr");
    if cidr.is_empty() {
        errors.required(&cidr, "");
        return;
    }
    ip::legacy_cidr(cidr.str(), &cidr, errors);
    let Some(network) = ip::parse_cidr(cidr.str()) else {
        return;
    };
    for part in block.get("except").items() {
        ip::legacy_cidr(part.str(), &part, errors);
        if let Some(inner) = ip::parse_cidr(part.str())
            && !network.strictly_contains(&inner)
        {
            errors.invalid(&part, "must be a strict subset of `cidr`");
        }
    }
}
