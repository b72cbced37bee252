//! Devices that Pods ask for: resource.k8s.io, pkg/apis/resource/validation/validation.go, in the form of v1 and v1beta2.
//!
//! What is left out: whether CEL expressions compile and what they cost, and policies of how much of a capacity may be asked
//! for.

use super::KindRules;
use crate::admission::at::At;
use crate::admission::equal::{self, Tree};
use crate::admission::errors::Errors;
use crate::admission::{metadata, names};

mod claim;
mod slice;

const GROUP: &str = "resource.k8s.io";

pub(super) static KINDS: &[KindRules] = &[
    KindRules {
        group: GROUP,
        kind: "DeviceTaintRule",
        name: names::subdomain_name,
        create: taint_rule,
        update: super::anything,
    },
    KindRules {
        group: GROUP,
        kind: "ResourceClaim",
        name: names::subdomain_name,
        create: resource_claim,
        update: spec_is_immutable,
    },
    KindRules {
        group: GROUP,
        kind: "ResourceClaimTemplate",
        name: names::subdomain_name,
        create: template,
        update: spec_is_immutable,
    },
    KindRules {
        group: GROUP,
        kind: "DeviceClass",
        name: names::subdomain_name,
        create: class,
        update: super::anything,
    },
    KindRules {
        group: GROUP,
        kind: "ResourceSlice",
        name: names::subdomain_name,
        create: resource_slice,
        update: slice::update,
    },
];

/// Whether an object has the form that is checked here; v1beta1 has another.
fn is_known_form(root: &At<'_, '_>) -> bool {
    matches!(
        root.get("apiVersion").str(),
        "resource.k8s.io/v1" | "resource.k8s.io/v1beta2"
    )
}

/// `ValidateResourceClaim`; of a change only that there is none is checked (`ValidateResourceClaimUpdate`).
fn resource_claim(root: &At<'_, '_>, errors: &mut Errors<'_>) {
    if is_known_form(root) && !errors.is_change() {
        let spec = root.get("spec");
        claim::devices(&spec.get("devices"), errors);
    }
}

/// `ValidateResourceClaimTemplate`.
fn template(root: &At<'_, '_>, errors: &mut Errors<'_>) {
    if !is_known_form(root) {
        return;
    }
    let outer = root.get("spec");
    let meta = outer.get("metadata");
    metadata::labels(&meta.get("labels"), errors);
    metadata::annotations(&meta.get("annotations"), errors);
    for (key, at) in meta.entries() {
        if at.is_given() && !at.is_empty() && !matches!(key, "labels" | "annotations") {
            errors.forbidden(&at, "cannot be set");
        }
    }
    let spec = outer.get("spec");
    claim::devices(&spec.get("devices"), errors);
}

/// `ValidateDeviceClass`.
fn class(root: &At<'_, '_>, errors: &mut Errors<'_>) {
    let spec = root.get("spec");
    claim::selectors(&spec.get("selectors"), errors);
    let configs = spec.get("config");
    if configs.len() > claim::MAX_ITEMS {
        errors.too_many(&configs, claim::MAX_ITEMS);
    } else {
        for config in configs.items() {
            claim::opaque(&config, errors);
        }
    }
    // Before 1.36 the field was dropped.
    let extended = spec.get("extendedResourceName");
    if extended.is_given() && !crate::admission::resource_names::is_extended(extended.str()) {
        errors.minors(36.., |errors| {
            errors.invalid(&extended, "must be a valid extended resource name");
        });
    }
}

/// `ValidateResourceSlice`.
fn resource_slice(root: &At<'_, '_>, errors: &mut Errors<'_>) {
    if is_known_form(root) {
        slice::create(&root.get("spec"), errors);
    }
}

/// `ValidateDeviceTaintRule`.
fn taint_rule(root: &At<'_, '_>, errors: &mut Errors<'_>) {
    let spec = root.get("spec");
    let selector = spec.get("deviceSelector");
    for (key, check) in [
        (
            "driver",
            (|name| names::dns1123_subdomain(&name.to_lowercase())) as fn(&str) -> Vec<String>,
        ),
        ("pool", |name| {
            name.split('/').flat_map(names::dns1123_subdomain).collect()
        }),
        ("device", names::dns1123_label),
    ] {
        let name = selector.get(key);
        if name.is_given() {
            for what in check(name.str()) {
                errors.invalid(&name, what);
            }
        }
    }
    let taint = spec.get("taint");
    let key = taint.get("key");
    for what in names::qualified_name(key.str()) {
        errors.invalid(&key, what);
    }
    let value = taint.get("value");
    for what in names::label_value(value.str()) {
        errors.invalid(&value, what);
    }
    let effect = taint.get("effect");
    if effect.is_blank() {
        errors.required(&effect, "");
    }
}

/// `ValidateResourceClaimUpdate` and `ValidateResourceClaimTemplateUpdate`.
fn spec_is_immutable(old: &At<'_, '_>, new: &At<'_, '_>, errors: &mut Errors<'_>) {
    let spec = new.get("spec");
    if is_known_form(new) && !equal::same_with(&old.get("spec"), &spec, defaults) {
        errors
            .immutable(&spec, "field is immutable")
            .help("give the changed one another name");
    }
}

/// `SetDefaults_ExactDeviceRequest`, `SetDefaults_DeviceSubRequest` and `SetDefaults_DeviceToleration` of
/// pkg/apis/resource/v1/defaults.go, on the `spec` of a claim.
fn defaults(spec: &mut Tree) {
    let Some(devices) = spec.get_mut("devices") else {
        return;
    };
    for request in devices.items_mut("requests") {
        if let Some(exactly) = request.get_mut("exactly") {
            request_defaults(exactly);
        }
        request.items_mut("firstAvailable").for_each(request_defaults);
    }
}

fn request_defaults(request: &mut Tree) {
    request.default("allocationMode", Tree::text("ExactCount"));
    if request.str("allocationMode") == "ExactCount" {
        request.default("count", Tree::Int(1));
    }
    for toleration in request.items_mut("tolerations") {
        toleration.default("operator", Tree::text("Equal"));
    }
}

/// `validateQualifiedName`: an identifier, perhaps behind a domain; `needs_domain` for `validateFullyQualifiedName`.
fn qualified(text: &str, needs_domain: bool) -> Vec<String> {
    let parts: Vec<&str> = text.split('/').collect();
    let mut wrong = Vec::new();
    match parts.as_slice() {
        [name] => identifier(name, &mut wrong),
        [domain, name] => {
            if domain.is_empty() {
                wrong.push("the domain must not be empty".to_owned());
            } else {
                if domain.len() > 63 {
                    wrong.push("may not be more than 63 bytes".to_owned());
                }
                wrong.extend(names::dns1123_subdomain(&domain.to_lowercase()));
            }
            if name.is_empty() {
                wrong.push("the name must not be empty".to_owned());
            } else {
                identifier(name, &mut wrong);
            }
        }
        _ => {}
    }
    if needs_domain && parts.len() < 2 {
        wrong.push("a fully qualified name must be a domain and a name separated by a slash".to_owned());
    }
    wrong
}

/// `validateCIdentifier`: as in C, at most 32 bytes.
fn identifier(text: &str, wrong: &mut Vec<String>) {
    if text.len() > 32 {
        wrong.push("may not be more than 32 bytes".to_owned());
    }
    let is_identifier = !text.starts_with(|first: char| first.is_ascii_digit())
        && !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if !is_identifier {
        wrong.push("a valid C identifier must start with alphabetic character or '_', followed by a string of alphanumeric characters or '_' (e.g. 'my_name',  or 'MY_NAME',  or 'MyName', regex used for validation is '[A-Za-z_][A-Za-z0-9_]*')".to_owned());
    }
}
