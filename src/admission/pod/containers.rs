//! Lists of containers: `validateContainers`, `validateInitContainers`, `validateEphemeralContainers` of
//! pkg/apis/core/validation.

use std::collections::BTreeSet;

use super::ports::HostPorts;
use super::{Pod, env, handlers, mounts, named, one_of, ports, requirements, security};
use crate::admission::at::At;
use crate::admission::errors::Errors;
use crate::admission::names;

/// Most rules of one container's `restartPolicyRules`.
const RULES_MAX: usize = 20;

/// Most exit codes of one rule.
const EXIT_CODES_MAX: usize = 255;

/// What a container may not have that is not restarted when it ends.
const RESTARTED_ONLY: [&str; 4] = ["lifecycle", "livenessProbe", "readinessProbe", "startupProbe"];

/// `validateContainers`.
pub(super) fn regular(pod: &Pod<'_, '_>, containers: &At<'_, '_>, errors: &mut Errors<'_>) {
    if containers.is_empty() {
        errors
            .required(containers, "")
            .help("give the pod at least one container");
    }
    let mut seen = BTreeSet::new();
    let mut host_ports = HostPorts::default();
    for container in containers.items() {
        common(pod, &container, errors);
        let name = container.get("name");
        if !seen.insert(name.str()) {
            errors.duplicate(&name);
        }
        handlers::check(pod, &container, errors);
        errors.minors(35.., |errors| restart_policy(&container, errors));
        errors.minors(29..35, |errors| {
            let policy = container.get("restartPolicy");
            if policy.is_given() {
                errors.forbidden(&policy, "may not be set for non-init containers");
            }
        });
        host_ports.take(pod, &container, errors);
    }
}

/// `validateInitContainers`; `regular` are the containers that run after them.
pub(super) fn init(
    pod: &Pod<'_, '_>,
    containers: &At<'_, '_>,
    regular: &At<'_, '_>,
    errors: &mut Errors<'_>,
) {
    let mut seen: BTreeSet<&str> = regular
        .items()
        .map(|container| container.get("name").str())
        .collect();
    for container in containers.items() {
        common(pod, &container, errors);
        let policy = container.get("restartPolicy");
        let restarted = policy.str() == "Always";
        errors.minors(29..35, |errors| {
            if policy.is_given() && !restarted {
                errors.unsupported(&policy, &["Always"]);
            }
        });
        errors.minors(35..36, |errors| {
            let rules = container.get("restartPolicyRules");
            if restarted && !rules.is_empty() {
                errors.forbidden(
                    &rules,
                    "restartPolicyRules are not allowed for init containers with restart policy Always",
                );
            } else if !restarted {
                restart_policy(&container, errors);
            }
        });
        errors.minors(36.., |errors| restart_policy(&container, errors));
        let name = container.get("name");
        if seen.contains(name.str()) {
            errors.duplicate(&name);
        } else if !name.is_empty() {
            seen.insert(name.str());
        }
        // They run one by one, so that two may have the same port.
        HostPorts::default().take(pod, &container, errors);
        if restarted {
            handlers::check(pod, &container, errors);
        } else {
            for field in RESTARTED_ONLY {
                let at = container.get(field);
                if at.is_given() {
                    errors
                        .forbidden(
                            &at,
                            "may not be set for init containers without restartPolicy=Always",
                        )
                        .help("remove it, or set `restartPolicy: Always` if the container runs beside the others");
                }
            }
            errors.minors(36.., |errors| {
                for rule in container.get("resizePolicy").items() {
                    let policy = rule.get("restartPolicy");
                    if policy.str() == "RestartContainer" {
                        errors.invalid(
                            &policy,
                            "must not be set to 'RestartContainer' for non-sidecar initContainers",
                        );
                    }
                }
            });
        }
    }
}

/// `validateEphemeralContainers`.
pub(super) fn ephemeral(pod: &Pod<'_, '_>, spec: &At<'_, '_>, errors: &mut Errors<'_>) {
    let mut others = BTreeSet::new();
    for list in ["containers", "initContainers"] {
        for container in spec.get(list).items() {
            others.insert(container.get("name").str());
        }
    }
    let mut seen = others.clone();
    for container in spec.get("ephemeralContainers").items() {
        common(pod, &container, errors);
        let name = container.get("name");
        if !seen.insert(name.str()) {
            errors.duplicate(&name);
        }
        let target = container.get("targetContainerName");
        if !target.is_empty() && !others.contains(target.str()) {
            errors.not_found(&target);
        }
        for field in [
            "ports",
            "resources",
            "resizePolicy",
            "restartPolicy",
            "restartPolicyRules",
        ]
        .iter()
        .chain(&RESTARTED_ONLY)
        {
            let at = container.get(field);
            let nothing = at
                .node()
                .is_none_or(|node| !node.is_scalar() && node.is_empty() && *field != "lifecycle");
            if !nothing {
                errors.forbidden(&at, "cannot be set for an Ephemeral Container");
            }
        }
        for mount in container.get("volumeMounts").items() {
            for field in ["subPath", "subPathExpr"] {
                let at = mount.get(field);
                if !at.is_empty() {
                    errors.forbidden(&at, "cannot be set for an Ephemeral Container");
                }
            }
        }
    }
}

/// `validateContainerCommon`.
fn common(pod: &Pod<'_, '_>, container: &At<'_, '_>, errors: &mut Errors<'_>) {
    named(&container.get("name"), names::dns1123_label, errors);
    let image = container.get("image");
    if image.is_empty() {
        errors
            .required(&image, "")
            .help("name the image that the container runs: `image: registry/name:tag`");
    }
    one_of(
        &container.get("terminationMessagePolicy"),
        &["File", "FallbackToLogsOnError"],
        errors,
    );
    ports::check(&container.get("ports"), errors);
    env::variables(&container.get("env"), errors);
    env::sources(&container.get("envFrom"), errors);
    mounts::check(pod, container, errors);
    one_of(
        &container.get("imagePullPolicy"),
        &["Always", "IfNotPresent", "Never"],
        errors,
    );
    requirements::container(&container.get("resources"), &pod.claims, errors);
    // Older servers drop the field.
    errors.minors(33.., |errors| {
        resize_policy(&container.get("resizePolicy"), pod.restart, errors);
    });
    security::container(pod, &container.get("securityContext"), errors);
}

/// `validateResizePolicy`.
fn resize_policy(rules: &At<'_, '_>, restart: &str, errors: &mut Errors<'_>) {
    let mut seen = BTreeSet::new();
    for rule in rules.items() {
        let (resource, policy) = (rule.get("resourceName"), rule.get("restartPolicy"));
        if !seen.insert(resource.str()) {
            errors.duplicate(&resource);
        }
        for (at, words) in [
            (&resource, ["cpu", "memory"]),
            (&policy, ["NotRequired", "RestartContainer"]),
        ] {
            if at.is_empty() {
                errors.required(at, "");
            }
            one_of(at, &words, errors);
        }
        if restart == "Never" && policy.str() != "NotRequired" {
            errors.invalid(
                &policy,
                "must be 'NotRequired' when pod `restartPolicy` is 'Never'",
            );
        }
    }
}

/// `validateContainerRestartPolicy`.
fn restart_policy(container: &At<'_, '_>, errors: &mut Errors<'_>) {
    let (policy, rules) = (
        container.get("restartPolicy"),
        container.get("restartPolicyRules"),
    );
    if policy.is_given() {
        super::one_of_if_given(&policy, &["Always", "Never", "OnFailure"], errors);
    } else if !rules.is_empty() {
        errors.required(&policy, "must specify restartPolicy when restart rules are used");
    }
    if rules.len() > RULES_MAX {
        errors.too_many(&rules, RULES_MAX);
    }
    for rule in rules.items() {
        let action = rule.get("action");
        errors.minors(..36, |errors| word(&action, &["Restart"], errors));
        errors.minors(36.., |errors| {
            word(&action, &["Restart", "RestartAllContainers"], errors);
        });
        let codes = rule.get("exitCodes");
        if codes.is_given() {
            word(&codes.get("operator"), &["In", "NotIn"], errors);
            let values = codes.get("values");
            if values.len() > EXIT_CODES_MAX {
                errors.too_many(&values, EXIT_CODES_MAX);
            }
        } else {
            errors.required(&codes, "must be specified");
        }
    }
}

/// A field without a default that must be given and one of some words.
fn word(at: &At<'_, '_>, words: &[&str], errors: &mut Errors<'_>) {
    if !words.contains(&at.str()) {
        errors.unsupported(at, words);
    }
}
