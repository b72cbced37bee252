//! ValidatingWebhookConfiguration and MutatingWebhookConfiguration: pkg/apis/admissionregistration/validation.

use std::collections::BTreeSet;

use super::admission_rules;
use crate::admission::at::At;
use crate::admission::errors::Errors;
use crate::admission::{label_selector, names, webhook_client};

/// `validateValidatingWebhookConfiguration` and `validateMutatingWebhookConfiguration`, which ask the same.
pub(super) fn check(root: &At<'_, '_>, errors: &mut Errors<'_>) {
    let mut seen = BTreeSet::new();
    for hook in root.get("webhooks").items() {
        webhook(&hook, errors);
        let name = hook.get("name");
        if !name.is_empty() && !seen.insert(name.str()) {
            errors.duplicate(&name);
        }
    }
}

fn webhook(hook: &At<'_, '_>, errors: &mut Errors<'_>) {
    qualified(&hook.get("name"), errors);
    for rule in hook.get("rules").items() {
        admission_rules::rule(&rule, errors);
    }
    one_of(&hook.get("failurePolicy"), &["Ignore", "Fail"], errors);
    one_of(&hook.get("matchPolicy"), &["Exact", "Equivalent"], errors);
    one_of(&hook.get("sideEffects"), &["None", "NoneOnDryRun"], errors);
    let timeout = hook.get("timeoutSeconds");
    if timeout.int().is_some_and(|seconds| !(1..=30).contains(&seconds)) {
        errors.invalid(&timeout, "the timeout value must be between 1 and 30 seconds");
    }
    label_selector::check(&hook.get("namespaceSelector"), errors);
    label_selector::check(&hook.get("objectSelector"), errors);
    one_of(&hook.get("reinvocationPolicy"), &["Never", "IfNeeded"], errors);
    let client = hook.get("clientConfig");
    if client.is_given() {
        webhook_client::check(&client, errors);
    }
    // Read since 1.27, by default since 1.28.
    errors.minors(28.., |errors| {
        admission_rules::conditions(&hook.get("matchConditions"), errors);
    });
    review_versions(&hook.get("admissionReviewVersions"), errors);
}

fn one_of(at: &At<'_, '_>, words: &[&str], errors: &mut Errors<'_>) {
    if at.is_given() && !words.contains(&at.str()) {
        errors.unsupported(at, words);
    }
}

/// `IsFullyQualifiedName`.
fn qualified(name: &At<'_, '_>, errors: &mut Errors<'_>) {
    if name.is_blank() {
        errors.required(name, "");
    } else if name.is_given() {
        let wrong = names::dns1123_subdomain(name.str());
        if !wrong.is_empty() {
            errors.invalid(name, wrong.join(","));
        } else if name.str().split('.').count() < 3 {
            errors
                .invalid(
                    name,
                    "should be a domain with at least three segments separated by dots",
                )
                .help("write it as `check.shop.example.com`");
        }
    }
}

/// `validateAdmissionReviewVersions`: the server must know one of them.
fn review_versions(versions: &At<'_, '_>, errors: &mut Errors<'_>) {
    if versions.is_empty() {
        if versions.is_given() {
            errors.required(versions, "must specify one of v1, v1beta1");
        }
        return;
    }
    webhook_client::review_versions(versions, errors);
}
