//! Which requests are looked at: `validateRuleWithOperations`, `validateMatchResources` and `validateMatchConditions` of
//! pkg/apis/admissionregistration/validation. Whether a CEL expression compiles is not checked.

use std::collections::BTreeSet;

use crate::admission::at::At;
use crate::admission::errors::Errors;
use crate::admission::{label_selector, names};

/// Most match conditions.
const MAX_CONDITIONS: usize = 64;

const OPERATIONS: [&str; 5] = ["*", "CREATE", "UPDATE", "DELETE", "CONNECT"];

/// `validateRuleWithOperations`.
pub(super) fn rule(rule: &At<'_, '_>, errors: &mut Errors<'_>) {
    let operations = rule.get("operations");
    listed(&operations, "operations", errors);
    for operation in operations.items() {
        if !OPERATIONS.contains(&operation.str()) {
            errors.unsupported(&operation, &OPERATIONS);
        }
    }
    listed(&rule.get("apiGroups"), "API groups", errors);
    let versions = rule.get("apiVersions");
    listed(&versions, "API versions", errors);
    for version in versions.items() {
        if version.is_empty() {
            errors.required(&version, "");
        }
    }
    resources(&rule.get("resources"), errors);
    let scope = rule.get("scope");
    if scope.is_given() && !matches!(scope.str(), "Cluster" | "Namespaced" | "*") {
        errors.unsupported(&scope, &["Cluster", "Namespaced", "*"]);
    }
}

/// A list that must have items, and nothing beside `*`.
fn listed(list: &At<'_, '_>, of: &str, errors: &mut Errors<'_>) {
    if list.is_empty() {
        errors.required(list, "");
    } else if list.len() > 1 && list.items().any(|item| item.str() == "*") {
        errors
            .invalid(list, format!("if '*' is present, must not specify other {of}"))
            .help("keep `*` alone, or remove it");
    }
}

/// `validateResources`: what a wildcard covers is not named again behind it.
fn resources(resources: &At<'_, '_>, errors: &mut Errors<'_>) {
    if resources.is_empty() {
        errors.required(resources, "");
    }
    let (mut all_of, mut all_with) = (BTreeSet::new(), BTreeSet::new());
    let (mut double, mut single, mut plain) = (false, false, false);
    for at in resources.items() {
        let text = at.str();
        if text.is_empty() {
            errors.required(&at, "");
            continue;
        }
        double |= text == "*/*";
        single |= text == "*";
        let Some((resource, part)) = text.split_once('/') else {
            // The last one counts, as in the server.
            plain = text != "*";
            continue;
        };
        if all_of.contains(resource) {
            errors.invalid(
                &at,
                format!("if '{resource}/*' is present, must not specify {text}"),
            );
        }
        if all_with.contains(part) {
            errors.invalid(&at, format!("if '*/{part}' is present, must not specify {text}"));
        }
        if part == "*" {
            all_of.insert(resource);
        }
        if resource == "*" {
            all_with.insert(part);
        }
    }
    if resources.len() > 1 && double {
        errors.invalid(resources, "if '*/*' is present, must not specify other resources");
    }
    if single && plain {
        errors.invalid(
            resources,
            "if '*' is present, must not specify other resources without subresources",
        );
    }
}

/// `validateMatchResources`; what is left out has a default. `mutating`: requests that a mutation cannot see are refused.
pub(super) fn matched(resources: &At<'_, '_>, mutating: bool, errors: &mut Errors<'_>) {
    let policy = resources.get("matchPolicy");
    if policy.is_given() && !matches!(policy.str(), "Exact" | "Equivalent") {
        errors.unsupported(&policy, &["Exact", "Equivalent"]);
    }
    label_selector::check(&resources.get("namespaceSelector"), errors);
    label_selector::check(&resources.get("objectSelector"), errors);
    for list in ["resourceRules", "excludeResourceRules"] {
        for named in resources.get(list).items() {
            let mut seen = BTreeSet::new();
            for name in named.get("resourceNames").items() {
                for what in names::path_segment_name(name.str(), false) {
                    errors.invalid(&name, what);
                }
                if !seen.insert(name.str()) {
                    errors.duplicate(&name);
                }
            }
            rule(&named, errors);
        }
    }
    if mutating {
        for named in resources.get("resourceRules").items() {
            for operation in named.get("operations").items() {
                if operation.str() == "DELETE" {
                    errors
                        .unsupported(&operation, &["*", "CREATE", "UPDATE", "CONNECT"])
                        .help("remove it: a deletion has no object to change");
                }
            }
        }
    }
}

/// `validateMatchConditions`.
pub(super) fn conditions(conditions: &At<'_, '_>, errors: &mut Errors<'_>) {
    if conditions.len() > MAX_CONDITIONS {
        errors.too_many(conditions, MAX_CONDITIONS);
    }
    let mut seen = BTreeSet::new();
    for condition in conditions.items() {
        expression(&condition.get("expression"), "", errors);
        let name = condition.get("name");
        if name.is_blank() {
            errors.required(&name, "");
        } else if name.is_given() {
            for what in names::qualified_name(name.str()) {
                errors.invalid(&name, what);
            }
            if !seen.insert(name.str()) {
                errors.duplicate(&name);
            }
        }
    }
}

/// An expression that is given must say something.
pub(super) fn expression(expression: &At<'_, '_>, detail: &str, errors: &mut Errors<'_>) {
    if expression.is_given() && expression.str().trim().is_empty() {
        errors.required(expression, detail);
    }
}
