//! ValidatingAdmissionPolicy and MutatingAdmissionPolicy: pkg/apis/admissionregistration/validation. Whether a CEL
//! expression compiles is not checked.

use std::collections::BTreeSet;

use super::admission_rules::{conditions, expression, matched};
use crate::admission::at::At;
use crate::admission::cel;
use crate::admission::errors::Errors;
use crate::admission::names;

const MAX_AUDIT_ANNOTATIONS: usize = 20;
/// Longest expression of an audit annotation, in bytes.
const MAX_AUDIT_EXPRESSION: usize = 5 * 1024;

/// `validateValidatingAdmissionPolicySpec`.
pub(super) fn validating(root: &At<'_, '_>, errors: &mut Errors<'_>) {
    let spec = root.get("spec");
    shared(&spec, false, errors);
    let (validations, annotations) = (spec.get("validations"), spec.get("auditAnnotations"));
    if validations.is_empty() && annotations.is_empty() {
        errors.required(
            &validations,
            "validations or auditAnnotations must contain at least one item",
        );
        return;
    }
    for validation in validations.items() {
        expression(
            &validation.get("expression"),
            "expression is not specified",
            errors,
        );
        let wanted = validation.get("messageExpression");
        if !wanted.is_empty() && wanted.str().trim().is_empty() {
            errors.invalid(&wanted, "must be non-empty if specified");
        }
        let message = validation.get("message");
        let text = message.str().trim();
        if !message.is_empty() && text.is_empty() {
            errors.invalid(&message, "must be non-empty if specified");
        } else if text.contains(['\n', '\r']) {
            errors
                .invalid(&message, "must not contain line breaks")
                .help("fold the text: `>-` instead of `|`");
        }
        let reason = validation.get("reason");
        let reasons = ["Forbidden", "Invalid", "RequestEntityTooLarge", "Unauthorized"];
        if reason.is_given() && !reasons[..3].contains(&reason.str()) {
            errors.unsupported(&reason, &reasons[..3]);
        }
    }
    audit(&root.get("metadata"), &annotations, errors);
}

/// `validateAuditAnnotation`: the key becomes part of a qualified name.
fn audit(metadata: &At<'_, '_>, annotations: &At<'_, '_>, errors: &mut Errors<'_>) {
    if annotations.len() > MAX_AUDIT_ANNOTATIONS {
        errors.invalid(
            annotations,
            format!("must not have more than {MAX_AUDIT_ANNOTATIONS} auditAnnotations"),
        );
    }
    let mut seen = BTreeSet::new();
    for annotation in annotations.items() {
        let key = annotation.get("key");
        let name = metadata.get("name");
        if key.is_given() && !name.is_empty() {
            for what in names::qualified_name(&format!("{}/{}", name.str(), key.str())) {
                errors.invalid(&key, what);
            }
        }
        let value = annotation.get("valueExpression");
        expression(&value, "valueExpression is not specified", errors);
        if value.str().trim().len() > MAX_AUDIT_EXPRESSION {
            errors.required(
                &value,
                format!("must not exceed {MAX_AUDIT_EXPRESSION} bytes in length"),
            );
        }
        if !seen.insert(key.str()) {
            errors.duplicate(&key);
        }
    }
}

/// `validateMutatingAdmissionPolicySpec`.
pub(super) fn mutating(root: &At<'_, '_>, errors: &mut Errors<'_>) {
    let spec = root.get("spec");
    shared(&spec, true, errors);
    let mutations = spec.get("mutations");
    if mutations.is_empty() {
        errors.required(&mutations, "mutations must contain at least one item");
    }
    for mutation in mutations.items() {
        let kind = mutation.get("patchType");
        let (own, other) = match kind.str() {
            "JSONPatch" => ("jsonPatch", "applyConfiguration"),
            "ApplyConfiguration" => ("applyConfiguration", "jsonPatch"),
            _ => {
                if kind.is_blank() {
                    errors.required(&kind, "");
                } else if kind.is_given() {
                    errors.unsupported(&kind, &["JSONPatch", "ApplyConfiguration"]);
                }
                continue;
            }
        };
        let (own, other) = (mutation.get(own), mutation.get(other));
        if own.is_given() {
            let expression = own.get("expression");
            if expression.str().trim().is_empty() {
                errors.required(&expression, "");
            }
        } else {
            errors.required(
                &own,
                format!("must be specified when patchType is {}", kind.str()),
            );
        }
        if other.is_given() {
            errors.invalid(
                &other,
                format!("must not be specified when patchType is {}", kind.str()),
            );
        }
    }
    let again = spec.get("reinvocationPolicy");
    if again.is_empty() {
        errors
            .required(&again, "")
            .help("add `reinvocationPolicy: Never`, or `IfNeeded`");
    } else if !matches!(again.str(), "Never" | "IfNeeded") {
        errors.unsupported(&again, &["Never", "IfNeeded"]);
    }
}

/// What both kinds ask.
fn shared(spec: &At<'_, '_>, mutating: bool, errors: &mut Errors<'_>) {
    let failure = spec.get("failurePolicy");
    if failure.is_given() && !matches!(failure.str(), "Ignore" | "Fail") {
        errors.unsupported(&failure, &["Ignore", "Fail"]);
    }
    let kind = spec.get("paramKind");
    if kind.is_given() {
        param_kind(&kind, errors);
    }
    let constraints = spec.get("matchConstraints");
    if constraints.is_given() {
        matched(&constraints, mutating, errors);
        let rules = constraints.get("resourceRules");
        if rules.is_empty() {
            errors.required(&rules, "");
        }
    } else {
        errors.required(&constraints, "");
    }
    conditions(&spec.get("matchConditions"), errors);
    for variable in spec.get("variables").items() {
        let name = variable.get("name");
        if name.is_given() && name.str().trim().is_empty() {
            errors.required(&name, "name is not specified");
        } else if name.is_given() && !is_identifier(name.str()) {
            errors.invalid(&name, "must be a valid CEL identifier");
        }
        expression(&variable.get("expression"), "expression is not specified", errors);
    }
}

fn is_identifier(name: &str) -> bool {
    let fits = |byte: u8| byte == b'_' || byte.is_ascii_alphanumeric();
    name.bytes().all(fits)
        && !name.starts_with(|first: char| first.is_ascii_digit())
        && !cel::RESERVED.contains(&name)
}

/// `validateParamKind`.
fn param_kind(param: &At<'_, '_>, errors: &mut Errors<'_>) {
    let version = param.get("apiVersion");
    let text = version.str();
    if text.is_empty() {
        errors.required(&version, "");
    } else if text.matches('/').count() > 1 {
        errors.invalid(&version, format!("unexpected GroupVersion string: {text}"));
    } else {
        let (group, number) = text.split_once('/').unwrap_or(("", text));
        if !group.is_empty() {
            let wrong = names::dns1123_subdomain(group);
            if !wrong.is_empty() {
                errors.invalid(&version, wrong.join(","));
            }
        }
        if number.is_empty() {
            errors.invalid(&version, "version must be specified");
        } else {
            let wrong = names::dns1035_label(number);
            if !wrong.is_empty() {
                errors.invalid(&version, wrong.join(","));
            }
        }
    }
    let kind = param.get("kind");
    if kind.is_empty() {
        errors.required(&kind, "");
    } else {
        let wrong = names::dns1035_label(&kind.str().to_lowercase());
        if !wrong.is_empty() {
            errors.invalid(
                &kind,
                format!(
                    "may have mixed case, but should otherwise match: {}",
                    wrong.join(",")
                ),
            );
        }
    }
}
