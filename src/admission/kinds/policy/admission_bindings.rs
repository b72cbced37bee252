//! ValidatingAdmissionPolicyBinding and MutatingAdmissionPolicyBinding: pkg/apis/admissionregistration/validation.

use std::collections::BTreeSet;

use super::admission_rules::matched;
use crate::admission::at::At;
use crate::admission::errors::Errors;
use crate::admission::{label_selector, names};

const ACTIONS: [&str; 3] = ["Deny", "Warn", "Audit"];

/// `validateValidatingAdmissionPolicyBindingSpec`.
pub(super) fn validating(root: &At<'_, '_>, errors: &mut Errors<'_>) {
    let spec = root.get("spec");
    shared(&spec, false, errors);
    let actions = spec.get("validationActions");
    let mut seen = BTreeSet::new();
    for action in actions.items() {
        if !ACTIONS.contains(&action.str()) {
            errors.unsupported(&action, &ACTIONS);
        }
        if !seen.insert(action.str()) {
            errors.duplicate(&action);
        }
    }
    if seen.contains("Deny") && seen.contains("Warn") {
        errors.invalid(&actions, "must not contain both Deny and Warn (repeating the same validation failure information in the API response and headers serves no purpose)");
    }
    if seen.is_empty() {
        errors
            .required(&actions, "at least one validation action is required")
            .help("add `validationActions: [Deny]`, or Warn or Audit to try the policy first");
    }
}

/// `validateMutatingAdmissionPolicyBindingSpec`.
pub(super) fn mutating(root: &At<'_, '_>, errors: &mut Errors<'_>) {
    shared(&root.get("spec"), true, errors);
}

fn shared(spec: &At<'_, '_>, mutating: bool, errors: &mut Errors<'_>) {
    let policy = spec.get("policyName");
    if policy.is_empty() {
        errors.required(&policy, "");
    } else {
        for what in names::dns1123_subdomain(policy.str()) {
            errors.invalid(&policy, what);
        }
    }
    let param = spec.get("paramRef");
    if param.is_given() {
        param_ref(&param, errors);
    }
    let resources = spec.get("matchResources");
    if resources.is_given() {
        matched(&resources, mutating, errors);
    }
}

/// `validateParamRef`.
fn param_ref(param: &At<'_, '_>, errors: &mut Errors<'_>) {
    let (name, selector) = (param.get("name"), param.get("selector"));
    if !name.is_empty() {
        for what in names::path_segment_name(name.str(), false) {
            errors.invalid(&name, what);
        }
        if selector.is_given() {
            errors.forbidden(&name, "name and selector are mutually exclusive");
        }
    }
    label_selector::check(&selector, errors);
    if name.is_empty() && !selector.is_given() {
        errors.required(param, "one of name or selector must be specified");
    }
    let missing = param.get("parameterNotFoundAction");
    if missing.is_empty() {
        errors
            .required(&missing, "")
            .help("add `parameterNotFoundAction: Deny`, or `Allow`");
    } else if !matches!(missing.str(), "Deny" | "Allow") {
        errors.unsupported(&missing, &["Deny", "Allow"]);
    }
}
