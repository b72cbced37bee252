//! Label selectors: `ValidateLabelSelector` of k8s.io/apimachinery/pkg/apis/meta/v1/validation.

use super::at::At;
use super::errors::Errors;
use super::metadata;
use super::names;
use crate::manifest::selector::{self, Selector};

/// Checks a `LabelSelector`; one that is not given is fine.
pub(super) fn check(selector: &At<'_, '_>, errors: &mut Errors<'_>) {
    metadata::labels(&selector.get("matchLabels"), errors);
    for requirement in selector.get("matchExpressions").items() {
        let operator = requirement.get("operator");
        let values = requirement.get("values");
        match operator.str() {
            "In" | "NotIn" if values.is_empty() => {
                errors.required(&values, "must be specified when `operator` is 'In' or 'NotIn'");
            }
            "Exists" | "DoesNotExist" if !values.is_empty() => {
                errors.forbidden(
                    &values,
                    "may not be specified when `operator` is 'Exists' or 'DoesNotExist'",
                );
            }
            "In" | "NotIn" | "Exists" | "DoesNotExist" => {}
            _ if operator.is_given() => {
                errors
                    .invalid(&operator, "not a valid selector operator")
                    .help("use In, NotIn, Exists or DoesNotExist");
            }
            // The schema stage says that it is missing.
            _ => {}
        }
        let key = requirement.get("key");
        if key.is_given() {
            for what in names::qualified_name(key.str()) {
                errors.invalid(&key, what);
            }
        }
        for value in values.items() {
            for what in names::label_value(value.str()) {
                errors.invalid(&value, what);
            }
        }
    }
}

/// Whether a selector has no condition at all.
pub(super) fn is_empty(selector: &At<'_, '_>) -> bool {
    selector.get("matchLabels").len() + selector.get("matchExpressions").len() == 0
}

/// Whether labels fulfill a `LabelSelector`; `None` when it is not given or cannot be used as one
/// (`LabelSelectorAsSelector`).
pub(super) fn matches(selector: &At<'_, '_>, labels: &At<'_, '_>) -> Option<bool> {
    let is_key = |key: &str| names::qualified_name(key).is_empty();
    let is_value = |value: &str| names::label_value(value).is_empty();
    let usable = selector.get("matchExpressions").items().all(|requirement| {
        let values = requirement.get("values");
        let empty = values.is_empty();
        let fits = match requirement.get("operator").str() {
            "In" | "NotIn" => !empty,
            "Exists" | "DoesNotExist" => empty,
            _ => false,
        };
        fits && is_key(requirement.get("key").str()) && values.items().all(|value| is_value(value.str()))
    }) && selector
        .get("matchLabels")
        .entries()
        .all(|(key, value)| is_key(key) && is_value(value.str()));
    let selector = Selector::of_label_selector(selector.node()?).filter(|_| usable)?;
    Some(selector.matches(&selector::labels(labels.node())))
}
