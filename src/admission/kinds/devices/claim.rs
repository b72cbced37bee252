//! What a claim asks for: `validateDeviceClaim`.

use std::collections::{BTreeMap, BTreeSet};

use super::qualified;
use crate::admission::at::At;
use crate::admission::errors::Errors;
use crate::admission::names;
use crate::admission::pod::driver_name;

/// The most requests, constraints, configurations and selectors.
pub(super) const MAX_ITEMS: usize = 32;

const MAX_ALTERNATIVES: usize = 8;

/// In bytes, for expressions and for parameters of drivers.
const MAX_TEXT: usize = 10 * 1024;

/// Requests by name, each with its alternatives.
type Requests<'m> = BTreeMap<&'m str, BTreeSet<&'m str>>;

/// Checks `spec.devices`.
pub(super) fn devices(devices: &At<'_, '_>, errors: &mut Errors<'_>) {
    let requests = devices.get("requests");
    let mut known: Requests<'_> = BTreeMap::new();
    for request in requests.items() {
        let alternatives = request.get("firstAvailable");
        known.insert(
            request.get("name").str(),
            alternatives.items().map(|item| item.get("name").str()).collect(),
        );
    }
    if requests.len() > MAX_ITEMS {
        errors.too_many(&requests, MAX_ITEMS);
    } else {
        for item in requests.items() {
            request(&item, errors);
        }
        unique_names(&requests, errors);
    }
    let constraints = devices.get("constraints");
    if constraints.len() > MAX_ITEMS {
        errors.too_many(&constraints, MAX_ITEMS);
    } else {
        for item in constraints.items() {
            constraint(&item, &known, errors);
        }
    }
    let configs = devices.get("config");
    if configs.len() > MAX_ITEMS {
        errors.too_many(&configs, MAX_ITEMS);
    } else {
        for config in configs.items() {
            references(&config.get("requests"), &known, errors);
            opaque(&config, errors);
        }
    }
}

fn unique_names(items: &At<'_, '_>, errors: &mut Errors<'_>) {
    let mut seen = BTreeSet::new();
    for item in items.items() {
        if !seen.insert(item.get("name").str()) {
            errors.duplicate(&item);
        }
    }
}

fn name(at: &At<'_, '_>, errors: &mut Errors<'_>) {
    for what in names::dns1123_label(at.str()) {
        errors.invalid(at, what);
    }
}

/// `validateDeviceRequest`: one kind of device, or the first of several that can be had.
fn request(request: &At<'_, '_>, errors: &mut Errors<'_>) {
    name(&request.get("name"), errors);
    let (exactly, alternatives) = (request.get("exactly"), request.get("firstAvailable"));
    match (exactly.is_given(), !alternatives.is_empty()) {
        (false, false) => {
            errors.required(
                request,
                "exactly one of `exactly` or `firstAvailable` is required",
            );
        }
        (true, true) => {
            errors.invalid(
                request,
                "exactly one of `exactly` or `firstAvailable` is required, but multiple fields are set",
            );
        }
        (true, false) => exact(&exactly, errors),
        (false, true) => {
            if alternatives.len() > MAX_ALTERNATIVES {
                errors.too_many(&alternatives, MAX_ALTERNATIVES);
                return;
            }
            for alternative in alternatives.items() {
                name(&alternative.get("name"), errors);
                exact(&alternative, errors);
            }
            unique_names(&alternatives, errors);
        }
    }
}

/// `validateExactDeviceRequest`, with the defaults of `SetDefaults_ExactDeviceRequest`.
fn exact(request: &At<'_, '_>, errors: &mut Errors<'_>) {
    let class = request.get("deviceClassName");
    if class.is_empty() {
        errors.required(&class, "");
    } else {
        for what in names::dns1123_subdomain(class.str()) {
            errors.invalid(&class, what);
        }
    }
    selectors(&request.get("selectors"), errors);
    let (mode, count) = (request.get("allocationMode"), request.get("count"));
    let number = count.int().unwrap_or(0);
    match mode.str_or("ExactCount") {
        "All" => {
            if number != 0 {
                errors.invalid(&count, "must not be specified when allocationMode is 'All'");
            }
        }
        "ExactCount" => {
            if number < 0 {
                errors.invalid(&count, "must be greater than zero");
            }
        }
        _ => {
            errors.unsupported(&mode, &["All", "ExactCount"]);
        }
    }
    // Before 1.36 the field was dropped.
    errors.minors(36.., |errors| {
        for item in request.get("tolerations").items() {
            toleration(&item, errors);
        }
    });
}

/// A list of selectors; not whether their expressions compile.
pub(super) fn selectors(selectors: &At<'_, '_>, errors: &mut Errors<'_>) {
    if selectors.len() > MAX_ITEMS {
        errors.too_many(selectors, MAX_ITEMS);
        return;
    }
    for selector in selectors.items() {
        let cel = selector.get("cel");
        if !cel.is_given() {
            errors.required(&cel, "");
            continue;
        }
        let expression = cel.get("expression");
        if expression.str().len() > MAX_TEXT {
            errors.too_long(&expression, MAX_TEXT);
        }
    }
}

/// `validateDeviceToleration`.
fn toleration(toleration: &At<'_, '_>, errors: &mut Errors<'_>) {
    let (key, value) = (toleration.get("key"), toleration.get("value"));
    if !key.is_empty() {
        for what in names::qualified_name(key.str()) {
            errors.invalid(&key, what);
        }
    }
    let operator = toleration.get("operator");
    match operator.str_or("Equal") {
        "Exists" => {
            if !value.is_empty() {
                errors.invalid(&value, "must be empty for operator `Exists`");
            }
        }
        "Equal" => {
            for what in names::label_value(value.str()) {
                errors.invalid(&value, what);
            }
        }
        _ => {
            errors.unsupported(&operator, &["Equal", "Exists"]);
        }
    }
    effect(&toleration.get("effect"), errors);
}

/// The effect of a taint, where it is given.
pub(super) fn effect(effect: &At<'_, '_>, errors: &mut Errors<'_>) {
    let effects = ["NoExecute", "NoSchedule", "None"];
    if !effect.is_empty() && !effects.contains(&effect.str()) {
        errors.unsupported(effect, &effects);
    }
}

/// `validateDeviceConstraint`.
fn constraint(constraint: &At<'_, '_>, known: &Requests<'_>, errors: &mut Errors<'_>) {
    references(&constraint.get("requests"), known, errors);
    let (same, distinct) = (
        constraint.get("matchAttribute"),
        constraint.get("distinctAttribute"),
    );
    if same.is_given() {
        for what in qualified(same.str(), true) {
            errors.invalid(&same, what);
        }
    } else if !distinct.is_given() {
        errors.required(
            constraint,
            "exactly one of \"matchAttribute\" or \"distinctAttribute\" is required",
        );
    } else {
        errors.minors(36.., |errors| {
            for what in qualified(distinct.str(), true) {
                errors.invalid(&distinct, what);
            }
        });
    }
}

/// `validateRequestNameRef` of each: requests of the claim, or alternatives of one.
fn references(list: &At<'_, '_>, known: &Requests<'_>, errors: &mut Errors<'_>) {
    const WANTED: &str = "must be the name of a request in the claim or the name of a request and a subrequest separated by '/'";
    if list.len() > MAX_ITEMS {
        errors.too_many(list, MAX_ITEMS);
        return;
    }
    let mut seen = BTreeSet::new();
    for item in list.items() {
        let text = item.str();
        if !seen.insert(text) {
            errors.duplicate(&item);
        }
        let parts: Vec<&str> = text.split('/').collect();
        let is_known = match parts.as_slice() {
            [request] => known.contains_key(request),
            [request, alternative] => known
                .get(request)
                .is_some_and(|alternatives| alternatives.contains(alternative)),
            _ => {
                errors.invalid(&item, WANTED);
                continue;
            }
        };
        for what in parts.iter().flat_map(|part| names::dns1123_label(part)) {
            errors.invalid(&item, what);
        }
        if !is_known {
            errors.invalid(&item, WANTED);
        }
    }
}

/// `validateDeviceConfiguration`: parameters for a driver, which only the driver knows.
pub(super) fn opaque(config: &At<'_, '_>, errors: &mut Errors<'_>) {
    let opaque = config.get("opaque");
    if !opaque.is_given() {
        errors.required(&opaque, "");
        return;
    }
    driver_name(&opaque.get("driver"), errors);
    let parameters = opaque.get("parameters");
    let Some(node) = parameters.node() else {
        errors.required(&parameters, "");
        return;
    };
    if !node.is_mapping() {
        errors.invalid(&parameters, "must be a valid JSON object");
    }
}
