//! Where a webhook is: `pkg/util/webhook/validation.go` of k8s.io/apiserver, for webhooks of admission and of conversion.

use std::collections::BTreeSet;

use plimsoll_gostd::url::Url;

use super::at::At;
use super::errors::Errors;
use super::names;

/// Checks a `clientConfig`: one of `url` and `service`.
pub(super) fn check(config: &At<'_, '_>, errors: &mut Errors<'_>) {
    let (address, service) = (config.get("url"), config.get("service"));
    if address.is_given() == service.is_given() {
        errors.required(config, "exactly one of url or service is required");
    } else if address.is_given() {
        url(&address, errors);
    } else {
        service_reference(&service, errors);
    }
}

/// The versions of reviews that a webhook takes, when it names any: the server must speak one of them.
pub(super) fn review_versions(versions: &At<'_, '_>, errors: &mut Errors<'_>) {
    let mut seen = BTreeSet::new();
    for version in versions.items() {
        if !seen.insert(version.str()) {
            errors.invalid(&version, "duplicate version");
            continue;
        }
        for what in names::dns1035_label(version.str()) {
            errors.invalid(&version, what);
        }
    }
    if !seen.contains("v1") && !seen.contains("v1beta1") {
        errors.invalid(versions, "must include at least one of v1, v1beta1");
    }
}

/// `ValidateWebhookURL`.
fn url(at: &At<'_, '_>, errors: &mut Errors<'_>) {
    const FORM: &str = "; desired format: https://host[/path]";
    let parsed = match Url::parse(at.str().as_bytes()) {
        Ok(parsed) => parsed,
        Err(error) => {
            errors.required(at, format!("url must be a valid URL: {error}{FORM}"));
            return;
        }
    };
    if parsed.scheme != b"https" {
        errors.invalid(at, format!("'https' is the only allowed URL scheme{FORM}"));
    }
    if parsed.host.is_empty() {
        errors.invalid(at, format!("host must be specified{FORM}"));
    }
    if parsed.user.is_some() {
        errors.invalid(at, "user information is not permitted in the URL");
    }
    if !parsed.fragment.is_empty() {
        errors.invalid(at, "fragments are not permitted in the URL");
    }
    if !parsed.raw_query.is_empty() {
        errors.invalid(at, "query parameters are not permitted in the URL");
    }
}

/// `ValidateWebhookService`; `port` defaults to 443.
fn service_reference(service: &At<'_, '_>, errors: &mut Errors<'_>) {
    for field in ["name", "namespace"] {
        let at = service.get(field);
        if at.is_empty() {
            errors.required(&at, "");
        }
    }
    let port = service.get("port");
    if let Some(number) = port.int() {
        for what in names::port_number(number) {
            errors.invalid(&port, format!("port is not valid: {what}"));
        }
    }
    path(&service.get("path"), errors);
}

fn path(at: &At<'_, '_>, errors: &mut Errors<'_>) {
    let text = at.str();
    if matches!(text, "" | "/") {
        return;
    }
    if text == "//" {
        errors.invalid(at, "segment[0] may not be empty");
        return;
    }
    if !text.starts_with('/') {
        errors.invalid(at, "must start with a '/'");
    }
    // The server drops the first character, a slash or not.
    let rest = text.char_indices().nth(1).map_or("", |(start, _)| &text[start..]);
    let rest = rest.strip_suffix('/').unwrap_or(rest);
    for (index, segment) in rest.split('/').enumerate() {
        if segment.is_empty() {
            errors.invalid(at, format!("segment[{index}] may not be empty"));
            continue;
        }
        for what in names::dns1123_subdomain(segment) {
            errors.invalid(at, format!("segment[{index}]: {what}"));
        }
    }
}
