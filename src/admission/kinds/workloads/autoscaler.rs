//! HorizontalPodAutoscaler, in all its versions: `ValidateHorizontalPodAutoscaler` of pkg/apis/autoscaling/validation.

use super::autoscaler_metrics;
use crate::admission::at::At;
use crate::admission::errors::Errors;
use crate::admission::names;
use crate::admission::quantity::Quantity;

/// The longest time rules look back on, in seconds.
const MAX_WINDOW: i64 = 3600;
/// The longest period of a policy, in seconds.
const MAX_PERIOD: i64 = 1800;

/// `validateHorizontalPodAutoscalerSpec`.
pub(super) fn check(root: &At<'_, '_>, errors: &mut Errors<'_>) {
    let spec = root.get("spec");
    let (min, max) = (spec.get("minReplicas"), spec.get("maxReplicas"));
    // `SetDefaults_HorizontalPodAutoscaler`
    let least = if min.is_given() { min.int() } else { Some(1) };
    match least {
        Some(number) if number < 0 => {
            errors.invalid(&min, "must be greater than or equal to 0");
        }
        Some(0) => errors.minors(..37, |errors| {
            errors
                .invalid(&min, "must be greater than or equal to 1")
                .help("since Kubernetes 1.37 an autoscaler may scale to 0");
        }),
        _ => {}
    }
    match max.int() {
        Some(0) => {
            errors.required(&max, "must be set and greater than 0");
        }
        Some(number) if number < 0 => {
            errors.invalid(&max, "must be greater than or equal to 1");
        }
        _ => {}
    }
    if let (Some(least), Some(most)) = (least, max.int())
        && most < least
    {
        errors.invalid(&max, "must be greater than or equal to `minReplicas`");
    }
    target(&spec.get("scaleTargetRef"), errors);
    autoscaler_metrics::check(&spec.get("metrics"), errors);
    // The one metric of `autoscaling/v1`.
    let share = spec.get("targetCPUUtilizationPercentage");
    if share.int().is_some_and(|share| share < 1) {
        errors.invalid(&share, "must be greater than 0");
    }
    if least == Some(0) {
        errors.minors(37.., |errors| autoscaler_metrics::wakes(&spec, errors));
    }
    let behavior = spec.get("behavior");
    for direction in ["scaleUp", "scaleDown"] {
        scaling_rules(&behavior.get(direction), errors);
    }
}

/// `ValidateCrossVersionObjectReference` of what is scaled.
fn target(target: &At<'_, '_>, errors: &mut Errors<'_>) {
    reference(target, errors);
    let version = target.get("apiVersion");
    let group = version.str().split_once('/').map_or("", |(group, _)| group);
    if target.is_given() && group.is_empty() && target.get("kind").str() != "ReplicationController" {
        errors.minors(34.., |errors| {
            errors
                .invalid(&version, "apiVersion must specify API group")
                .help("write the group too: `apps/v1` for a Deployment or StatefulSet");
        });
    }
}

/// `ValidateCrossVersionObjectReference`, but that there must be a group.
pub(super) fn reference(reference: &At<'_, '_>, errors: &mut Errors<'_>) {
    for key in ["kind", "name"] {
        let field = reference.get(key);
        if field.is_blank() {
            errors.required(&field, "");
        } else if field.is_given() {
            for what in names::path_segment_name(field.str(), false) {
                errors.invalid(&field, what);
            }
        }
    }
    let version = reference.get("apiVersion");
    if version.str().matches('/').count() > 1 {
        errors.minors(34.., |errors| {
            errors.invalid(
                &version,
                format!("unexpected GroupVersion string: {}", version.str()),
            );
        });
    }
}

/// `validateScalingRules`; what is left out has a default.
fn scaling_rules(rules: &At<'_, '_>, errors: &mut Errors<'_>) {
    let window = rules.get("stabilizationWindowSeconds");
    if window.int().is_some_and(|seconds| seconds < 0) {
        errors.invalid(&window, "must be greater than or equal to zero");
    }
    if window.int().is_some_and(|seconds| seconds > MAX_WINDOW) {
        errors.invalid(&window, format!("must be less than or equal to {MAX_WINDOW}"));
    }
    let select = rules.get("selectPolicy");
    if select.is_given() && !matches!(select.str(), "Max" | "Min" | "Disabled") {
        errors.unsupported(&select, &["Max", "Min", "Disabled"]);
    }
    let policies = rules.get("policies");
    if policies.is_blank() {
        errors
            .required(&policies, "must specify at least one Policy")
            .help("remove `policies` for the server's own, or name one");
    }
    for policy in policies.items() {
        let kind = policy.get("type");
        if kind.is_given() && !matches!(kind.str(), "Pods" | "Percent") {
            errors.unsupported(&kind, &["Pods", "Percent"]);
        }
        for key in ["value", "periodSeconds"] {
            let field = policy.get(key);
            if field.int().is_some_and(|number| number <= 0) {
                errors.invalid(&field, "must be greater than zero");
            }
        }
        let period = policy.get("periodSeconds");
        if period.int().is_some_and(|seconds| seconds > MAX_PERIOD) {
            errors.invalid(&period, format!("must be less than or equal to {MAX_PERIOD}"));
        }
    }
    let tolerance = rules.get("tolerance");
    // Alpha before: the server dropped the field.
    errors.minors(35.., |errors| {
        if Quantity::of(&tolerance).is_some_and(Quantity::is_negative) {
            errors.invalid(&tolerance, "must be greater than or equal to 0");
        }
    });
}
