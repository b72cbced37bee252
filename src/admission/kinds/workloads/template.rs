//! What controllers ask of their pod template and selector.

use crate::admission::at::At;
use crate::admission::errors::Errors;
use crate::admission::{label_selector, pod};
use crate::manifest::selector::{self, Selector};

/// `ValidatePodTemplateSpec`, and [`endless`].
pub(super) fn check_endless(template: &At<'_, '_>, kind: &str, errors: &mut Errors<'_>) {
    pod::template(template, errors);
    endless(template, kind, errors);
}

/// What every controller asks whose pods never end by themselves. `kind` is the word of the server's message.
pub(super) fn endless(template: &At<'_, '_>, kind: &str, errors: &mut Errors<'_>) {
    let spec = template.get("spec");
    let policy = spec.get("restartPolicy");
    if matches!(policy.str(), "OnFailure" | "Never") {
        errors
            .unsupported(&policy, &["Always"])
            .help("leave `restartPolicy` out, or use a Job for pods that end");
    }
    let deadline = spec.get("activeDeadlineSeconds");
    if deadline.is_given() {
        errors.forbidden(
            &deadline,
            format!("activeDeadlineSeconds in {kind} is not Supported"),
        );
    }
}

/// A required selector that must not be empty: Deployment, ReplicaSet, StatefulSet. `kind` is the word of the server's
/// message.
pub(super) fn check_selector(spec: &At<'_, '_>, kind: &str, errors: &mut Errors<'_>) {
    let selector = spec.get("selector");
    label_selector::check(&selector, errors);
    if selector.is_given() && label_selector::is_empty(&selector) {
        errors
            .invalid(&selector, format!("empty selector is invalid for {kind}"))
            .help("repeat labels of `template` in `selector.matchLabels`");
    }
}

/// The template must carry what the selector asks for, or the controller would make pods without end.
pub(super) fn check_selected(spec: &At<'_, '_>, errors: &mut Errors<'_>) {
    let selector = spec.get("selector");
    let template = spec.get("template");
    let metadata = template.get("metadata");
    let labels = metadata.get("labels");
    if label_selector::matches(&selector, &labels) != Some(false) {
        return;
    }
    let wanted = selector.node().and_then(Selector::of_label_selector);
    let carried = selector::labels(labels.node());
    let said = errors.invalid(&labels, "`selector` does not match template `labels`");
    if let Some(wanted) = wanted {
        let failing: Vec<_> = wanted.failing(&carried).cloned().collect();
        said.help(format!(
            "the template's labels must fulfill `{}`",
            Selector(failing)
        ));
    }
}
