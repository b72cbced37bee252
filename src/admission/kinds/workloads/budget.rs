//! PodDisruptionBudget: `ValidatePodDisruptionBudget` of pkg/apis/policy/validation.

use super::amount;
use crate::admission::at::At;
use crate::admission::errors::Errors;
use crate::admission::label_selector;

/// `ValidatePodDisruptionBudgetSpec`.
pub(super) fn check(root: &At<'_, '_>, errors: &mut Errors<'_>) {
    let spec = root.get("spec");
    let (available, unavailable) = (spec.get("minAvailable"), spec.get("maxUnavailable"));
    if available.is_given() && unavailable.is_given() {
        errors
            .invalid(&spec, "minAvailable and maxUnavailable cannot be both set")
            .help("remove one of the two");
    }
    for bound in [&available, &unavailable] {
        amount::not_negative(bound, errors);
        amount::not_more_than_all(bound, errors);
    }
    label_selector::check(&spec.get("selector"), errors);
    let policy = spec.get("unhealthyPodEvictionPolicy");
    if policy.is_blank() {
        errors.unsupported(&policy, &["AlwaysAllow", "IfHealthyBudget"]);
    }
}
