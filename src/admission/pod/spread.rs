//! `validateTopologySpreadConstraints` of pkg/apis/core/validation.

use std::collections::BTreeSet;

use super::affinity;
use super::{invalid, one_of_if_given};
use crate::admission::at::At;
use crate::admission::errors::Errors;
use crate::admission::{label_selector, names};

/// Checks the constraints; `labels` are those of the pod, when they are known.
pub(super) fn check(constraints: &At<'_, '_>, labels: Option<&At<'_, '_>>, errors: &mut Errors<'_>) {
    for (index, constraint) in constraints.items().enumerate() {
        let skew = constraint.get("maxSkew");
        positive(&skew, skew.int().unwrap_or(0), errors);
        let topology = constraint.get("topologyKey");
        if topology.is_empty() {
            errors.required(&topology, "can not be empty");
        }
        let action = constraint.get("whenUnsatisfiable");
        if !["DoNotSchedule", "ScheduleAnyway"].contains(&action.str()) {
            errors.unsupported(&action, &["DoNotSchedule", "ScheduleAnyway"]);
        }
        let again = constraints.items().skip(index + 1).any(|other| {
            other.get("topologyKey").str() == topology.str()
                && other.get("whenUnsatisfiable").str() == action.str()
        });
        if again {
            errors
                .duplicate(&topology)
                .help("give each pair of `topologyKey` and `whenUnsatisfiable` once");
        }
        let domains = constraint.get("minDomains");
        if let Some(number) = domains.int() {
            positive(&domains, number, errors);
            if action.str() != "DoNotSchedule" {
                errors.invalid(
                    &domains,
                    format!(
                        "can only use minDomains if whenUnsatisfiable=DoNotSchedule, not {}",
                        action.str()
                    ),
                );
            }
        }
        errors.minors(26.., |errors| {
            for field in ["nodeAffinityPolicy", "nodeTaintsPolicy"] {
                one_of_if_given(&constraint.get(field), &["Ignore", "Honor"], errors);
            }
        });
        let (keys, selector) = (constraint.get("matchLabelKeys"), constraint.get("labelSelector"));
        errors.minors(27..34, |errors| keys_apart(&keys, &selector, errors));
        errors.minors(34.., |errors| {
            affinity::selector_keys(&keys, &selector, errors);
            affinity::repeated(&keys, &selector, &[&keys], labels, errors);
        });
        label_selector::check(&selector, errors);
    }
}

/// `ValidatePositiveField`.
fn positive(at: &At<'_, '_>, number: i64, errors: &mut Errors<'_>) {
    if number <= 0 {
        errors.invalid(at, "must be greater than zero");
    }
}

/// `ValidateMatchLabelKeysInTopologySpread`, of servers that did not merge the keys into the selector.
fn keys_apart(keys: &At<'_, '_>, selector: &At<'_, '_>, errors: &mut Errors<'_>) {
    if keys.is_empty() {
        return;
    }
    if !selector.is_given() {
        errors.forbidden(keys, "must not be specified when labelSelector is not set");
    }
    let (labels, expressions) = (selector.get("matchLabels"), selector.get("matchExpressions"));
    let named: BTreeSet<&str> = labels
        .entries()
        .map(|(key, _)| key)
        .chain(expressions.items().map(|expression| expression.get("key").str()))
        .collect();
    for key in keys.items() {
        invalid(&key, names::qualified_name(key.str()), errors);
        if named.contains(key.str()) {
            errors.invalid(&key, "exists in both matchLabelKeys and labelSelector");
        }
    }
}
