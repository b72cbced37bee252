//! Pods and pod templates: `ValidatePodSpec` and `ValidatePodTemplateSpec` of pkg/apis/core/validation.

use super::at::At;
use super::errors::Errors;

/// What makes the pods, as far as it changes what their spec may say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Owner {
    /// A Pod written by hand: what the server checks of Pods alone (`ResourceIsPod`).
    Pod,
    /// A template of any kind; what the kind asks of `restartPolicy` and the like its own checks say.
    Template,
}

/// `ValidatePodTemplateSpec`: `metadata` and `spec` of what pods are made from.
///
/// What a kind adds (allowed `restartPolicy`, labels that its selector wants) is checked there.
pub(super) fn template(template: &At<'_, '_>, errors: &mut Errors<'_>) {
    spec(
        &template.get("spec"),
        &template.get("metadata"),
        Owner::Template,
        errors,
    );
}

/// `ValidatePodSpec`: the spec of a Pod or of a template; `metadata` is the metadata beside it.
pub(super) fn spec(spec: &At<'_, '_>, metadata: &At<'_, '_>, owner: Owner, errors: &mut Errors<'_>) {
    let _ = (spec, metadata, owner, errors);
}
