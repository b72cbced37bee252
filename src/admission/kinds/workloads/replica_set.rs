//! ReplicaSet (pkg/apis/apps/validation) and ReplicationController (pkg/apis/core/validation).

use super::{deployment, template};
use crate::admission::at::At;
use crate::admission::errors::Errors;
use crate::manifest::selector::{self, Selector};

/// `ValidateReplicaSetSpec`.
pub(super) fn check(root: &At<'_, '_>, errors: &mut Errors<'_>) {
    let spec = root.get("spec");
    errors.not_negative(&spec.get("replicas"));
    errors.not_negative(&spec.get("minReadySeconds"));
    // The server says "deployment" here too.
    template::check_selector(&spec, "deployment", errors);
    template::check_selected(&spec, errors);
    template::check_endless(&spec.get("template"), "ReplicaSet", errors);
}

/// `ValidateReplicaSetUpdate`.
pub(super) fn check_update(old: &At<'_, '_>, new: &At<'_, '_>, errors: &mut Errors<'_>) {
    deployment::immutable_selector(old, new, errors);
}

/// `ValidateReplicationControllerSpec`; a selector that is left out is the template's labels
/// (`SetDefaults_ReplicationController`).
pub(super) fn check_controller(root: &At<'_, '_>, errors: &mut Errors<'_>) {
    let spec = root.get("spec");
    errors.not_negative(&spec.get("minReadySeconds"));
    errors.not_negative(&spec.get("replicas"));
    let selector = spec.get("selector");
    let template = spec.get("template");
    if !template.is_given() {
        errors.required(&template, "");
        return;
    }
    let metadata = template.get("metadata");
    let labels = metadata.get("labels");
    if selector.is_empty() {
        if labels.is_empty() {
            errors
                .required(&selector, "")
                .help("give the template labels; the selector is made from them when it is left out");
        }
    } else if let Some(node) = selector.node()
        && !Selector::of_map(node).matches(&selector::labels(labels.node()))
    {
        errors.invalid(&labels, "`selector` does not match template `labels`");
    }
    template::check_endless(&template, "ReplicationController", errors);
}
