//! Questions about rights, which are asked by creating them: pkg/apis/authorization/validation.

use crate::admission::at::At;
use crate::admission::errors::Errors;
use crate::admission::names;

/// `ValidateSubjectAccessReview`.
pub(super) fn subject(root: &At<'_, '_>, errors: &mut Errors<'_>) {
    subject_spec(&root.get("spec"), errors);
    no_metadata(root, &[], "must be empty", errors);
}

/// `ValidateSelfSubjectAccessReview`.
pub(super) fn own(root: &At<'_, '_>, errors: &mut Errors<'_>) {
    attributes(&root.get("spec"), errors);
    no_metadata(root, &[], "must be empty", errors);
}

/// `ValidateLocalSubjectAccessReview`.
pub(super) fn local(root: &At<'_, '_>, errors: &mut Errors<'_>) {
    let spec = root.get("spec");
    subject_spec(&spec, errors);
    no_metadata(root, &["namespace"], "must be empty except for namespace", errors);
    let metadata = root.get("metadata");
    let namespace = metadata.get("namespace");
    let resource = spec.get("resourceAttributes");
    let asked = resource.get("namespace");
    if resource.is_given() && !namespace.is_empty() && asked.str() != namespace.str() {
        errors.invalid(&asked, "must match metadata.namespace");
    }
    let other = spec.get("nonResourceAttributes");
    if other.is_given() {
        errors.invalid(&other, "disallowed on this kind of request");
    }
}

/// `REST.Create` of pkg/registry/authentication/tokenreview.
pub(super) fn token(root: &At<'_, '_>, errors: &mut Errors<'_>) {
    let spec = root.get("spec");
    let token = spec.get("token");
    if token.is_empty() {
        errors.required(&token, "token is required for TokenReview in authentication");
    }
}

fn subject_spec(spec: &At<'_, '_>, errors: &mut Errors<'_>) {
    attributes(spec, errors);
    let user = spec.get("user");
    if user.is_empty() && spec.get("groups").is_empty() {
        errors.invalid(&user, "at least one of user or group must be specified");
    }
}

fn attributes(spec: &At<'_, '_>, errors: &mut Errors<'_>) {
    let resource = spec.get("resourceAttributes");
    if resource.is_given() == spec.get("nonResourceAttributes").is_given() {
        errors.invalid(
            spec,
            "exactly one of nonResourceAttributes or resourceAttributes must be specified",
        );
    }
    errors.minors(31.., |errors| {
        for key in ["fieldSelector", "labelSelector"] {
            let selector = resource.get(key);
            if selector.is_given() {
                selector_attributes(&selector, key == "labelSelector", errors);
            }
        }
    });
}

/// `validateFieldSelectorAttributes` and `validateLabelSelectorAttributes`; operators that are not known are fine.
fn selector_attributes(selector: &At<'_, '_>, labels: bool, errors: &mut Errors<'_>) {
    let (raw, requirements) = (selector.get("rawSelector"), selector.get("requirements"));
    if !raw.is_empty() && !requirements.is_empty() {
        errors.invalid(&raw, "may not specified at the same time as requirements");
    }
    if raw.is_empty() && requirements.is_empty() {
        errors.required(&requirements, "requirements or rawSelector is required");
    }
    for requirement in requirements.items() {
        let (key, values) = (requirement.get("key"), requirement.get("values"));
        match requirement.get("operator").str() {
            "In" | "NotIn" if values.is_empty() => {
                errors.required(&values, "must be specified when `operator` is 'In' or 'NotIn'");
            }
            "Exists" | "DoesNotExist" if !values.is_empty() => {
                errors.forbidden(
                    &values,
                    "may not be specified when `operator` is 'Exists' or 'DoesNotExist'",
                );
            }
            _ => {}
        }
        if labels && key.is_given() {
            for what in names::qualified_name(key.str()) {
                errors.invalid(&key, what);
            }
            for value in values.items() {
                for what in names::label_value(value.str()) {
                    errors.invalid(&value, what);
                }
            }
        } else if key.is_blank() {
            errors.required(&key, "must be specified");
        }
    }
}

/// Nothing is stored, so nothing has a name.
fn no_metadata(root: &At<'_, '_>, but: &[&str], detail: &str, errors: &mut Errors<'_>) {
    let metadata = root.get("metadata");
    let given = metadata
        .entries()
        .any(|(key, value)| !value.is_empty() && key != "managedFields" && !but.contains(&key));
    if given {
        errors.invalid(&metadata, detail).help("remove the metadata");
    }
}
