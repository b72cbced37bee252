//! When a Job fails, succeeds and replaces its pods: `validatePodFailurePolicy`, `validateSuccessPolicy` and
//! `validatePodReplacementPolicy` of pkg/apis/batch/validation.

use std::collections::BTreeSet;

use super::indexes;
use crate::admission::at::At;
use crate::admission::errors::Errors;
use crate::admission::names;

/// Most rules of each policy, and most patterns of a rule.
const MAX_RULES: usize = 20;
/// Most exit codes of a rule.
const MAX_EXIT_CODES: usize = 255;
/// Longest text of indexes, in bytes.
const MAX_INDEXES: usize = 64 * 1024;

/// Checks the three policies of a Job's spec.
pub(super) fn check(spec: &At<'_, '_>, errors: &mut Errors<'_>) {
    let failure = spec.get("podFailurePolicy");
    if failure.is_given() {
        failure_policy(spec, &failure.get("rules"), errors);
    }
    let success = spec.get("successPolicy");
    if success.is_given() {
        errors.minors(31.., |errors| success_policy(spec, &success, errors));
    }
    let replacement = spec.get("podReplacementPolicy");
    if replacement.is_blank() && !failure.is_given() {
        errors.unsupported(&replacement, &["Failed", "TerminatingOrFailed"]);
    }
    if failure.is_given() && (replacement.is_blank() || replacement.str() == "TerminatingOrFailed") {
        errors
            .unsupported(&replacement, &["Failed"])
            .help("with `podFailurePolicy`, pods are replaced only once they have failed");
    }
}

fn failure_policy(spec: &At<'_, '_>, rules: &At<'_, '_>, errors: &mut Errors<'_>) {
    if rules.len() > MAX_RULES {
        errors.too_many(rules, MAX_RULES);
    }
    let template = spec.get("template");
    let pod = template.get("spec");
    let mut containers = BTreeSet::new();
    for list in ["containers", "initContainers"] {
        for container in pod.get(list).items() {
            containers.insert(container.get("name").str());
        }
    }
    for rule in rules.items() {
        let action = rule.get("action");
        if action.is_blank() {
            errors.required(
                &action,
                "valid values: [\"Count\" \"FailIndex\" \"FailJob\" \"Ignore\"]",
            );
        } else if action.str() == "FailIndex" && !spec.get("backoffLimitPerIndex").is_given() {
            errors.invalid(&action, "requires the backoffLimitPerIndex to be set");
        }
        let (codes, conditions) = (rule.get("onExitCodes"), rule.get("onPodConditions"));
        if codes.is_given() {
            exit_codes(&codes, &containers, errors);
        }
        pod_conditions(&conditions, errors);
        match (codes.is_given(), !conditions.is_empty()) {
            (true, true) => {
                errors.invalid(
                    &rule,
                    "specifying both OnExitCodes and OnPodConditions is not supported",
                );
            }
            (false, false) => {
                errors.invalid(
                    &rule,
                    "specifying one of OnExitCodes and OnPodConditions is required",
                );
            }
            _ => {}
        }
    }
}

/// `validatePodFailurePolicyRuleOnExitCodes`.
fn exit_codes(codes: &At<'_, '_>, containers: &BTreeSet<&str>, errors: &mut Errors<'_>) {
    let operator = codes.get("operator");
    if operator.is_blank() {
        errors.required(&operator, "valid values: [\"In\" \"NotIn\"]");
    }
    let container = codes.get("containerName");
    if container.is_given() && !containers.contains(container.str()) {
        errors.invalid(
            &container,
            "must be one of the container or initContainer names in the pod template",
        );
    }
    let values = codes.get("values");
    if values.is_empty() {
        if values.is_given() {
            errors.invalid(&values, "at least one value is required");
        }
    } else if values.len() > MAX_EXIT_CODES {
        errors.too_many(&values, MAX_EXIT_CODES);
    }
    let mut seen = BTreeSet::new();
    let mut before = i64::MIN;
    let mut ordered = true;
    for value in values.items() {
        // Null is 0, as in every list of numbers.
        let Some(code) = value.int().or_else(|| (!value.is_given()).then_some(0)) else {
            continue;
        };
        if code == 0 && operator.str() == "In" {
            errors.invalid(&value, "must not be 0 for the In operator");
        }
        if !seen.insert(code) {
            errors.duplicate(&value);
        }
        ordered &= before <= code;
        before = code;
    }
    if !ordered {
        errors
            .invalid(&values, "must be ordered")
            .help("sort the exit codes");
    }
}

/// `validatePodFailurePolicyRuleOnPodConditions`; `status` is `True` when left out.
fn pod_conditions(conditions: &At<'_, '_>, errors: &mut Errors<'_>) {
    if conditions.len() > MAX_RULES {
        errors.too_many(conditions, MAX_RULES);
    }
    for condition in conditions.items() {
        let kind = condition.get("type");
        if kind.is_given() {
            for what in names::qualified_name(kind.str()) {
                errors.invalid(&kind, what);
            }
        }
        let status = condition.get("status");
        if !matches!(status.str_or("True"), "True" | "False" | "Unknown") {
            errors.unsupported(&status, &["True", "False", "Unknown"]);
        }
    }
}

/// `validateSuccessPolicy`: only an indexed Job has one.
fn success_policy(spec: &At<'_, '_>, policy: &At<'_, '_>, errors: &mut Errors<'_>) {
    if spec.get("completionMode").str() != "Indexed" {
        errors.invalid(policy, "requires indexed completion mode");
        return;
    }
    let rules = policy.get("rules");
    if rules.is_blank() {
        errors.required(
            &rules,
            "at least one rules must be specified when the successPolicy is specified",
        );
    }
    if rules.len() > MAX_RULES {
        errors.too_many(&rules, MAX_RULES);
    }
    // `SetDefaults_Job`
    let completions = spec.get("completions").int().unwrap_or(1);
    for rule in rules.items() {
        success_rule(&rule, completions, errors);
    }
}

fn success_rule(rule: &At<'_, '_>, completions: i64, errors: &mut Errors<'_>) {
    let (count, succeeded) = (rule.get("succeededCount"), rule.get("succeededIndexes"));
    if !count.is_given() && !succeeded.is_given() {
        errors.required(
            rule,
            "at least one of succeededCount or succeededIndexes must be specified",
        );
    }
    let mut total = 0;
    if succeeded.is_given() {
        if succeeded.str().len() > MAX_INDEXES {
            errors.too_long(&succeeded, MAX_INDEXES);
        }
        match indexes::count(succeeded.str(), completions) {
            Ok(number) => total = number,
            Err(what) => {
                errors.invalid(&succeeded, format!("error parsing succeededIndexes: {what}"));
            }
        }
    }
    errors.not_negative(&count);
    if let Some(number) = count.int() {
        if number > completions {
            errors.invalid(
                &count,
                format!("must be less than or equal to {completions} (the number of specified completions)"),
            );
        }
        if succeeded.is_given() && number > total {
            errors.invalid(
                &count,
                format!("must be less than or equal to {total} (the number of indexes in the specified succeededIndexes field)"),
            );
        }
    }
}
