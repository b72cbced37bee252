//! Events of both groups: `ValidateEventCreate` and `ValidateEventUpdate` of pkg/apis/core/validation/events.go.

use super::{KindRules, anything};
use crate::admission::at::At;
use crate::admission::errors::Errors;
use crate::admission::{equal, names};

pub(super) static KINDS: &[KindRules] = &[
    KindRules {
        group: "",
        kind: "Event",
        name: names::path_segment_name,
        create: |root, errors| check(root, &CORE, errors),
        update: anything,
    },
    KindRules {
        group: "events.k8s.io",
        kind: "Event",
        name: names::subdomain_name,
        create: |root, errors| {
            check(root, &EVENTS, errors);
            strictly(root, errors);
        },
        update: unchanged,
    },
];

/// What the two groups call the same fields.
struct Fields {
    object: &'static str,
    message: &'static str,
    controller: &'static str,
}

const CORE: Fields = Fields {
    object: "involvedObject",
    message: "message",
    controller: "reportingComponent",
};
const EVENTS: Fields = Fields {
    object: "regarding",
    message: "note",
    controller: "reportingController",
};

/// `legacyValidateEvent`: what holds in both groups.
fn check(root: &At<'_, '_>, fields: &Fields, errors: &mut Errors<'_>) {
    let metadata = root.get("metadata");
    let namespace = metadata.get("namespace").str_or("default");
    let object = root.get(fields.object);
    let of_object = object.get("namespace");
    let mismatch = "does not match event.namespace";
    if !root.get("eventTime").is_given() {
        let fits = match of_object.str() {
            "" => namespace == "default",
            given => given == namespace,
        };
        if !fits {
            errors.invalid(&of_object, mismatch);
        }
        return;
    }
    if of_object.is_empty() && !matches!(namespace, "default" | "kube-system") {
        errors.invalid(&of_object, mismatch);
    }
    let controller = root.get(fields.controller);
    if controller.is_empty() {
        errors.required(&controller, "");
    }
    for what in names::qualified_name(controller.str()) {
        errors.invalid(&controller, what);
    }
    for key in ["reportingInstance", "action", "reason"] {
        let field = root.get(key);
        if field.is_empty() {
            errors.required(&field, "");
        }
        if field.str().len() > 128 {
            errors.invalid(&field, "can have at most 128 characters");
        }
    }
    let message = root.get(fields.message);
    if message.str().len() > 1024 {
        errors.invalid(&message, "can have at most 1024 characters");
    }
}

/// What holds in `events.k8s.io` alone.
fn strictly(root: &At<'_, '_>, errors: &mut Errors<'_>) {
    series(root, errors);
    let time = root.get("eventTime");
    if !time.is_given() {
        errors.required(&time, "");
    }
    let kind = root.get("type");
    if !matches!(kind.str(), "Normal" | "Warning") {
        errors.invalid(&kind, format!("has invalid value: {}", kind.str()));
    }
    for key in ["deprecatedFirstTimestamp", "deprecatedLastTimestamp"] {
        let field = root.get(key);
        if field.is_given() {
            errors.invalid(&field, "needs to be unset");
        }
    }
    let count = root.get("deprecatedCount");
    if count.int().is_some_and(|count| count != 0) {
        errors.invalid(&count, "needs to be unset");
    }
    let source = root.get("deprecatedSource");
    if !source.get("component").is_empty() || !source.get("host").is_empty() {
        errors.invalid(&source, "needs to be unset");
    }
}

fn series(root: &At<'_, '_>, errors: &mut Errors<'_>) {
    let series = root.get("series");
    if !series.is_given() {
        return;
    }
    let count = series.get("count");
    if count.int().unwrap_or(0) < 2 {
        errors.invalid(&count, "should be at least 2");
    }
    let last = series.get("lastObservedTime");
    if !last.is_given() {
        errors.required(&last, "");
    }
}

/// All but the series is fixed.
fn unchanged(old: &At<'_, '_>, new: &At<'_, '_>, errors: &mut Errors<'_>) {
    for key in [
        "regarding",
        "reason",
        "note",
        "deprecatedSource",
        "deprecatedFirstTimestamp",
        "deprecatedLastTimestamp",
        "deprecatedCount",
        "type",
        "eventTime",
        "action",
        "related",
        "reportingController",
        "reportingInstance",
    ] {
        let field = new.get(key);
        if !equal::same(&old.get(key), &field) {
            errors.immutable(&field, "field is immutable");
        }
    }
}
