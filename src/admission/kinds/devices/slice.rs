//! What a driver offers: `validateResourceSliceSpec`.

use std::collections::BTreeSet;

use super::{claim, qualified};
use crate::admission::at::At;
use crate::admission::errors::Errors;
use crate::admission::names;
use crate::admission::pod::{driver_name, node_selector};

const MAX_DEVICES: usize = 128;

/// With taints or counters.
const MAX_ADVANCED_DEVICES: usize = 64;

const MAX_ATTRIBUTES: usize = 32;
const MAX_VALUE: usize = 64;
const MAX_TAINTS: usize = 16;

/// Checks `spec`.
pub(super) fn create(spec: &At<'_, '_>, errors: &mut Errors<'_>) {
    driver_name(&spec.get("driver"), errors);
    pool(&spec.get("pool"), errors);
    nodes(spec, errors);
    let devices = spec.get("devices");
    let is_advanced = devices
        .items()
        .any(|device| !device.get("taints").is_empty() || !device.get("consumesCounters").is_empty());
    if devices.len() > MAX_DEVICES {
        errors.too_many(&devices, MAX_DEVICES);
        return;
    }
    if is_advanced && devices.len() > MAX_ADVANCED_DEVICES {
        errors.minors(36.., |errors| {
            errors.too_many(&devices, MAX_ADVANCED_DEVICES);
        });
        return;
    }
    let is_per_device = spec.get("perDeviceNodeSelection").is_true();
    let mut seen = BTreeSet::new();
    for item in devices.items() {
        device(&item, is_per_device, errors);
        if !seen.insert(item.get("name").str()) {
            errors.duplicate(&item);
        }
    }
}

fn pool(pool: &At<'_, '_>, errors: &mut Errors<'_>) {
    let name = pool.get("name");
    if name.is_empty() {
        errors.required(&name, "");
    } else {
        if name.str().len() > 253 {
            errors.too_long(&name, 253);
        }
        for what in name.str().split('/').flat_map(names::dns1123_subdomain) {
            errors.invalid(&name, what);
        }
    }
    let count = pool.get("resourceSliceCount");
    if count.int().unwrap_or(0) <= 0 {
        errors.invalid(&count, "must be greater than zero");
    }
    let generation = pool.get("generation");
    if generation.int().is_some_and(|number| number < 0) {
        errors.invalid(&generation, "must be greater than or equal to zero");
    }
}

/// Which nodes can reach the devices: one way to say it.
fn nodes(spec: &At<'_, '_>, errors: &mut Errors<'_>) {
    let mut ways = 0;
    let name = spec.get("nodeName");
    if name.is_given() && name.is_empty() {
        errors.invalid(&name, "must be either unset or set to a non-empty string");
    } else if name.is_given() {
        ways += 1;
        for what in names::dns1123_subdomain(name.str()) {
            errors.invalid(&name, what);
        }
    }
    let selector = spec.get("nodeSelector");
    if selector.is_given() {
        ways += 1;
        node_selector(&selector, errors);
        let terms = selector.get("nodeSelectorTerms");
        if terms.len() != 1 {
            errors.invalid(&terms, "must have exactly one node selector term");
        }
    }
    for field in ["allNodes", "perDeviceNodeSelection"] {
        let at = spec.get(field);
        if at.is_true() {
            ways += 1;
        } else if at.is_given() {
            errors.invalid(&at, "must be either unset or set to true");
        }
    }
    const ONE: &str =
        "exactly one of `nodeName`, `nodeSelector`, `allNodes`, `perDeviceNodeSelection` is required";
    match ways {
        0 => {
            errors.required(spec, ONE);
        }
        1 => {}
        _ => {
            errors.invalid(spec, format!("{ONE}, but multiple fields are set"));
        }
    }
}

/// `validateDevice`.
fn device(device: &At<'_, '_>, is_per_device: bool, errors: &mut Errors<'_>) {
    let name = device.get("name");
    for what in names::dns1123_label(name.str()) {
        errors.invalid(&name, what);
    }
    let (attributes, capacity) = (device.get("attributes"), device.get("capacity"));
    if attributes.len() + capacity.len() > MAX_ATTRIBUTES {
        errors.invalid(
            device,
            format!("the total number of attributes and capacities must not exceed {MAX_ATTRIBUTES}"),
        );
    }
    for (key, value) in attributes.entries().chain(capacity.entries()) {
        for what in qualified(key, false) {
            errors.invalid_key(&value, &value, key, what);
        }
    }
    for (_, value) in attributes.entries() {
        attribute(&value, errors);
    }
    // Before 1.36 taints were dropped.
    let taints = device.get("taints");
    errors.minors(36.., |errors| {
        if taints.len() > MAX_TAINTS {
            errors.too_many(&taints, MAX_TAINTS);
        } else {
            for item in taints.items() {
                taint(&item, errors);
            }
        }
    });
    nodes_of_device(device, is_per_device, errors);
}

/// Which nodes can reach the device, when the slice leaves it to its devices.
fn nodes_of_device(device: &At<'_, '_>, is_per_device: bool, errors: &mut Errors<'_>) {
    const ONE: &str = "exactly one of `nodeName`, `nodeSelector`, or `allNodes` is required when `perDeviceNodeSelection` is set to true in the ResourceSlice spec";
    let ways = ["nodeName", "nodeSelector", "allNodes"]
        .iter()
        .filter(|field| device.get(field).is_given())
        .count();
    // Before 1.36 these fields were dropped.
    errors.minors(36.., |errors| match (is_per_device, ways) {
        (true, 0) => {
            errors.required(device, ONE);
        }
        (true, 2..) => {
            errors.invalid(device, ONE);
        }
        (false, 1..) => {
            errors.invalid(
                device,
                "`nodeName`, `nodeSelector` and `allNodes` can only be set if `perDeviceNodeSelection` is set to true in the ResourceSlice spec",
            );
        }
        _ => {}
    });
}

/// `validateDeviceAttribute`: one value.
fn attribute(attribute: &At<'_, '_>, errors: &mut Errors<'_>) {
    let given = attribute.entries().filter(|(_, value)| value.is_given()).count();
    if given != 1 {
        errors.invalid(attribute, "exactly one value must be specified");
    }
    let text = attribute.get("string");
    if text.str().len() > MAX_VALUE {
        errors.too_long(&text, MAX_VALUE);
    }
    let version = attribute.get("version");
    if version.is_given() {
        if !is_semantic_version(version.str()) {
            errors.invalid(&version, "must be a string compatible with semver.org spec 2.0.0");
        }
        if version.str().len() > MAX_VALUE {
            errors.too_long(&version, MAX_VALUE);
        }
    }
}

/// Whether a text is a version as semver.org has it.
fn is_semantic_version(text: &str) -> bool {
    let is_word = |part: &str| {
        !part.is_empty()
            && part
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    let is_number = |part: &str| {
        !part.is_empty()
            && part.bytes().all(|byte| byte.is_ascii_digit())
            && (part == "0" || !part.starts_with('0'))
    };
    let (rest, build) = text
        .split_once('+')
        .map_or((text, None), |(rest, build)| (rest, Some(build)));
    let (core, release) = rest
        .split_once('-')
        .map_or((rest, None), |(core, release)| (core, Some(release)));
    let has_release =
        |part: &str| is_word(part) && (is_number(part) || !part.bytes().all(|byte| byte.is_ascii_digit()));
    core.split('.').count() == 3
        && core.split('.').all(is_number)
        && release.is_none_or(|release| release.split('.').all(has_release))
        && build.is_none_or(|build| build.split('.').all(is_word))
}

/// `validateDeviceTaint`.
fn taint(taint: &At<'_, '_>, errors: &mut Errors<'_>) {
    let (key, value, effect) = (taint.get("key"), taint.get("value"), taint.get("effect"));
    for what in names::qualified_name(key.str()) {
        errors.invalid(&key, what);
    }
    for what in names::label_value(value.str()) {
        errors.invalid(&value, what);
    }
    if effect.is_empty() {
        errors.required(&effect, "");
    }
    claim::effect(&effect, errors);
}

/// Driver, pool and node of a slice are set once.
pub(super) fn update(old: &At<'_, '_>, new: &At<'_, '_>, errors: &mut Errors<'_>) {
    let (old, new) = (old.get("spec"), new.get("spec"));
    let (old_pool, pool) = (old.get("pool"), new.get("pool"));
    let pairs = [
        (old_pool.get("name"), pool.get("name")),
        (old.get("driver"), new.get("driver")),
        (old.get("nodeName"), new.get("nodeName")),
    ];
    for (before, after) in pairs {
        if before.str() != after.str() {
            errors.immutable(&after, "field is immutable");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::is_semantic_version;

    #[test]
    fn versions() {
        for ok in [
            "1.2.3",
            "0.0.0",
            "1.0.0-alpha.1",
            "1.0.0-0a",
            "1.2.3+build.01",
            "1.2.3-rc-1+x",
        ] {
            assert!(is_semantic_version(ok), "{ok}");
        }
        for not in [
            "1.2", "01.2.3", "v1.2.3", "1.2.3-", "1.2.3-01", "1.2.3+", "1.2.3.4", "",
        ] {
            assert!(!is_semantic_version(not), "{not}");
        }
    }
}
