//! Deployment: `ValidateDeployment` of pkg/apis/apps/validation.

use super::{amount, template};
use crate::admission::at::At;
use crate::admission::equal;
use crate::admission::errors::Errors;

/// `ValidateDeploymentSpec`.
pub(super) fn check(root: &At<'_, '_>, errors: &mut Errors<'_>) {
    let spec = root.get("spec");
    errors.not_negative(&spec.get("replicas"));
    template::check_selector(&spec, "deployment", errors);
    template::check_selected(&spec, errors);
    template::check_endless(&spec.get("template"), "ReplicaSet", errors);
    strategy(&spec.get("strategy"), errors);
    let ready = spec.get("minReadySeconds");
    errors.not_negative(&ready);
    errors.not_negative(&spec.get("revisionHistoryLimit"));
    let deadline = spec.get("progressDeadlineSeconds");
    errors.not_negative(&deadline);
    let ready_seconds = ready.int().unwrap_or(0);
    if deadline.is_given() {
        if deadline.int().is_some_and(|seconds| seconds <= ready_seconds) {
            errors.invalid(&deadline, "must be greater than minReadySeconds");
        }
    } else if ready_seconds >= 600 {
        // `SetDefaults_Deployment`
        errors
            .invalid(&deadline, "must be greater than minReadySeconds")
            .help("set `progressDeadlineSeconds`, which is 600 when left out, above `minReadySeconds`");
    }
}

/// `ValidateDeploymentStrategy`.
fn strategy(strategy: &At<'_, '_>, errors: &mut Errors<'_>) {
    let rolling = strategy.get("rollingUpdate");
    match strategy.get("type").str_or("RollingUpdate") {
        "Recreate" if rolling.is_given() => {
            errors.forbidden(
                &rolling,
                "may not be specified when strategy `type` is 'Recreate'",
            );
        }
        "RollingUpdate" => {
            let (unavailable, surge) = (rolling.get("maxUnavailable"), rolling.get("maxSurge"));
            amount::not_negative(&unavailable, errors);
            amount::not_negative(&surge, errors);
            if amount::value(&unavailable, 25) == 0 && amount::value(&surge, 25) == 0 {
                errors.invalid(&unavailable, "may not be 0 when `maxSurge` is 0");
            }
            amount::not_more_than_all(&unavailable, errors);
        }
        _ => {}
    }
}

/// `ValidateDeploymentUpdate`.
pub(super) fn check_update(old: &At<'_, '_>, new: &At<'_, '_>, errors: &mut Errors<'_>) {
    immutable_selector(old, new, errors);
}

/// `spec.selector` may not change.
pub(super) fn immutable_selector(old: &At<'_, '_>, new: &At<'_, '_>, errors: &mut Errors<'_>) {
    let (old, new) = (old.get("spec"), new.get("spec"));
    let selector = new.get("selector");
    if !equal::same(&old.get("selector"), &selector) {
        errors.immutable(&selector, "field is immutable").help(
            "keep the selector as it was, or delete the object first (with `--cascade=orphan` its pods stay)",
        );
    }
}
