//! Lease: `ValidateLeaseSpec` of pkg/apis/coordination/validation.

use crate::admission::at::At;
use crate::admission::errors::Errors;
use crate::admission::names;

/// Checks a lease.
pub(super) fn check(root: &At<'_, '_>, errors: &mut Errors<'_>) {
    let spec = root.get("spec");
    let duration = spec.get("leaseDurationSeconds");
    if duration.int().is_some_and(|seconds| seconds <= 0) {
        errors.invalid(&duration, "must be greater than 0");
    }
    errors.not_negative(&spec.get("leaseTransitions"));
    let strategy = spec.get("strategy");
    errors.minors(31.., |errors| {
        if strategy.str().contains('/') {
            for what in names::qualified_name(strategy.str()) {
                errors.invalid(&strategy, what);
            }
        } else if strategy.is_given() && strategy.str() != "OldestEmulationVersion" {
            errors.unsupported(&strategy, &["OldestEmulationVersion"]);
        }
        let holder = spec.get("preferredHolder");
        if !holder.is_empty() && strategy.is_empty() {
            errors.forbidden(&holder, "may only be specified if `strategy` is defined");
        }
    });
}
