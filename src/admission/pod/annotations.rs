//! Annotations of a pod that must have a form: `ValidatePodSpecificAnnotations`, `validateSeccompAnnotationsAndFields`,
//! `validateAppArmorAnnotationsAndFieldsMatchOnCreate` of pkg/apis/core/validation.

use std::collections::BTreeSet;

use super::each_container;
use crate::admission::at::At;
use crate::admission::errors::Errors;

/// Set on the pods that a kubelet makes from files of its node.
pub(super) const MIRROR: &str = "kubernetes.io/config.mirror";

/// How dear a pod is when its ReplicaSet shrinks.
const DELETION_COST: &str = "controller.kubernetes.io/pod-deletion-cost";

/// The seccomp profile of all containers.
const SECCOMP_POD: &str = "seccomp.security.alpha.kubernetes.io/pod";

/// The seccomp profile of one container, whose name follows.
const SECCOMP_CONTAINER: &str = "container.seccomp.security.alpha.kubernetes.io/";

/// The AppArmor profile of one container, whose name follows.
pub(super) const APPARMOR: &str = "container.apparmor.security.beta.kubernetes.io/";

/// `ValidatePodSpecificAnnotations`.
pub(super) fn check(annotations: &At<'_, '_>, spec: &At<'_, '_>, errors: &mut Errors<'_>) {
    let mut containers = BTreeSet::new();
    each_container(spec, |container| {
        containers.insert(container.get("name").str().to_owned());
    });
    for (key, at) in annotations.entries() {
        let value = at.str();
        match key {
            MIRROR => {
                if spec.get("nodeName").is_empty() {
                    errors.invalid(&at, "must set spec.nodeName if mirror pod annotation is set");
                }
            }
            DELETION_COST => {
                let plain = value == "0" || !value.starts_with(['0', '+']);
                if !plain || value.parse::<i32>().is_err() {
                    errors.invalid(&at, "must be a 32bit integer");
                }
            }
            _ if key == SECCOMP_POD || key.starts_with(SECCOMP_CONTAINER) => {
                seccomp(&at, errors);
            }
            _ => {
                let Some(container) = key.strip_prefix(APPARMOR) else {
                    continue;
                };
                if !containers.contains(container) {
                    errors.invalid_key(annotations, &at, key, "container not found");
                }
                let known = ["", "runtime/default", "unconfined"].contains(&value);
                if !known && !value.starts_with("localhost/") {
                    errors.invalid(&at, format!("invalid AppArmor profile name: {value:?}"));
                }
            }
        }
    }
}

/// `ValidateSeccompProfile`.
fn seccomp(at: &At<'_, '_>, errors: &mut Errors<'_>) {
    let value = at.str();
    if ["runtime/default", "docker/default", "unconfined"].contains(&value) {
        return;
    }
    match value.strip_prefix("localhost/") {
        None => {
            errors.invalid(at, "must be a valid seccomp profile");
        }
        Some(path) => {
            if path.starts_with('/') {
                errors.invalid(at, "must be a relative path");
            }
            if super::volumes::has_backsteps(path) {
                errors.invalid(at, "must not contain '..'");
            }
        }
    }
}

/// Where a profile is given as a field and as an annotation, both must say the same.
pub(super) fn fields_match(annotations: &At<'_, '_>, spec: &At<'_, '_>, errors: &mut Errors<'_>) {
    if !annotations.is_given() {
        return;
    }
    let context = spec.get("securityContext");
    let of_pod = annotations.get(SECCOMP_POD);
    if of_pod.is_given() {
        agree(
            "seccomp",
            of_pod.str(),
            &context.get("seccompProfile"),
            None,
            errors,
        );
    }
    let windows = spec.get("os").get("name").str() == "windows";
    let pod_apparmor = context.get("appArmorProfile");
    each_container(spec, |container| {
        let name = container.get("name").str();
        let context = container.get("securityContext");
        let key = format!("{SECCOMP_CONTAINER}{name}");
        let annotation = annotations.get(&key);
        if annotation.is_given() {
            agree(
                "seccomp",
                annotation.str(),
                &context.get("seccompProfile"),
                None,
                errors,
            );
        }
        let key = format!("{APPARMOR}{name}");
        let annotation = annotations.get(&key);
        // AppArmor has fields since 1.30.
        if annotation.is_given() && !windows {
            errors.minors(30.., |errors| {
                agree(
                    "apparmor",
                    annotation.str(),
                    &context.get("appArmorProfile"),
                    Some(&pod_apparmor),
                    errors,
                );
            });
        }
    });
}

/// Compares an annotation with a profile, or with what holds when there is none.
fn agree(
    what: &str,
    annotation: &str,
    own: &At<'_, '_>,
    otherwise: Option<&At<'_, '_>>,
    errors: &mut Errors<'_>,
) {
    let profile = match otherwise {
        Some(other) if !own.is_given() => other,
        _ => own,
    };
    let (kind, local) = (profile.get("type"), profile.get("localhostProfile"));
    let same = match kind.str() {
        "Unconfined" => annotation == "unconfined",
        "RuntimeDefault" => {
            annotation == "runtime/default" || what == "seccomp" && annotation == "docker/default"
        }
        "Localhost" => match annotation.strip_prefix("localhost/") {
            None => false,
            Some(path) => {
                if !local.is_given() || local.str() != path {
                    errors.forbidden(
                        &local,
                        format!("{what} profile in annotation and field must match"),
                    );
                }
                true
            }
        },
        _ => true,
    };
    if !same {
        errors
            .forbidden(&kind, format!("{what} type in annotation and field must match"))
            .help("remove the annotation: the field replaces it");
    }
}
