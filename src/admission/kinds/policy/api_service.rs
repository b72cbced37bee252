//! APIService: `ValidateAPIService` of k8s.io/kube-aggregator.

use crate::admission::at::At;
use crate::admission::errors::Errors;
use crate::admission::names;

/// Checks a new service.
pub(super) fn check(root: &At<'_, '_>, errors: &mut Errors<'_>) {
    let spec = root.get("spec");
    let (group, version) = (spec.get("group"), spec.get("version"));
    let metadata = root.get("metadata");
    let wanted = format!("{}.{}", version.str(), group.str());
    for field in ["generateName", "name"] {
        let name = metadata.get(field);
        if !name.is_empty() && name.str() != wanted {
            errors
                .invalid(
                    &name,
                    format!("must be `spec.version+\".\"+spec.group`: {wanted:?}"),
                )
                .help(format!("set `name: {wanted}`"));
        }
    }
    if group.is_empty() {
        if version.str() != "v1" {
            errors.required(
                &group,
                "only v1 may have an empty group and it better be legacy kube",
            );
        }
    } else {
        for what in names::dns1123_subdomain(group.str()) {
            errors.invalid(&group, what);
        }
    }
    for what in names::dns1035_label(version.str()) {
        errors.invalid(&version, what);
    }
    for (key, most) in [("groupPriorityMinimum", 20_000), ("versionPriority", 1000)] {
        let priority = spec.get(key);
        let number = priority.int().unwrap_or(0);
        // A missing one is the schema stage's.
        if priority.is_given() && !(1..=most).contains(&number) {
            errors.invalid(&priority, format!("must be positive and less than {most}"));
        }
    }
    let (service, bundle) = (spec.get("service"), spec.get("caBundle"));
    let insecure = spec.get("insecureSkipTLSVerify");
    if !service.is_given() {
        if !bundle.is_empty() {
            errors.invalid(&bundle, "local APIServices may not have a caBundle");
        }
        if insecure.is_true() {
            errors.invalid(&insecure, "local APIServices may not have insecureSkipTLSVerify");
        }
        return;
    }
    for key in ["namespace", "name"] {
        let field = service.get(key);
        if field.is_empty() {
            errors.required(&field, "");
        }
    }
    let port = service.get("port");
    if let Some(number) = port.int() {
        for what in names::port_number(number) {
            errors.invalid(&port, format!("port is not valid: {what}"));
        }
    }
    if insecure.is_true() && !bundle.is_empty() {
        errors.invalid(&insecure, "may not be true if caBundle is present");
    }
}
