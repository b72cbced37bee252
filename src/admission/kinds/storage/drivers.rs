//! CSI drivers, on nodes and in the cluster: CSIDrivers and CSINodes of pkg/apis/storage/validation/validation.go.

use std::collections::BTreeSet;

use crate::admission::at::At;
use crate::admission::errors::Errors;
use crate::admission::pod::driver_name;
use crate::admission::{equal, names};

const MAX_NODE_ID: usize = 256;

/// `validateCSIDriverSpec`.
pub(super) fn driver(root: &At<'_, '_>, errors: &mut Errors<'_>) {
    let spec = root.get("spec");
    let policy = spec.get("fsGroupPolicy");
    let policies = ["ReadWriteOnceWithFSType", "File", "None"];
    if policy.is_given() && !policies.contains(&policy.str()) {
        errors.unsupported(&policy, &policies);
    }
    let requests = spec.get("tokenRequests");
    token_requests(&requests, errors);
    for mode in spec.get("volumeLifecycleModes").items() {
        if !matches!(mode.str(), "Persistent" | "Ephemeral") {
            errors.unsupported(&mode, &["Persistent", "Ephemeral"]);
        }
    }
    // Before these versions the fields were dropped.
    let period = spec.get("nodeAllocatableUpdatePeriodSeconds");
    if period.int().is_some_and(|seconds| seconds < 10) {
        errors.minors(35.., |errors| {
            errors.invalid(&period, "must be greater than or equal to 10 seconds");
        });
    }
    let secrets = spec.get("serviceAccountTokenInSecrets");
    if secrets.is_given() && requests.is_empty() {
        errors.minors(35.., |errors| {
            errors.invalid(
                &secrets,
                "serviceAccountTokenInSecrets is set but no tokenRequests are specified",
            );
        });
    }
}

/// `validateTokenRequests`: one for each audience.
fn token_requests(requests: &At<'_, '_>, errors: &mut Errors<'_>) {
    let mut audiences = BTreeSet::new();
    for request in requests.items() {
        let audience = request.get("audience");
        if !audiences.insert(audience.str()) {
            errors.duplicate(&audience);
            continue;
        }
        let expiry = request.get("expirationSeconds");
        match expiry.int() {
            Some(seconds) if seconds < 600 => {
                errors.invalid(&expiry, "may not specify a duration less than 10 minutes");
            }
            Some(seconds) if seconds > 1 << 32 => {
                errors.invalid(&expiry, "may not specify a duration larger than 2^32 seconds");
            }
            _ => {}
        }
    }
}

pub(super) fn driver_update(old: &At<'_, '_>, new: &At<'_, '_>, errors: &mut Errors<'_>) {
    const IMMUTABLE: &str = "field is immutable";
    let (old, new) = (old.get("spec"), new.get("spec"));
    let attach = new.get("attachRequired");
    if old.get("attachRequired").bool().unwrap_or(true) != attach.bool().unwrap_or(true) {
        errors
            .immutable(&attach, IMMUTABLE)
            .help("delete the driver's object and create it again");
    }
    let modes = |spec: &At<'_, '_>| -> Vec<String> {
        let modes = spec.get("volumeLifecycleModes");
        if modes.is_empty() {
            vec!["Persistent".to_owned()]
        } else {
            modes.items().map(|mode| mode.str().to_owned()).collect()
        }
    };
    if modes(&old) != modes(&new) {
        errors
            .immutable(&new.get("volumeLifecycleModes"), IMMUTABLE)
            .help("delete the driver's object and create it again");
    }
}

/// `validateCSINodeDrivers`.
pub(super) fn node(root: &At<'_, '_>, errors: &mut Errors<'_>) {
    let spec = root.get("spec");
    let mut seen = BTreeSet::new();
    for driver in spec.get("drivers").items() {
        let name = driver.get("name");
        driver_name(&name, errors);
        let id = driver.get("nodeID");
        if id.is_empty() {
            errors.required(&id, "");
        }
        if id.str().len() > MAX_NODE_ID {
            errors.invalid(&id, format!("must be {MAX_NODE_ID} characters or less"));
        }
        let allocatable = driver.get("allocatable");
        let count = allocatable.get("count");
        if count.int().is_some_and(|count| count < 0) {
            errors.invalid(&count, "must be greater than or equal to 0");
        }
        if !seen.insert(name.str()) {
            errors.duplicate(&name);
        }
        let mut keys = BTreeSet::new();
        for key in driver.get("topologyKeys").items() {
            if key.is_empty() {
                errors.required(&key, "");
            }
            if !keys.insert(key.str()) {
                errors.duplicate(&key);
            }
            for what in names::qualified_name(key.str()) {
                errors.invalid(&key, what);
            }
        }
    }
}

/// The drivers of a node do not change, except for how many volumes they take since 1.35.
pub(super) fn node_update(old: &At<'_, '_>, new: &At<'_, '_>, errors: &mut Errors<'_>) {
    let (old, new) = (old.get("spec"), new.get("spec"));
    let (old, new) = (old.get("drivers"), new.get("drivers"));
    for before in old.items() {
        for after in new.items() {
            if before.get("name").str() != after.get("name").str() {
                continue;
            }
            let same = |field: &str| equal::same(&before.get(field), &after.get(field));
            if !same("nodeID") || !same("topologyKeys") {
                errors.immutable(&after, "field is immutable");
            } else if !same("allocatable") {
                errors.minors(..35, |errors| {
                    errors.immutable(&after, "field is immutable");
                });
            }
        }
    }
}
