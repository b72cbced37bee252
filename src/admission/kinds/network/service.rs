//! Services at their creation: `validateService` of pkg/apis/core/validation/validation.go.

use std::collections::BTreeSet;

use super::service_allocation;
use crate::admission::at::{At, IntOrString};
use crate::admission::errors::Errors;
use crate::admission::{ip, metadata, names};

const ONLY_LOAD_BALANCER: &str = "may only be used when `type` is 'LoadBalancer'";
const SOURCE_RANGES: &str = "service.beta.kubernetes.io/load-balancer-source-ranges";
const TOPOLOGY_HINTS: &str = "service.kubernetes.io/topology-aware-hints";
const TOPOLOGY_MODE: &str = "service.kubernetes.io/topology-mode";

/// The type of a Service, as the server defaults it.
pub(super) fn type_of<'m>(spec: &At<'m, '_>) -> &'m str {
    spec.get("type").str_or("ClusterIP")
}

/// `externalTrafficPolicy`, as the server defaults it.
pub(super) fn external_policy<'m>(spec: &At<'m, '_>) -> &'m str {
    let default = if is_external(spec) { "Cluster" } else { "" };
    spec.get("externalTrafficPolicy").str_or(default)
}

/// `ExternallyAccessible` of pkg/api/service.
fn is_external(spec: &At<'_, '_>) -> bool {
    match type_of(spec) {
        "LoadBalancer" | "NodePort" => true,
        "ClusterIP" => !spec.get("externalIPs").is_empty(),
        _ => false,
    }
}

/// `NeedsHealthCheck` of pkg/api/service.
pub(super) fn needs_health_check(spec: &At<'_, '_>) -> bool {
    type_of(spec) == "LoadBalancer" && external_policy(spec) == "Local"
}

/// `isHeadlessService`, once `clusterIPs` is filled in from `clusterIP`.
pub(super) fn is_headless(spec: &At<'_, '_>) -> bool {
    let plural = spec.get("clusterIPs");
    match plural.len() {
        0 => spec.get("clusterIP").str() == "None",
        1 => plural.items().all(|item| item.str() == "None"),
        _ => false,
    }
}

/// The whole Service: what its allocators refuse, then what validation does.
pub(super) fn create(root: &At<'_, '_>, errors: &mut Errors<'_>) {
    name(&root.get("metadata").get("name"), errors);
    let spec = root.get("spec");
    service_allocation::check(&spec, errors);
    topology(&root.get("metadata").get("annotations"), errors);
    kind_of_service(&spec, errors);
    ports(&spec, errors);
    metadata::labels(&spec.get("selector"), errors);
    session_affinity(&spec, errors);
    for address in spec.get("externalIPs").items() {
        if ip::legacy(address.str(), &address, errors).is_some() {
            ip::endpoint(address.str(), &address, errors);
        }
    }
    node_ports(&spec, errors);
    source_ranges(&spec, &root.get("metadata").get("annotations"), errors);
    load_balancer(&spec, errors);
    external_traffic(&spec, errors);
    internal_traffic(&spec, errors);
}

/// Until 1.35 (`RelaxedServiceNameValidation`) a Service's name starts with a letter.
fn name(name: &At<'_, '_>, errors: &mut Errors<'_>) {
    if !name.is_empty() && names::dns1123_label(name.str()).is_empty() {
        errors.minors(..36, |errors| {
            for what in names::dns1035_label(name.str()) {
                errors.invalid(name, what);
            }
        });
    }
}

fn topology(annotations: &At<'_, '_>, errors: &mut Errors<'_>) {
    let (mode, hints) = (annotations.get(TOPOLOGY_MODE), annotations.get(TOPOLOGY_HINTS));
    if mode.is_given() && hints.is_given() && mode.str() != hints.str() {
        errors.invalid(
            &mode,
            format!("must match annotations[{TOPOLOGY_HINTS}] when both are specified"),
        );
    }
}

/// `type` against the fields that only some types have.
fn kind_of_service(spec: &At<'_, '_>, errors: &mut Errors<'_>) {
    let kind = type_of(spec);
    let is_headless = is_headless(spec);
    if spec.get("ports").is_empty() && !is_headless && kind != "ExternalName" {
        errors
            .required(&spec.get("ports"), "")
            .help("add a port; only headless and ExternalName Services may have none");
    }
    match kind {
        "LoadBalancer" | "NodePort" if is_headless => {
            let plural = spec.get("clusterIPs");
            let singular = spec.get("clusterIP");
            let what = format!("may not be set to 'None' for {kind} services");
            match plural.items().next() {
                Some(first) => errors.invalid(&first, what),
                None => errors.invalid(&singular, what),
            }
            .help("leave `clusterIP` out, or make it a Service of `type: ClusterIP`");
        }
        "ExternalName" => external_name(spec, errors),
        "LoadBalancer" | "NodePort" | "ClusterIP" => {}
        _ => {
            errors.unsupported(
                &spec.get("type"),
                &["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"],
            );
        }
    }
}

fn external_name(spec: &At<'_, '_>, errors: &mut Errors<'_>) {
    let plural = spec.get("clusterIPs");
    let singular = spec.get("clusterIP");
    const NOT_HERE: &str = "may not be set for ExternalName services";
    if !plural.is_empty() {
        errors.forbidden(&plural, NOT_HERE);
    } else if !singular.is_empty() {
        errors.forbidden(&singular, NOT_HERE);
    }
    let families = spec.get("ipFamilies");
    if !families.is_empty() {
        errors.forbidden(&families, NOT_HERE);
    }
    let policy = spec.get("ipFamilyPolicy");
    if policy.is_given() {
        errors.forbidden(&policy, NOT_HERE);
    }
    let external_name = spec.get("externalName");
    let name = external_name.str();
    let name = name.strip_suffix('.').unwrap_or(name);
    if name.is_empty() {
        errors
            .required(&external_name, "")
            .help("name the host that a Service of `type: ExternalName` stands for");
    } else {
        for what in names::dns1123_subdomain(name) {
            errors.invalid(&external_name, what);
        }
    }
}

/// `validateServicePort` of each port, and that (protocol, port) pairs differ.
fn ports(spec: &At<'_, '_>, errors: &mut Errors<'_>) {
    let ports = spec.get("ports");
    let is_name_wanted = ports.len() > 1;
    let mut seen_names = BTreeSet::new();
    for port in ports.items() {
        let name = port.get("name");
        if !name.is_empty() {
            for what in names::dns1123_label(name.str()) {
                errors.invalid(&name, what);
            }
            if !seen_names.insert(name.str()) {
                errors.duplicate(&name);
            }
        } else if is_name_wanted {
            errors
                .required(&name, "")
                .help("name the port; each port of a Service that has several needs a name");
        }
        let number = port.get("port");
        for what in names::port_number(number.int().unwrap_or(0)) {
            errors.invalid(&number, what);
        }
        protocol(&port.get("protocol"), errors);
        let target = port.get("targetPort");
        match target.int_or_string() {
            // What is not given becomes `port`, which was checked.
            None | Some(IntOrString::Int(0) | IntOrString::Str("")) => {}
            Some(value) => {
                for what in names::port_number_or_name(value) {
                    errors.invalid(&target, what);
                }
            }
        }
        let application = port.get("appProtocol");
        if application.is_given() {
            for what in names::qualified_name(application.str()) {
                errors.invalid(&application, what);
            }
        }
    }
    let mut seen = BTreeSet::new();
    for port in ports.items() {
        let pair = (
            port.get("protocol").str_or("TCP").to_owned(),
            port.get("port").int().unwrap_or(0),
        );
        if !seen.insert(pair) {
            errors
                .duplicate(&port)
                .help("each pair of `protocol` and `port` may be there once");
        }
    }
}

/// A `protocol` that defaults to TCP.
pub(super) fn protocol(protocol: &At<'_, '_>, errors: &mut Errors<'_>) {
    if !matches!(protocol.str_or("TCP"), "TCP" | "UDP" | "SCTP") {
        errors.unsupported(protocol, &["TCP", "UDP", "SCTP"]);
    }
}

fn session_affinity(spec: &At<'_, '_>, errors: &mut Errors<'_>) {
    let affinity = spec.get("sessionAffinity");
    match affinity.str_or("None") {
        "None" => {}
        "ClientIP" => {
            let config = spec.get("sessionAffinityConfig");
            let client = config.get("clientIP");
            let timeout = client.get("timeoutSeconds");
            if timeout
                .int()
                .is_some_and(|seconds| !(1..=86400).contains(&seconds))
            {
                errors.invalid(&timeout, "must be greater than 0 and less than 86400");
            }
        }
        _ => {
            errors.unsupported(&affinity, &["ClientIP", "None"]);
        }
    }
}

/// Node ports of a type without any, and those given twice. Types with node ports have theirs from the allocator.
fn node_ports(spec: &At<'_, '_>, errors: &mut Errors<'_>) {
    let kind = type_of(spec);
    if matches!(kind, "NodePort" | "LoadBalancer") {
        return;
    }
    let mut seen = BTreeSet::new();
    for port in spec.get("ports").items() {
        let node_port = port.get("nodePort");
        let Some(number) = node_port.int().filter(|number| *number != 0) else {
            continue;
        };
        if kind == "ClusterIP" {
            errors
                .forbidden(&node_port, "may not be used when `type` is 'ClusterIP'")
                .help("remove it, or set `type: NodePort`");
        }
        if !seen.insert((port.get("protocol").str_or("TCP").to_owned(), number)) {
            errors.duplicate(&node_port);
        }
    }
}

/// `loadBalancerSourceRanges`, or the annotation that it replaced.
fn source_ranges(spec: &At<'_, '_>, annotations: &At<'_, '_>, errors: &mut Errors<'_>) {
    let is_balancer = type_of(spec) == "LoadBalancer";
    let ranges = spec.get("loadBalancerSourceRanges");
    if !ranges.is_empty() {
        if !is_balancer {
            errors.forbidden(&ranges, ONLY_LOAD_BALANCER);
        }
        for range in ranges.items() {
            ip::legacy_cidr(range.str().trim(), &range, errors);
        }
        return;
    }
    let annotation = annotations.get(SOURCE_RANGES);
    if !annotation.is_given() {
        return;
    }
    if !is_balancer {
        errors.forbidden(&annotation, ONLY_LOAD_BALANCER);
    }
    let text = annotation.str().trim();
    if !text.is_empty() {
        for range in text.split(',') {
            ip::legacy_cidr(range.trim(), &annotation, errors);
        }
    }
}

fn load_balancer(spec: &At<'_, '_>, errors: &mut Errors<'_>) {
    let is_balancer = type_of(spec) == "LoadBalancer";
    let allocate = spec.get("allocateLoadBalancerNodePorts");
    if allocate.is_given() && !is_balancer {
        errors.forbidden(&allocate, ONLY_LOAD_BALANCER);
    }
    let class = spec.get("loadBalancerClass");
    if class.is_given() {
        if is_balancer {
            for what in names::qualified_name(class.str()) {
                errors.invalid(&class, what);
            }
        } else {
            errors.forbidden(&class, ONLY_LOAD_BALANCER);
        }
    }
}

/// `validateServiceExternalTrafficPolicy`.
fn external_traffic(spec: &At<'_, '_>, errors: &mut Errors<'_>) {
    let policy = spec.get("externalTrafficPolicy");
    if !is_external(spec) {
        if !policy.is_empty() {
            errors
                .invalid(&policy, "may only be set for externally-accessible services")
                .help("remove it, or set `type: LoadBalancer` or `type: NodePort`");
        }
    } else if !matches!(external_policy(spec), "Cluster" | "Local") {
        errors.unsupported(&policy, &["Cluster", "Local"]);
    }
    let health = spec.get("healthCheckNodePort");
    let number = health.int().unwrap_or(0);
    if number != 0 && !needs_health_check(spec) {
        errors.invalid(
            &health,
            "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'",
        );
    }
}

/// `internalTrafficPolicy` and `trafficDistribution`.
fn internal_traffic(spec: &At<'_, '_>, errors: &mut Errors<'_>) {
    let policy = spec.get("internalTrafficPolicy");
    if policy.is_given() && !matches!(policy.str(), "Cluster" | "Local") {
        errors.unsupported(&policy, &["Cluster", "Local"]);
    }
    let distribution = spec.get("trafficDistribution");
    if !distribution.is_given() {
        return;
    }
    // Before 1.31 the field was dropped.
    let old: &[&str] = &["PreferClose"];
    let new: &[&str] = &["PreferClose", "PreferSameZone", "PreferSameNode"];
    if !old.contains(&distribution.str()) {
        errors.minors(31..34, |errors| {
            errors.unsupported(&distribution, old);
        });
    }
    if !new.contains(&distribution.str()) {
        errors.minors(34.., |errors| {
            errors.unsupported(&distribution, new);
        });
    }
}
