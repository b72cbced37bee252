//! Ingresses and their classes: pkg/apis/networking/validation/validation.go.

use crate::admission::at::At;
use crate::admission::errors::Errors;
use crate::admission::{ip, names};

const CLASS_ANNOTATION: &str = "kubernetes.io/ingress.class";
const MAX_CONTROLLER: usize = 250;

/// `ValidateIngressCreate`.
pub(super) fn ingress(root: &At<'_, '_>, errors: &mut Errors<'_>) {
    let spec = root.get("spec");
    let backend = spec.get("defaultBackend");
    let rules = spec.get("rules");
    if rules.is_empty() && !backend.is_given() {
        errors.invalid(&spec, "either `defaultBackend` or `rules` must be specified");
    }
    if backend.is_given() {
        backend_of(&backend, errors);
    }
    for rule in rules.items() {
        host(&rule.get("host"), errors);
        let http = rule.get("http");
        let paths = http.get("paths");
        if http.is_given() && paths.is_empty() {
            errors.required(&paths, "");
        }
        for path in paths.items() {
            http_path(&path, errors);
        }
    }
    for tls in spec.get("tls").items() {
        for host in tls.get("hosts").items() {
            host_name(&host, errors);
        }
        let secret = tls.get("secretName");
        if !secret.is_empty() {
            for what in names::dns1123_subdomain(secret.str()) {
                errors.invalid(&secret, what);
            }
        }
    }
    let class = spec.get("ingressClassName");
    if class.is_given() {
        for what in names::dns1123_subdomain(class.str()) {
            errors.invalid(&class, what);
        }
    }
    let metadata = root.get("metadata");
    let annotations = metadata.get("annotations");
    let annotation = annotations.get(CLASS_ANNOTATION);
    if annotation.is_given() && class.is_given() && annotation.str() != class.str() {
        errors
            .invalid(
                &annotation,
                "must match `ingressClassName` when both are specified",
            )
            .help("remove the annotation, which is deprecated");
    }
}

fn host(host: &At<'_, '_>, errors: &mut Errors<'_>) {
    if host.is_empty() {
        return;
    }
    if ip::parse(host.str()).is_some() {
        errors.invalid(host, "must be a DNS name, not an IP address");
    }
    host_name(host, errors);
}

/// A DNS name, or one with `*` as its first label.
fn host_name(host: &At<'_, '_>, errors: &mut Errors<'_>) {
    let wrong = if host.str().contains('*') {
        names::wildcard_subdomain(host.str())
    } else {
        names::dns1123_subdomain(host.str())
    };
    for what in wrong {
        errors.invalid(host, what);
    }
}

/// `validateHTTPIngressPath`.
fn http_path(path: &At<'_, '_>, errors: &mut Errors<'_>) {
    let kind = path.get("pathType");
    let at = path.get("path");
    let text = at.str();
    match kind.as_str() {
        None => {
            errors.required(&kind, "pathType must be specified");
            return;
        }
        Some("Exact" | "Prefix") => {
            if !text.starts_with('/') {
                errors.invalid(&at, "must be an absolute path");
            }
            for part in ["//", "/./", "/../", "%2f", "%2F"] {
                if text.contains(part) {
                    errors.invalid(&at, format!("must not contain '{part}'"));
                }
            }
            for end in ["/..", "/."] {
                if text.ends_with(end) {
                    errors.invalid(&at, format!("cannot end with '{end}'"));
                }
            }
        }
        Some("ImplementationSpecific") => {
            if !text.is_empty() && !text.starts_with('/') {
                errors.invalid(&at, "must be an absolute path");
            }
        }
        Some(_) => {
            errors.unsupported(&kind, &["Exact", "ImplementationSpecific", "Prefix"]);
        }
    }
    backend_of(&path.get("backend"), errors);
}

/// `validateIngressBackend`.
fn backend_of(backend: &At<'_, '_>, errors: &mut Errors<'_>) {
    let (resource, service) = (backend.get("resource"), backend.get("service"));
    match (resource.is_given(), service.is_given()) {
        (true, true) => {
            errors.invalid(backend, "cannot set both resource and service backends");
        }
        (true, false) => typed_reference(&resource, errors),
        (false, true) => {
            let name = service.get("name");
            if name.is_empty() {
                errors.required(&name, "");
            } else {
                service_name(&name, errors);
            }
            let port = service.get("port");
            let (port_name, port_number) = (port.get("name"), port.get("number"));
            let number = port_number.int().unwrap_or(0);
            if !port_name.is_empty() && number != 0 {
                errors.invalid(backend, "cannot set both port name & port number");
            } else if !port_name.is_empty() {
                for what in names::port_name(port_name.str()) {
                    errors.invalid(&port_name, what);
                }
            } else if number != 0 {
                for what in names::port_number(number) {
                    errors.invalid(&port_number, what);
                }
            } else {
                errors
                    .required(backend, "port name or number is required")
                    .help("add `port: {number: …}` or `port: {name: …}` to `service`");
            }
        }
        (false, false) => {
            errors
                .invalid(backend, "resource or service backend is required")
                .help("say which Service is behind it: `service: {name: …, port: {number: …}}`");
        }
    }
}

/// The name of a Service: may start with a digit since 1.36 (`RelaxedServiceNameValidation`).
fn service_name(name: &At<'_, '_>, errors: &mut Errors<'_>) {
    let wrong = names::dns1123_label(name.str());
    if wrong.is_empty() {
        errors.minors(..36, |errors| {
            for what in names::dns1035_label(name.str()) {
                errors.invalid(name, what);
            }
        });
    }
    for what in wrong {
        errors.invalid(name, what);
    }
}

/// `validateIngressTypedLocalObjectReference`.
fn typed_reference(reference: &At<'_, '_>, errors: &mut Errors<'_>) {
    let group = reference.get("apiGroup");
    if group.is_given() {
        for what in names::dns1123_subdomain(group.str()) {
            errors.invalid(&group, what);
        }
    }
    for field in ["kind", "name"] {
        let at = reference.get(field);
        if at.is_empty() {
            errors.required(&at, "");
        }
        for what in names::path_segment_name(at.str(), false) {
            errors.invalid(&at, what);
        }
    }
}

/// `ValidateIngressClass`.
pub(super) fn class(root: &At<'_, '_>, errors: &mut Errors<'_>) {
    let spec = root.get("spec");
    let controller = spec.get("controller");
    if controller.str().len() > MAX_CONTROLLER {
        errors.too_long(&controller, MAX_CONTROLLER);
    }
    if controller.is_empty() {
        errors.required(&controller, "");
    } else {
        for what in names::domain_prefixed_path(controller.str()) {
            errors.invalid(&controller, what);
        }
    }
    let parameters = spec.get("parameters");
    if parameters.is_given() {
        class_parameters(&parameters, errors);
    }
}

/// `validateIngressClassParametersReference`.
fn class_parameters(parameters: &At<'_, '_>, errors: &mut Errors<'_>) {
    typed_reference(parameters, errors);
    let (scope, namespace) = (parameters.get("scope"), parameters.get("namespace"));
    match scope.as_str().unwrap_or("Cluster") {
        "Namespace" => match namespace.as_str() {
            None => {
                errors.required(&namespace, "`parameters.scope` is set to 'Namespace'");
            }
            Some(name) => {
                for what in names::dns1123_label(name) {
                    errors.invalid(&namespace, what);
                }
            }
        },
        "Cluster" => {
            if namespace.is_given() {
                errors.forbidden(&namespace, "`parameters.scope` is set to 'Cluster'");
            }
        }
        _ => {
            errors.unsupported(&scope, &["Cluster", "Namespace"]);
        }
    }
}

/// `controller` is set once.
pub(super) fn class_update(old: &At<'_, '_>, new: &At<'_, '_>, errors: &mut Errors<'_>) {
    let (old, new) = (old.get("spec"), new.get("spec"));
    let controller = new.get("controller");
    if controller.str() != old.get("controller").str() {
        errors
            .immutable(&controller, "field is immutable")
            .help("give the class of the other controller another name");
    }
}
