//! ResourceQuotas: `ValidateResourceQuotaSpec` of pkg/apis/core/validation/validation.go.

use std::collections::BTreeSet;

use crate::admission::at::At;
use crate::admission::errors::Errors;
use crate::admission::resource_names;

const SCOPES: &[&str] = &[
    "Terminating",
    "NotTerminating",
    "BestEffort",
    "NotBestEffort",
    "PriorityClass",
    "CrossNamespacePodAffinity",
];

/// Since 1.33.
const CLASS_SCOPE: &str = "VolumeAttributesClass";

const PAIRS: &[(&str, &str)] = &[("BestEffort", "NotBestEffort"), ("Terminating", "NotTerminating")];

pub(super) fn create(root: &At<'_, '_>, errors: &mut Errors<'_>) {
    let spec = root.get("spec");
    let hard = spec.get("hard");
    for (name, amount) in hard.entries() {
        for what in resource_names::of_quota(name) {
            errors.invalid_key(&amount, &amount, name, what);
        }
        resource_names::amount(name, &amount, errors);
    }
    scopes(&spec, &hard, errors);
    scope_selector(&spec, &hard, errors);
}

/// Whether a quota with the scope may bound the resource (`IsResourceQuotaScopeValidForResource`).
fn fits(scope: &str, resource: &str) -> bool {
    let is_compute = matches!(
        resource,
        "cpu" | "memory" | "limits.cpu" | "limits.memory" | "requests.cpu" | "requests.memory"
    );
    match scope {
        "BestEffort" => resource == "pods",
        CLASS_SCOPE => matches!(resource, "persistentvolumeclaims" | "requests.storage"),
        scope if SCOPES.contains(&scope) => resource == "pods" || is_compute,
        _ => true,
    }
}

/// One scope against what the quota bounds; `at` is where it is named.
fn scope_of(scope: &str, at: &At<'_, '_>, hard: &At<'_, '_>, errors: &mut Errors<'_>) {
    if scope == CLASS_SCOPE {
        errors.minors(..33, |errors| {
            errors.invalid(at, "unsupported scope");
        });
    } else if !SCOPES.contains(&scope) {
        let said = errors.invalid(at, "unsupported scope");
        if let Some(near) = crate::suggest::nearest(scope, SCOPES.iter().copied()) {
            said.help(format!("did you mean `{near}`?"));
        }
    }
    for (name, _) in hard.entries() {
        if resource_names::is_standard_of_quota(name) && !fits(scope, name) {
            errors
                .invalid(at, "unsupported scope applied to resource")
                .help(format!("a quota for `{scope}` cannot bound `{name}`"));
        }
    }
}

fn conflicts(given: &BTreeSet<&str>, at: &At<'_, '_>, errors: &mut Errors<'_>) {
    for (one, other) in PAIRS {
        if given.contains(one) && given.contains(other) {
            errors
                .invalid(at, "conflicting scopes")
                .help(format!("no Pod is in `{one}` and in `{other}`"));
        }
    }
}

/// `validateResourceQuotaScopes`.
fn scopes(spec: &At<'_, '_>, hard: &At<'_, '_>, errors: &mut Errors<'_>) {
    let scopes = spec.get("scopes");
    let mut given = BTreeSet::new();
    for scope in scopes.items() {
        scope_of(scope.str(), &scope, hard, errors);
        given.insert(scope.str());
    }
    conflicts(&given, &scopes, errors);
}

/// `validateScopedResourceSelectorRequirement`.
fn scope_selector(spec: &At<'_, '_>, hard: &At<'_, '_>, errors: &mut Errors<'_>) {
    let selector = spec.get("scopeSelector");
    let requirements = selector.get("matchExpressions");
    let mut given = BTreeSet::new();
    for requirement in requirements.items() {
        let scope = requirement.get("scopeName");
        scope_of(scope.str(), &scope, hard, errors);
        given.insert(scope.str());
        let (operator, values) = (requirement.get("operator"), requirement.get("values"));
        let is_plain = !matches!(scope.str(), "PriorityClass" | CLASS_SCOPE);
        if is_plain && SCOPES.contains(&scope.str()) && operator.str() != "Exists" {
            errors.invalid(
                &operator,
                "must be 'Exists' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity",
            );
        }
        match operator.str() {
            "In" | "NotIn" if values.is_empty() => {
                errors.required(
                    &values,
                    "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector",
                );
            }
            "Exists" | "DoesNotExist" if !values.is_empty() => {
                errors.invalid(
                    &values,
                    "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector",
                );
            }
            "In" | "NotIn" | "Exists" | "DoesNotExist" => {}
            _ => {
                errors.invalid(&operator, "not a valid selector operator");
            }
        }
    }
    conflicts(&given, &requirements, errors);
}

/// `spec.scopes` is set once.
pub(super) fn update(old: &At<'_, '_>, new: &At<'_, '_>, errors: &mut Errors<'_>) {
    let (old, new) = (old.get("spec"), new.get("spec"));
    let scopes = |spec: &At<'_, '_>| -> BTreeSet<String> {
        spec.get("scopes")
            .items()
            .map(|scope| scope.str().to_owned())
            .collect()
    };
    if scopes(&old) != scopes(&new) {
        errors
            .immutable(&new.get("scopes"), "field is immutable")
            .help("give the quota with the other scopes another name");
    }
}
