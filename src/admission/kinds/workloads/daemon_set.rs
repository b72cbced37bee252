//! DaemonSet: `ValidateDaemonSet` of pkg/apis/apps/validation.

use super::{amount, deployment, template};
use crate::admission::at::At;
use crate::admission::errors::Errors;

/// `ValidateDaemonSetSpec`.
pub(super) fn check(root: &At<'_, '_>, errors: &mut Errors<'_>) {
    let spec = root.get("spec");
    template::check_selector(&spec, "daemonset", errors);
    template::check_selected(&spec, errors);
    template::check_endless(&spec.get("template"), "DaemonSet", errors);
    errors.not_negative(&spec.get("minReadySeconds"));
    strategy(&spec.get("updateStrategy"), errors);
    errors.not_negative(&spec.get("revisionHistoryLimit"));
}

/// `ValidateRollingUpdateDaemonSet`: exactly one of the two bounds is above 0.
fn strategy(strategy: &At<'_, '_>, errors: &mut Errors<'_>) {
    if strategy.get("type").str_or("RollingUpdate") != "RollingUpdate" {
        return;
    }
    let rolling = strategy.get("rollingUpdate");
    let (unavailable, surge) = (rolling.get("maxUnavailable"), rolling.get("maxSurge"));
    for bound in [&unavailable, &surge] {
        amount::not_negative(bound, errors);
    }
    for bound in [&unavailable, &surge] {
        amount::not_more_than_all(bound, errors);
    }
    match (amount::value(&unavailable, 1) != 0, amount::value(&surge, 0) != 0) {
        (true, true) => {
            let said = errors.invalid(&surge, "may not be set when maxUnavailable is non-zero");
            if !unavailable.is_given() {
                said.help("set `maxUnavailable: 0` beside it; it is 1 when left out");
            }
        }
        (false, false) => {
            errors.required(&unavailable, "cannot be 0 when maxSurge is 0");
        }
        _ => {}
    }
}

/// `ValidateDaemonSetSpecUpdate`; the server counts `templateGeneration` itself.
pub(super) fn check_update(old: &At<'_, '_>, new: &At<'_, '_>, errors: &mut Errors<'_>) {
    deployment::immutable_selector(old, new, errors);
}
