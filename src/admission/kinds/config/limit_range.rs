//! LimitRanges: `ValidateLimitRange` of pkg/apis/core/validation/validation.go, after the defaults of
//! `SetDefaults_LimitRangeItem`.

use std::collections::{BTreeMap, BTreeSet};

use crate::admission::at::At;
use crate::admission::errors::Errors;
use crate::admission::quantity::Quantity;
use crate::admission::{names, resource_names};

/// Amounts by resource: the number, and the text to show.
type Amounts<'m> = BTreeMap<&'m str, (Quantity, &'m str)>;

const FIELDS: [&str; 5] = ["max", "min", "default", "defaultRequest", "maxLimitRequestRatio"];

pub(super) fn create(root: &At<'_, '_>, errors: &mut Errors<'_>) {
    let spec = root.get("spec");
    let mut seen = BTreeSet::new();
    for limit in spec.get("limits").items() {
        let kind = limit.get("type");
        type_of(&kind, errors);
        if !seen.insert(kind.str()) {
            errors.duplicate(&kind);
        }
        item(&limit, kind.str(), errors);
    }
}

/// `validateLimitRangeTypeName`.
fn type_of(kind: &At<'_, '_>, errors: &mut Errors<'_>) {
    let name = kind.str();
    let wrong = names::qualified_name(name);
    let is_known = matches!(name, "Pod" | "Container" | "PersistentVolumeClaim");
    if wrong.is_empty() && !name.contains('/') && !is_known {
        errors
            .invalid(kind, "must be a standard limit type or fully qualified")
            .help("use Container, Pod or PersistentVolumeClaim");
    }
    for what in wrong {
        errors.invalid(kind, what);
    }
}

fn item(limit: &At<'_, '_>, kind: &str, errors: &mut Errors<'_>) {
    let is_pod = kind == "Pod";
    let mut amounts: BTreeMap<&str, Amounts<'_>> = BTreeMap::new();
    for field in FIELDS {
        let at = limit.get(field);
        if is_pod && field.starts_with("default") {
            if !at.is_empty() {
                errors
                    .forbidden(&at, "may not be specified when `type` is 'Pod'")
                    .help("defaults are for containers: move it to the item of `type: Container`");
            }
            continue;
        }
        for (name, amount) in at.entries() {
            let wrong = if is_pod || kind == "Container" {
                resource_names::of_container(name)
            } else {
                resource_names::any(name)
            };
            for what in wrong {
                errors.invalid_key(&amount, &amount, name, what);
            }
            // A resource without an amount has none of it.
            let read = match Quantity::of(&amount) {
                Some(number) => (number.to_millis(), amount.str()),
                None if !amount.is_given() => (Quantity::ZERO, "0"),
                None => continue,
            };
            amounts.entry(field).or_default().insert(name, read);
        }
    }
    if kind == "PersistentVolumeClaim" {
        let has_storage = |field| {
            amounts
                .get(field)
                .is_some_and(|known| known.contains_key("storage"))
        };
        if !has_storage("min") && !has_storage("max") {
            errors
                .required(
                    &limit.get("limits"),
                    "either minimum or maximum storage value is required, but neither was provided",
                )
                .help("give `min.storage` or `max.storage`");
        }
    }
    if kind == "Container" {
        fill_in(&mut amounts, "max", "default");
        fill_in(&mut amounts, "default", "defaultRequest");
        fill_in(&mut amounts, "min", "defaultRequest");
    }
    let resources: BTreeSet<&str> = amounts.values().flat_map(|known| known.keys().copied()).collect();
    for resource in resources {
        let of = |field| amounts.get(field).and_then(|known| known.get(resource)).copied();
        compare(limit, resource, of, errors);
    }
}

/// What containers get for `to` where only `from` is given.
fn fill_in<'m>(amounts: &mut BTreeMap<&str, Amounts<'m>>, from: &str, to: &'static str) {
    for (name, amount) in amounts.get(from).cloned().unwrap_or_default() {
        amounts.entry(to).or_default().entry(name).or_insert(amount);
    }
}

/// The amounts of one resource against each other.
fn compare<'m>(
    limit: &At<'_, '_>,
    resource: &str,
    of: impl Fn(&'static str) -> Option<(Quantity, &'m str)>,
    errors: &mut Errors<'_>,
) {
    // Each: the smaller one, the larger one, their names in the sentence, and the field that is blamed.
    let ordered = [
        ("min", "min value", "max", "max value", "min"),
        (
            "min",
            "min value",
            "defaultRequest",
            "default request value",
            "defaultRequest",
        ),
        (
            "defaultRequest",
            "default request value",
            "max",
            "max value",
            "defaultRequest",
        ),
        (
            "defaultRequest",
            "default request value",
            "default",
            "default limit value",
            "defaultRequest",
        ),
        ("min", "min value", "default", "default value", "default"),
        ("default", "default value", "max", "max value", "default"),
    ];
    for (small, small_name, large, large_name, blamed) in ordered {
        if let (Some((less, less_text)), Some((more, more_text))) = (of(small), of(large))
            && less > more
        {
            errors.invalid(
                &limit.get(blamed).get(resource),
                format!("{small_name} {less_text} is greater than {large_name} {more_text}"),
            );
        }
    }
    if let Some((ratio, text)) = of("maxLimitRequestRatio") {
        let field = limit.get("maxLimitRequestRatio");
        let at = field.get(resource);
        if ratio.millis() < 1000 {
            errors.invalid(&at, format!("ratio {text} is less than 1"));
        }
        if let (Some((min, _)), Some((max, _))) = (of("min"), of("max")) {
            #[expect(
                clippy::cast_precision_loss,
                reason = "the server divides as floating-point numbers, too"
            )]
            let most = max.millis() as f64 / min.millis() as f64;
            #[expect(
                clippy::cast_precision_loss,
                reason = "the server divides as floating-point numbers, too"
            )]
            let wanted = ratio.millis() as f64 / 1000.0;
            if wanted > most {
                errors.invalid(&at, format!("ratio {text} is greater than max/min = {most:.6}"));
            }
        }
    }
    if let (Some((default, default_text)), Some((request, request_text))) =
        (of("default"), of("defaultRequest"))
        && default != request
        && !resource_names::is_overcommit_allowed(resource)
    {
        errors.invalid(
            &limit.get("defaultRequest").get(resource),
            format!(
                "default value {default_text} must equal to defaultRequest value {request_text} in {resource}"
            ),
        );
    }
}
