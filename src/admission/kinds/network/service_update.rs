//! Changes of Services: `ValidateServiceUpdate`, after what the server fills in from the stored Service
//! (`patchAllocatedValues`, `normalizeClusterIPs` of pkg/registry/core/service/storage/storage.go).
//!
//! The stored Service has addresses and ports that the old manifest does not name; a change against one of those is
//! not seen here, but that of a Service with an address to one without is.

use super::service::{needs_health_check, type_of};
use crate::admission::at::At;
use crate::admission::errors::Errors;

const SET_ONCE: &str = "may not change once set";

pub(super) fn update(old: &At<'_, '_>, new: &At<'_, '_>, errors: &mut Errors<'_>) {
    let (old, new) = (old.get("spec"), new.get("spec"));
    if type_of(&old) != "ExternalName" && type_of(&new) != "ExternalName" {
        addresses(&old, &new, errors);
    }
    if type_of(&old) == "LoadBalancer" && type_of(&new) == "LoadBalancer" {
        let class = new.get("loadBalancerClass");
        if class.as_str() != old.get("loadBalancerClass").as_str() {
            errors
                .immutable(&class, SET_ONCE)
                .help("delete the Service and create it again to change it");
        }
    }
    if needs_health_check(&old) && needs_health_check(&new) {
        let port = |spec: &At<'_, '_>| spec.get("healthCheckNodePort").int().filter(|port| *port != 0);
        // What is not given is kept, and what was not given was chosen by the server.
        if let (Some(before), Some(after)) = (port(&old), port(&new))
            && before != after
        {
            errors.immutable(&new.get("healthCheckNodePort"), "field is immutable");
        }
    }
}

/// The addresses of a Service as far as a manifest names them; none when the server chooses.
fn addresses_of(spec: &At<'_, '_>) -> Vec<String> {
    let plural = spec.get("clusterIPs");
    if plural.is_empty() {
        let singular = spec.get("clusterIP");
        return singular
            .as_str()
            .filter(|address| !address.is_empty())
            .map(str::to_owned)
            .into_iter()
            .collect();
    }
    plural.items().map(|address| address.str().to_owned()).collect()
}

/// `validateUpgradeDowngradeClusterIPs`, `validateUpgradeDowngradeIPFamilies` and the update part of
/// `initIPFamilyFields`.
fn addresses(old: &At<'_, '_>, new: &At<'_, '_>, errors: &mut Errors<'_>) {
    let (before, after) = (addresses_of(old), addresses_of(new));
    let (plural, singular) = (new.get("clusterIPs"), new.get("clusterIP"));
    let at = if plural.is_empty() { &singular } else { &plural };
    let is_none = |addresses: &[String]| addresses == ["None"];
    let (was_headless, is_headless) = (
        is_none(&before),
        is_none(&after) || after.is_empty() && is_none(&before),
    );
    // What is not given is kept.
    if !(after.is_empty() || was_headless && is_headless) {
        let is_changed = match (before.first(), after.first()) {
            (Some(before), Some(after)) => before != after,
            // The server has chosen an address, whatever it is.
            (None, Some(after)) => after == "None",
            _ => false,
        };
        let is_second_changed = before.len() > 1 && after.len() > 1 && before.get(1) != after.get(1);
        if is_changed || is_second_changed {
            errors
                .immutable(at, SET_ONCE)
                .help("delete the Service and create it again to change it");
        }
    }
    let policy_at = new.get("ipFamilyPolicy");
    let old_policy = old.get("ipFamilyPolicy");
    let policy = policy_at.str_or(old_policy.str());
    let families = |spec: &At<'_, '_>| -> Vec<String> {
        spec.get("ipFamilies")
            .items()
            .map(|family| family.str().to_owned())
            .collect()
    };
    let (families_before, families_after) = (families(old), families(new));
    if policy != "SingleStack" {
        if !after.is_empty() && after.len() < before.len() {
            errors.invalid(
                &policy_at,
                "must be 'SingleStack' to release the secondary cluster IP",
            );
        }
        if !families_after.is_empty() && families_after.len() < families_before.len() {
            errors.invalid(
                &policy_at,
                "must be 'SingleStack' to release the secondary IP family",
            );
        }
    }
    if was_headless || is_headless {
        return;
    }
    let is_changed = families_before
        .iter()
        .zip(&families_after)
        .any(|(before, after)| before != after);
    if is_changed {
        errors
            .immutable(&new.get("ipFamilies"), SET_ONCE)
            .help("only a second family may be added or removed; delete the Service and create it again to change the first");
    }
}
