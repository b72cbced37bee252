//! LeaseCandidate: `ValidateLeaseCandidateSpec` of pkg/apis/coordination/validation.

use plimsoll_gostd::semver::Version;

use crate::admission::at::At;
use crate::admission::errors::Errors;
use crate::admission::{equal, names};

const OLDEST: &str = "OldestEmulationVersion";

/// Checks a candidate.
pub(super) fn check(root: &At<'_, '_>, errors: &mut Errors<'_>) {
    let spec = root.get("spec");
    let lease = spec.get("leaseName");
    if lease.is_empty() {
        errors.required(&lease, "");
    }
    let emulation_field = spec.get("emulationVersion");
    let emulation = version(&emulation_field, errors);
    let binary_field = spec.get("binaryVersion");
    if binary_field.is_empty() {
        errors.required(&binary_field, "");
    }
    let binary = version(&binary_field, errors);
    if let (Some(binary), Some(emulation)) = (&binary, &emulation)
        && binary.compare(emulation).is_lt()
    {
        errors.invalid(
            &binary_field,
            "must be greater than or equal to `emulationVersion`",
        );
    }
    let strategy = spec.get("strategy");
    match strategy.str() {
        "" => {
            errors.required(&strategy, "");
        }
        OLDEST => {
            let is_zero = |version: &Version| version.compare(&zero()).is_eq();
            if emulation.as_ref().is_none_or(is_zero) {
                errors.required(
                    &emulation_field,
                    "must be specified when `strategy` is 'OldestEmulationVersion'",
                );
            }
        }
        other if other.contains('/') => {
            for what in names::qualified_name(other) {
                errors.invalid(&strategy, what);
            }
        }
        _ => {
            errors.unsupported(&strategy, &[OLDEST]);
        }
    }
}

/// Which lease it is for is fixed.
pub(super) fn update(old: &At<'_, '_>, new: &At<'_, '_>, errors: &mut Errors<'_>) {
    let (before, spec) = (old.get("spec"), new.get("spec"));
    let lease = spec.get("leaseName");
    if !equal::same(&before.get("leaseName"), &lease) {
        errors.immutable(&lease, "field is immutable");
    }
}

fn zero() -> Version {
    Version::default()
}

fn version(field: &At<'_, '_>, errors: &mut Errors<'_>) -> Option<Version> {
    if field.is_empty() {
        return None;
    }
    let version = Version::strict(field.str()).ok();
    if version.is_none() {
        errors.invalid(field, "must be a valid semantic version");
    }
    version
}
