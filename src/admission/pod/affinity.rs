//! Affinity: `validateAffinity`, `ValidateNodeSelector` and their helpers of pkg/apis/core/validation.

use std::collections::BTreeSet;

use super::invalid;
use crate::admission::at::At;
use crate::admission::errors::Errors;
use crate::admission::{label_selector, names};

/// `validateAffinity`.
///
/// `labels` are those of the pod, when they are known: of a Pod, not of a template.
pub(super) fn check(affinity: &At<'_, '_>, labels: Option<&At<'_, '_>>, errors: &mut Errors<'_>) {
    let node = affinity.get("nodeAffinity");
    let required = node.get("requiredDuringSchedulingIgnoredDuringExecution");
    if required.is_given() {
        node_selector(&required, errors);
    }
    for term in node
        .get("preferredDuringSchedulingIgnoredDuringExecution")
        .items()
    {
        weight(&term, errors);
        // Values that are no label values match no node, which a preference may.
        node_selector_term(&term.get("preference"), false, errors);
    }
    for kind in ["podAffinity", "podAntiAffinity"] {
        let of_kind = affinity.get(kind);
        for term in of_kind
            .get("requiredDuringSchedulingIgnoredDuringExecution")
            .items()
        {
            pod_term(&term, labels, errors);
        }
        for term in of_kind
            .get("preferredDuringSchedulingIgnoredDuringExecution")
            .items()
        {
            weight(&term, errors);
            pod_term(&term.get("podAffinityTerm"), labels, errors);
        }
    }
}

fn weight(term: &At<'_, '_>, errors: &mut Errors<'_>) {
    let weight = term.get("weight");
    if !(1..=100).contains(&weight.int().unwrap_or(0)) {
        errors.invalid(&weight, "must be in the range 1-100");
    }
}

/// `ValidateNodeSelector`: what pods require of nodes, and volumes.
pub(in crate::admission) fn node_selector(selector: &At<'_, '_>, errors: &mut Errors<'_>) {
    let terms = selector.get("nodeSelectorTerms");
    if terms.is_empty() {
        errors.required(&terms, "must have at least one node selector term");
    }
    node_selector_terms(&terms, errors);
}

/// `ValidateNodeSelectorTerm` of each of a list.
pub(in crate::admission) fn node_selector_terms(terms: &At<'_, '_>, errors: &mut Errors<'_>) {
    for term in terms.items() {
        node_selector_term(&term, true, errors);
    }
}

fn node_selector_term(term: &At<'_, '_>, check_values: bool, errors: &mut Errors<'_>) {
    for requirement in term.get("matchExpressions").items() {
        by_label(&requirement, check_values, errors);
    }
    for requirement in term.get("matchFields").items() {
        by_field(&requirement, errors);
    }
}

/// `ValidateNodeSelectorRequirement`.
fn by_label(requirement: &At<'_, '_>, check_values: bool, errors: &mut Errors<'_>) {
    let (operator, values) = (requirement.get("operator"), requirement.get("values"));
    match operator.str() {
        "In" | "NotIn" => {
            if values.is_empty() {
                errors.required(&values, "must be specified when `operator` is 'In' or 'NotIn'");
            }
        }
        "Exists" | "DoesNotExist" => {
            if !values.is_empty() {
                errors.forbidden(
                    &values,
                    "may not be specified when `operator` is 'Exists' or 'DoesNotExist'",
                );
            }
        }
        "Gt" | "Lt" => {
            if values.len() != 1 {
                errors.required(
                    &values,
                    "must be specified single value when `operator` is 'Lt' or 'Gt'",
                );
            }
        }
        _ => {
            errors
                .invalid(&operator, "not a valid selector operator")
                .help("use one of In, NotIn, Exists, DoesNotExist, Gt, Lt");
        }
    }
    let key = requirement.get("key");
    invalid(&key, names::qualified_name(key.str()), errors);
    if check_values {
        for value in values.items() {
            invalid(&value, names::label_value(value.str()), errors);
        }
    }
}

/// `ValidateNodeFieldSelectorRequirement`: `metadata.name` is the only field there is.
fn by_field(requirement: &At<'_, '_>, errors: &mut Errors<'_>) {
    let (operator, values) = (requirement.get("operator"), requirement.get("values"));
    if ["In", "NotIn"].contains(&operator.str()) {
        if values.len() != 1 {
            errors.required(
                &values,
                "must be only one value when `operator` is 'In' or 'NotIn' for node field selector",
            );
        }
    } else {
        errors.invalid(&operator, "not a valid selector operator");
    }
    let key = requirement.get("key");
    if key.str() == "metadata.name" {
        for value in values.items() {
            invalid(&value, names::dns1123_subdomain(value.str()), errors);
        }
    } else {
        errors
            .invalid(&key, "not a valid field selector key")
            .help("`metadata.name` is the only field; select labels by `matchExpressions`");
    }
}

/// `validatePodAffinityTerm`.
fn pod_term(term: &At<'_, '_>, labels: Option<&At<'_, '_>>, errors: &mut Errors<'_>) {
    label_selector::check(&term.get("labelSelector"), errors);
    label_selector::check(&term.get("namespaceSelector"), errors);
    for namespace in term.get("namespaces").items() {
        invalid(&namespace, names::dns1123_label(namespace.str()), errors);
    }
    label_keys(term, labels, errors);
    let topology = term.get("topologyKey");
    if topology.is_empty() {
        errors.required(&topology, "can not be empty");
    } else {
        invalid(&topology, names::qualified_name(topology.str()), errors);
    }
}

/// `ValidateMatchLabelKeysAndMismatchLabelKeys`. Older servers drop the fields.
fn label_keys(term: &At<'_, '_>, labels: Option<&At<'_, '_>>, errors: &mut Errors<'_>) {
    errors.minors(31.., |errors| {
        let selector = term.get("labelSelector");
        for field in ["matchLabelKeys", "mismatchLabelKeys"] {
            selector_keys(&term.get(field), &selector, errors);
        }
        let (matched, mismatched) = (term.get("matchLabelKeys"), term.get("mismatchLabelKeys"));
        repeated(&matched, &selector, &[&matched, &mismatched], labels, errors);
        let others: BTreeSet<&str> = mismatched.items().map(|key| key.str()).collect();
        for key in matched.items() {
            if others.contains(key.str()) {
                errors.invalid(&key, "exists in both matchLabelKeys and mismatchLabelKeys");
            }
        }
    });
}

/// `validateLabelKeys`: keys whose values are added to a selector, which must be there.
pub(super) fn selector_keys(keys: &At<'_, '_>, selector: &At<'_, '_>, errors: &mut Errors<'_>) {
    if keys.is_empty() {
        return;
    }
    if !selector.is_given() {
        errors.forbidden(keys, "must not be specified when labelSelector is not set");
        return;
    }
    for key in keys.items() {
        invalid(&key, names::qualified_name(key.str()), errors);
    }
}

/// Keys that a selector names twice, once in an expression, and that `matchLabelKeys` names too.
///
/// Of a Pod, whose labels are known, the server adds an expression for each key in `added` first
/// (`applyLabelKeysToLabelSelector`): so a key that the selector names at all is refused.
pub(super) fn repeated(
    keys: &At<'_, '_>,
    selector: &At<'_, '_>,
    added: &[&At<'_, '_>],
    labels: Option<&At<'_, '_>>,
    errors: &mut Errors<'_>,
) {
    if !selector.is_given() {
        return;
    }
    let given = selector.get("matchLabels");
    let mut named: BTreeSet<&str> = given.entries().map(|(key, _)| key).collect();
    let expressions = selector.get("matchExpressions");
    let written: Vec<&str> = expressions
        .items()
        .map(|expression| expression.get("key").str())
        .collect();
    let mut merged = Vec::new();
    if let Some(labels) = labels {
        for list in added {
            merged.extend(
                list.items()
                    .map(|key| key.str())
                    .filter(|key| labels.get(key).is_given()),
            );
        }
    }
    for key in written.into_iter().chain(merged) {
        if !named.insert(key)
            && let Some(at) = keys.items().filter(|at| at.str() == key).last()
        {
            errors
                .invalid(&at, "exists in both matchLabelKeys and labelSelector")
                .help(
                    "name the key in one of them: `matchLabelKeys` adds the pod's own value to the selector",
                );
        }
    }
}
