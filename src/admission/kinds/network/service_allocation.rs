//! What the allocators of a Service refuse at its creation: `allocateCreate` of pkg/registry/core/service/storage/alloc.go
//! and `ValidateServiceClusterIPsRelatedFields`. Which families and networks the cluster has is not known here.

use std::collections::BTreeSet;

use super::service::{needs_health_check, type_of};
use crate::admission::at::At;
use crate::admission::errors::Errors;
use crate::admission::ip;

/// The default of `--service-node-port-range`.
const NODE_PORTS: std::ops::RangeInclusive<i64> = 30000..=32767;

pub(super) fn check(spec: &At<'_, '_>, errors: &mut Errors<'_>) {
    let kind = type_of(spec);
    if kind != "ExternalName" {
        let before = errors.len();
        cluster_ips(spec, errors);
        if errors.len() == before {
            family_policy(spec, errors);
        }
    }
    let mut taken = BTreeSet::new();
    if matches!(kind, "NodePort" | "LoadBalancer") {
        node_ports(spec, &mut taken, errors);
    }
    let health = spec.get("healthCheckNodePort");
    if let Some(number) = health.int().filter(|number| *number != 0)
        && needs_health_check(spec)
    {
        take(number, &health, &mut taken, errors);
    }
}

/// `clusterIP`, `clusterIPs`, `ipFamilies` and `ipFamilyPolicy` against each other.
fn cluster_ips(spec: &At<'_, '_>, errors: &mut Errors<'_>) {
    let plural = spec.get("clusterIPs");
    let singular = spec.get("clusterIP");
    let mut addresses: Vec<At<'_, '_>> = plural.items().collect();
    if singular.is_empty() {
        if !addresses.is_empty() {
            errors
                .invalid(&plural, "must be empty when `clusterIP` is not specified")
                .help("set `clusterIP` to the first of them");
        }
    } else if let Some(first) = addresses.first() {
        if first.str() != singular.str() {
            errors.invalid(&plural, "first value must match `clusterIP`");
        }
    } else {
        addresses.push(singular);
    }
    let families_at = spec.get("ipFamilies");
    let families: Vec<At<'_, '_>> = families_at.items().collect();
    let mut seen = BTreeSet::new();
    for family in &families {
        if !matches!(family.str(), "IPv4" | "IPv6") {
            errors.unsupported(family, &["IPv4", "IPv6"]);
        }
        if !seen.insert(family.str()) {
            errors.duplicate(family);
        }
    }
    let policy = spec.get("ipFamilyPolicy");
    let policies = ["SingleStack", "PreferDualStack", "RequireDualStack"];
    if policy.is_given() && !policies.contains(&policy.str()) {
        errors.unsupported(&policy, &policies);
    }
    let before = errors.len();
    for (index, address) in addresses.iter().enumerate() {
        if index == 0 && address.str() == "None" {
            if addresses.len() > 1 {
                errors.invalid(&plural, "'None' must be the first and only value");
            }
        } else {
            ip::legacy(address.str(), address, errors);
        }
    }
    let are_all_valid = errors.len() == before;
    if addresses.len() > 2 {
        errors.invalid(&plural, "may only hold up to 2 values");
    }
    if !are_all_valid {
        return;
    }
    let is_ipv6 = |address: &At<'_, '_>| ip::parse(address.str()).is_some_and(|ip| ip.is_ipv6());
    if addresses.len() > 1 {
        let sixes = addresses.iter().filter(|address| is_ipv6(address)).count();
        if sixes == 0 || sixes == addresses.len() {
            errors.invalid(&plural, "may specify no more than one IP for each IP family");
        }
    }
    if addresses.first().is_some_and(|first| first.str() == "None") {
        return;
    }
    for (index, (address, family)) in addresses.iter().zip(&families).enumerate() {
        let expected = match (family.str(), is_ipv6(address)) {
            ("IPv4", true) => "IPv4",
            ("IPv6", false) => "IPv6",
            _ => continue,
        };
        errors.invalid(
            address,
            format!("expected an {expected} value as indicated by `ipFamilies[{index}]`"),
        );
    }
}

/// The part of `initIPFamilyFields` that holds for every cluster: one stack has one address and one family.
fn family_policy(spec: &At<'_, '_>, errors: &mut Errors<'_>) {
    let is_headless = spec.get("clusterIP").str() == "None";
    let default = if is_headless && spec.get("selector").is_empty() {
        "RequireDualStack"
    } else {
        "SingleStack"
    };
    let policy = spec.get("ipFamilyPolicy");
    if policy.str_or(default) != "SingleStack" {
        return;
    }
    for (field, what) in [("clusterIPs", "cluster IPs"), ("ipFamilies", "IP families")] {
        if spec.get(field).len() == 2 {
            errors.invalid(
                &policy,
                format!("must be 'RequireDualStack' or 'PreferDualStack' when multiple {what} are specified"),
            );
        }
    }
}

/// `initNodePorts`: ports of one number in several protocols share a node port, others may not.
fn node_ports(spec: &At<'_, '_>, taken: &mut BTreeSet<i64>, errors: &mut Errors<'_>) {
    let ports = spec.get("ports");
    let wanted = |number: i64| {
        ports
            .items()
            .filter(|port| port.get("port").int().unwrap_or(0) == number)
            .find_map(|port| port.get("nodePort").int().filter(|port| *port != 0))
    };
    let allocates =
        spec.get("allocateLoadBalancerNodePorts").bool() != Some(false) || type_of(spec) == "NodePort";
    // Ports that have a node port, and which; none for one that the server chooses.
    let mut given: Vec<(i64, Option<i64>)> = Vec::new();
    for port in ports.items() {
        let node_port = port.get("nodePort");
        let number = port.get("port").int().unwrap_or(0);
        let own = node_port.int().filter(|port| *port != 0);
        if own.is_none() && !allocates {
            continue;
        }
        match given.iter().find(|(known, _)| *known == number) {
            None => {
                let chosen = wanted(number);
                if let Some(chosen) = chosen {
                    take(chosen, &node_port, taken, errors);
                }
                given.push((number, chosen));
            }
            Some((_, chosen)) => {
                if let Some(own) = own
                    && *chosen != Some(own)
                {
                    take(own, &node_port, taken, errors);
                }
            }
        }
    }
}

/// `portallocator.Allocate`.
fn take(number: i64, at: &At<'_, '_>, taken: &mut BTreeSet<i64>, errors: &mut Errors<'_>) {
    if !NODE_PORTS.contains(&number) {
        errors
            .invalid(
                at,
                "provided port is not in the valid range. The range of valid ports is 30000-32767",
            )
            .help("choose a port from the range, which is the default of `--service-node-port-range`");
    } else if !taken.insert(number) {
        errors.invalid(at, "provided port is already allocated");
    }
}
