//! PriorityClass: `ValidatePriorityClass` of pkg/apis/scheduling/validation.

use crate::admission::at::At;
use crate::admission::errors::Errors;

/// The highest priority that is not Kubernetes' own.
const HIGHEST: i64 = 1_000_000_000;

/// The classes that every cluster has, with their values.
const SYSTEM: [(&str, i64); 2] = [
    ("system-node-critical", 2 * HIGHEST + 1000),
    ("system-cluster-critical", 2 * HIGHEST),
];

/// Checks a new class.
pub(super) fn check(root: &At<'_, '_>, errors: &mut Errors<'_>) {
    let metadata = root.get("metadata");
    let (name, value) = (metadata.get("name"), root.get("value"));
    let number = value.int().unwrap_or(0);
    if name.str().starts_with("system-") {
        let why = match SYSTEM.iter().find(|(system, _)| *system == name.str()) {
            None => Some(format!("{} is not a known system priority class", name.str())),
            Some((system, wanted)) if *wanted != number => {
                Some(format!("value of {system} PriorityClass must be {wanted}"))
            }
            Some((system, _)) if root.get("globalDefault").is_true() => {
                Some(format!("globalDefault of {system} PriorityClass must be false"))
            }
            Some(_) => None,
        };
        if let Some(why) = why {
            errors.forbidden(
                &name,
                format!("priority class names with 'system-' prefix are reserved for system use only. error: {why}"),
            );
        }
    } else if number > HIGHEST {
        errors.forbidden(
            &value,
            format!("maximum allowed value of a user defined priority is {HIGHEST}"),
        );
    }
    let preemption = root.get("preemptionPolicy");
    if preemption.is_blank() {
        errors.unsupported(&preemption, &["Never", "PreemptLowerPriority"]);
    }
}

/// `ValidatePriorityClassUpdate`.
pub(super) fn check_update(old: &At<'_, '_>, new: &At<'_, '_>, errors: &mut Errors<'_>) {
    const HELP: &str = "make a new class under another name, and let pods use it";
    let value = new.get("value");
    if old.get("value").int().unwrap_or(0) != value.int().unwrap_or(0) {
        errors
            .immutable(&value, "may not be changed in an update.")
            .help(HELP);
    }
    let preemption = new.get("preemptionPolicy");
    let of = |at: &At<'_, '_>| {
        at.get("preemptionPolicy")
            .str_or("PreemptLowerPriority")
            .to_owned()
    };
    if of(old) != of(new) {
        errors.immutable(&preemption, "field is immutable").help(HELP);
    }
}
