//! What an autoscaler measures: `validateMetricSpec` of pkg/apis/autoscaling/validation.

use super::autoscaler::reference;
use crate::admission::at::At;
use crate::admission::errors::Errors;
use crate::admission::quantity::Quantity;
use crate::admission::{names, resource_names};

/// The types of metrics and where each is described, in the order of the server's checks.
const TYPES: [(&str, &str); 5] = [
    ("Object", "object"),
    ("External", "external"),
    ("Pods", "pods"),
    ("Resource", "resource"),
    ("ContainerResource", "containerResource"),
];

/// Checks `metrics` of `autoscaling/v2`.
pub(super) fn check(metrics: &At<'_, '_>, errors: &mut Errors<'_>) {
    for metric in metrics.items() {
        let kind = metric.get("type");
        if kind.is_blank() {
            errors.required(&kind, "must specify a metric source type");
        }
        let expected = TYPES.iter().find(|(name, _)| *name == kind.str());
        if kind.is_given() && expected.is_none() {
            let words = TYPES.map(|(name, _)| name);
            errors.unsupported(&kind, &words);
        }
        let present: Vec<&str> = TYPES
            .iter()
            .map(|(_, field)| *field)
            .filter(|field| metric.get(field).is_given())
            .collect();
        if let Some(first) = present.first() {
            source(first, &metric.get(first), errors);
        }
        let expected = expected.map(|(_, field)| *field);
        if let Some(field) = expected
            && !metric.get(field).is_given()
        {
            errors.required(
                &metric.get(field),
                "must populate information for the given metric source",
            );
        }
        if present.len() != 1 {
            for field in present {
                if Some(field) != expected {
                    errors.forbidden(&metric.get(field), "must populate the given metric source only");
                }
            }
        }
    }
}

/// With no pods running, only metrics from outside can ask for one.
pub(super) fn wakes(spec: &At<'_, '_>, errors: &mut Errors<'_>) {
    let metrics = spec.get("metrics");
    let wakes = metrics
        .items()
        .any(|metric| matches!(metric.get("type").str(), "Object" | "External"));
    if !wakes {
        errors.forbidden(
            &metrics,
            "must specify at least one Object or External metric to support scaling to zero replicas",
        );
    }
}

/// Checks the description of a metric of one type.
fn source(kind: &str, source: &At<'_, '_>, errors: &mut Errors<'_>) {
    let target = source.get("target");
    let (value, average) = (target.get("value"), target.get("averageValue"));
    let utilization = target.get("averageUtilization");
    match kind {
        "object" | "external" | "pods" => {
            if kind == "object" {
                reference(&source.get("describedObject"), errors);
            }
            identifier(&source.get("metric"), errors);
            check_target(&target, errors);
            match kind {
                "object" if !value.is_given() && !average.is_given() => {
                    errors.required(&average, "must set either a target value or averageValue");
                }
                "external" if !value.is_given() && !average.is_given() => {
                    errors.required(
                        &average,
                        "must set either a target value for metric or a per-pod target",
                    );
                }
                "external" if value.is_given() && average.is_given() => {
                    errors.forbidden(
                        &value,
                        "may not set both a target value for metric and a per-pod target",
                    );
                }
                "pods" if !average.is_given() => {
                    errors.required(&average, "must specify a positive target averageValue");
                }
                _ => {}
            }
        }
        _ => {
            let name = source.get("name");
            if name.is_blank() {
                errors.required(&name, "must specify a resource name");
            }
            if kind == "containerResource" {
                if !name.is_empty() {
                    for what in resource_names::of_container(name.str()) {
                        errors.invalid(&name, what);
                    }
                }
                let container = source.get("container");
                if container.is_blank() {
                    errors.required(&container, "must specify a container");
                } else if container.is_given() {
                    for what in names::dns1123_label(container.str()) {
                        errors.invalid(&container, what);
                    }
                }
            }
            check_target(&target, errors);
            match (utilization.is_given(), average.is_given()) {
                (false, false) => {
                    errors.required(
                        &utilization,
                        "must set either a target raw value or a target utilization",
                    );
                }
                (true, true) => {
                    errors.forbidden(
                        &average,
                        "may not set both a target raw value and a target utilization",
                    );
                }
                _ => {}
            }
        }
    }
}

/// `validateMetricIdentifier`.
fn identifier(metric: &At<'_, '_>, errors: &mut Errors<'_>) {
    let name = metric.get("name");
    if name.is_blank() {
        errors.required(&name, "must specify a metric name");
    } else if name.is_given() {
        for what in names::path_segment_name(name.str(), false) {
            errors.invalid(&name, what);
        }
    }
}

/// `validateMetricTarget`.
fn check_target(target: &At<'_, '_>, errors: &mut Errors<'_>) {
    let kind = target.get("type");
    if kind.is_blank() {
        errors.required(&kind, "must specify a metric target type");
    }
    if kind.is_given() && !matches!(kind.str(), "Utilization" | "Value" | "AverageValue") {
        errors.invalid(&kind, "must be either Utilization, Value, or AverageValue");
    }
    for key in ["value", "averageValue"] {
        let amount = target.get(key);
        if Quantity::of(&amount).is_some_and(|amount| amount <= Quantity::ZERO) {
            errors.invalid(&amount, "must be positive");
        }
    }
    let utilization = target.get("averageUtilization");
    if utilization.int().is_some_and(|share| share < 1) {
        errors.invalid(&utilization, "must be greater than 0");
    }
}
