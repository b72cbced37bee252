//! The rules of this stage.

use crate::finding::{Group, RuleMeta, Safety, Severity, Stage};

macro_rules! rule {
    ($(#[$doc:meta])* $constant:ident, $name:literal, $severity:ident, $summary:literal, $peers:expr $(, $fix:ident)?) => {
        $(#[$doc])*
        pub static $constant: RuleMeta = RuleMeta {
            name: $name,
            group: Group::Schema,
            stage: Stage::Schema,
            severity: Severity::$severity,
            default: true,
            summary: $summary,
            peers: $peers,
            fix: rule!(@fix $($fix)?),
            page: include_str!(concat!("../../fixtures/rules/", $name, ".md")),
        };
    };
    (@fix) => { None };
    (@fix $fix:ident) => { Some(Safety::$fix) };
}

rule!(
    /// A field that the kind does not have.
    UNKNOWN_FIELD,
    "unknown-field",
    Error,
    "a field the kind does not have: a typo, or a place it does not belong to",
    &["kubeconform:strict", "kubectl-validate:schema"],
    Safe
);
rule!(
    /// A value of the wrong type, a missing field, a word that is not one of the allowed.
    SCHEMA_VALIDATION,
    "schema-validation",
    Error,
    "a value of the wrong type, a missing field, a word that is not allowed",
    &["kubeconform:schema", "kubectl-validate:schema", "kube-linter:schema-validation"],
    Safe
);
rule!(
    /// A word or number that YAML reads as something else than the string it should be.
    YAML_IMPLICIT_TYPE,
    "yaml-implicit-type",
    Error,
    "a plain word or number that YAML reads as a boolean or number where a string belongs",
    &[],
    Safe
);
rule!(
    /// An apiVersion and kind that no schema describes.
    UNKNOWN_KIND,
    "unknown-kind",
    Error,
    "an apiVersion and kind that no known schema describes",
    &["kubeconform:schema"]
);
rule!(
    /// An apiVersion that the chosen Kubernetes version no longer serves.
    DEPRECATED_API,
    "deprecated-api",
    Error,
    "an apiVersion that Kubernetes no longer serves",
    &[
        "pluto:deprecated-api",
        "kubent:deprecated-api",
        "kube-linter:no-extensions-v1beta",
        "kube-score:stable-version",
        "kubeaudit:DeprecatedAPIUsed",
        "trivy:KSV-0107",
    ],
    Safe
);
rule!(
    /// An apiVersion that is served, deprecated and on its way out.
    SUPERSEDED_API,
    "superseded-api",
    Info,
    "an apiVersion that is served for now: a newer one is beside it, or a later Kubernetes drops it",
    &[
        "pluto:deprecated-api",
        "kubent:deprecated-api",
        "kube-score:stable-version",
        "kubeaudit:DeprecatedAPIUsed",
        "trivy:KSV-0107",
    ]
);
rule!(
    /// An object without a name.
    MISSING_NAME,
    "missing-name",
    Error,
    "an object without metadata.name",
    &["datree:RESOURCE_MISSING_NAME"]
);
rule!(
    /// Two objects of the same kind and name in one input.
    DUPLICATE_RESOURCE,
    "duplicate-resource",
    Warning,
    "two objects of one kind with the same name and namespace: the last one wins",
    &[]
);
rule!(
    /// A custom resource that its definition does not allow.
    CRD_SCHEMA_MISMATCH,
    "crd-schema-mismatch",
    Error,
    "a custom resource that does not match its definition",
    &["kubectl-validate:schema"]
);

/// Every rule of this stage.
pub static RULES: &[&RuleMeta] = &[
    &UNKNOWN_FIELD,
    &SCHEMA_VALIDATION,
    &YAML_IMPLICIT_TYPE,
    &UNKNOWN_KIND,
    &DEPRECATED_API,
    &SUPERSEDED_API,
    &MISSING_NAME,
    &DUPLICATE_RESOURCE,
    &CRD_SCHEMA_MISMATCH,
];
