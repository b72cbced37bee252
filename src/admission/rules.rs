//! The rules of this stage: one for each type of error that the API server's validation knows
//! (`field.ErrorType` of k8s.io/apimachinery), because that is the word in the server's own answer.

use crate::finding::{Group, RuleMeta, Safety, Severity, Stage};

macro_rules! rule {
    ($(#[$doc:meta])* $constant:ident, $name:literal, $summary:literal) => {
        rule!($(#[$doc])* $constant, $name, $summary, Severity::Error, None);
    };
    ($(#[$doc:meta])* $constant:ident, $name:literal, $summary:literal, $severity:expr, $fix:expr) => {
        $(#[$doc])*
        pub(crate) static $constant: RuleMeta = RuleMeta {
            name: $name,
            group: Group::Admission,
            stage: Stage::Admission,
            severity: $severity,
            default: true,
            summary: $summary,
            peers: &[],
            fix: $fix,
            page: include_str!(concat!("../../fixtures/rules/", $name, ".md")),
        };
    };
}

rule!(
    /// The server wants the field.
    REQUIRED_VALUE,
    "required-value",
    "a field that the API server wants and that is missing or empty"
);
rule!(
    /// The value breaks one of the server's rules.
    INVALID_VALUE,
    "invalid-value",
    "a value of the right type that the API server refuses"
);
rule!(
    /// Not one of the words the server knows.
    UNSUPPORTED_VALUE,
    "unsupported-value",
    "a word that is not one of those the API server knows for the field",
    Severity::Error,
    Some(Safety::Safe)
);
rule!(
    /// Twice in a list whose items must differ.
    DUPLICATE_VALUE,
    "duplicate-value",
    "a name or key given twice in a list whose items must differ"
);
rule!(
    /// A field that may not be given beside the others.
    FORBIDDEN_FIELD,
    "forbidden-field",
    "a field that may not be given here, or not together with another"
);
rule!(
    /// Names something the object does not have.
    NOT_FOUND_VALUE,
    "not-found-value",
    "a reference to a part of the same object that is not there, such as a volume"
);
rule!(
    /// Longer than the server stores.
    VALUE_TOO_LONG,
    "value-too-long",
    "a text longer than the API server stores"
);
rule!(
    /// More items than the server takes.
    TOO_MANY_VALUES,
    "too-many-values",
    "a list with more items than the API server takes"
);
rule!(
    /// An update changes what may not change.
    IMMUTABLE_FIELD,
    "immutable-field",
    "a change of a field that may not change after the object was created"
);
rule!(
    /// The security standard of the namespace forbids it.
    POD_SECURITY,
    "pod-security",
    "a pod that the Pod Security Standard of its namespace forbids"
);
rule!(
    /// A policy of the input denies the object.
    DENIED_BY_POLICY,
    "denied-by-policy",
    "an object that a ValidatingAdmissionPolicy of the same input denies"
);
rule!(
    /// A rule in CEL was not evaluated.
    RULE_NOT_CHECKED,
    "rule-not-checked",
    "a rule of a custom resource's schema, or of an admission policy, that could not be evaluated here",
    Severity::Warning,
    None
);
rule!(
    /// A LimitRange of the namespace refuses it.
    LIMIT_RANGE,
    "limit-range",
    "a pod or claim that a LimitRange of its namespace refuses"
);
rule!(
    /// A ResourceQuota of the namespace has no room for it.
    RESOURCE_QUOTA,
    "resource-quota",
    "an object that a ResourceQuota of its namespace refuses"
);

/// Every rule of this stage.
pub static RULES: &[&RuleMeta] = &[
    &REQUIRED_VALUE,
    &INVALID_VALUE,
    &UNSUPPORTED_VALUE,
    &DUPLICATE_VALUE,
    &FORBIDDEN_FIELD,
    &NOT_FOUND_VALUE,
    &VALUE_TOO_LONG,
    &TOO_MANY_VALUES,
    &IMMUTABLE_FIELD,
    &POD_SECURITY,
    &DENIED_BY_POLICY,
    &RULE_NOT_CHECKED,
    &LIMIT_RANGE,
    &RESOURCE_QUOTA,
];
