//! Probes and lifecycle hooks: `validateProbe`, `validateLifecycle`, `validateHandler` of pkg/apis/core/validation.

use super::{Pod, invalid, one_of};
use crate::admission::at::{At, IntOrString};
use crate::admission::errors::Errors;
use crate::admission::names;

/// Checks the probes and hooks of a container that runs beside others.
pub(super) fn check(pod: &Pod<'_, '_>, container: &At<'_, '_>, errors: &mut Errors<'_>) {
    let lifecycle = container.get("lifecycle");
    for hook in ["postStart", "preStop"] {
        let hook = lifecycle.get(hook);
        if hook.is_given() {
            handler(pod, &hook, &["exec", "httpGet", "tcpSocket", "sleep"], errors);
        }
    }
    for name in ["livenessProbe", "readinessProbe", "startupProbe"] {
        let at = container.get(name);
        if at.is_given() {
            probe(pod, &at, name == "readinessProbe", errors);
        }
    }
}

/// `validateLivenessProbe`, `validateReadinessProbe`, `validateStartupProbe`.
fn probe(pod: &Pod<'_, '_>, probe: &At<'_, '_>, readiness: bool, errors: &mut Errors<'_>) {
    handler(pod, probe, &["exec", "httpGet", "tcpSocket", "grpc"], errors);
    for field in [
        "initialDelaySeconds",
        "timeoutSeconds",
        "periodSeconds",
        "successThreshold",
        "failureThreshold",
    ] {
        let at = probe.get(field);
        if at.int().is_some_and(|number| number < 0) {
            errors.invalid(&at, "must be greater than or equal to 0");
        }
    }
    let grace = probe.get("terminationGracePeriodSeconds");
    if grace.int().is_some_and(|seconds| seconds <= 0) {
        errors.invalid(&grace, "must be greater than 0");
    }
    if readiness {
        if grace.is_given() {
            errors
                .invalid(&grace, "must not be set for readinessProbes")
                .help("remove it: a container that is not ready is not restarted");
        }
    } else {
        let threshold = probe.get("successThreshold");
        // 0 is filled in as 1.
        if !matches!(threshold.int(), None | Some(0 | 1)) {
            errors
                .invalid(&threshold, "must be 1")
                .help("remove it: only a readiness probe can ask for more than one success");
        }
    }
}

/// `validateHandler`: exactly one action, of those that a probe or a hook can take.
fn handler(pod: &Pod<'_, '_>, handler: &At<'_, '_>, actions: &[&str], errors: &mut Errors<'_>) {
    let mut found = false;
    for name in actions {
        let action = handler.get(name);
        if !action.is_given() {
            continue;
        }
        if found {
            errors.forbidden(&action, "may not specify more than 1 handler type");
            continue;
        }
        found = true;
        match *name {
            "exec" => {
                let command = action.get("command");
                if command.is_empty() {
                    errors.required(&command, "");
                }
            }
            "httpGet" => http_get(&action, errors),
            "tcpSocket" => port(&action.get("port"), errors),
            "grpc" => {
                let at = action.get("port");
                invalid(&at, names::port_number(at.int().unwrap_or(0)), errors);
            }
            _ => sleep(pod.grace, &action, errors),
        }
    }
    if !found {
        errors
            .required(handler, "must specify a handler type")
            .help(format!("add one of {}", actions.join(", ")));
    }
}

/// `validateHTTPGetAction`, without `protocol`, which servers drop so far.
fn http_get(action: &At<'_, '_>, errors: &mut Errors<'_>) {
    port(&action.get("port"), errors);
    one_of(&action.get("scheme"), &["HTTP", "HTTPS"], errors);
    for header in action.get("httpHeaders").items() {
        let name = header.get("name");
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        if name.is_empty() || !name.str().bytes().all(fits) {
            errors.invalid(&name, "a valid HTTP header must consist of alphanumeric characters or '-' (e.g. 'X-Header-Name', regex used for validation is '[-A-Za-z0-9]+')");
        }
    }
}

/// A port that is not given is 0.
fn port(at: &At<'_, '_>, errors: &mut Errors<'_>) {
    let value = at.int_or_string().unwrap_or(IntOrString::Int(0));
    for what in names::port_number_or_name(value) {
        let said = errors.invalid(at, what);
        if matches!(value, IntOrString::Str(name) if name.parse::<u16>().is_ok()) {
            said.help("write the number without quotes: in quotes it is the name of a port");
        }
    }
}

/// `validateSleepAction`.
fn sleep(grace: i64, action: &At<'_, '_>, errors: &mut Errors<'_>) {
    let at = action.get("seconds");
    let seconds = at.int().unwrap_or(0);
    errors.minors(30..33, |errors| {
        if seconds <= 0 || seconds > grace {
            errors.invalid(
                &at,
                format!("must be greater than 0 and less than terminationGracePeriodSeconds ({grace})"),
            );
        }
    });
    errors.minors(33.., |errors| {
        if seconds < 0 || seconds > grace {
            errors.invalid(
                &at,
                format!("must be non-negative and less than terminationGracePeriodSeconds ({grace})"),
            );
        }
    });
}
