//! IPAddresses and ServiceCIDRs of networking.k8s.io: pkg/apis/networking/validation/validation.go.

use crate::admission::at::At;
use crate::admission::errors::Errors;
use crate::admission::{ip, names};

const IMMUTABLE: &str = "field is immutable";

/// `ValidateIPAddressName`: an IPAddress is named by its address.
pub(super) fn ip_address_name(name: &str, _is_prefix: bool) -> Vec<String> {
    ip::strict(name)
}

/// `ValidateIPAddress`.
pub(super) fn ip_address(root: &At<'_, '_>, errors: &mut Errors<'_>) {
    let spec = root.get("spec");
    let parent = spec.get("parentRef");
    if !parent.is_given() {
        errors.required(&parent, "");
        return;
    }
    let group = parent.get("group");
    if !group.is_empty() {
        for what in names::dns1123_subdomain(group.str()) {
            errors.invalid(&group, what);
        }
    }
    for (field, is_wanted) in [("resource", true), ("name", true), ("namespace", false)] {
        let at = parent.get(field);
        if at.is_empty() {
            if is_wanted {
                errors.required(&at, "");
            }
            continue;
        }
        for what in names::path_segment_name(at.str(), false) {
            errors.invalid(&at, what);
        }
    }
}

/// `parentRef` is set once.
pub(super) fn ip_address_update(old: &At<'_, '_>, new: &At<'_, '_>, errors: &mut Errors<'_>) {
    let (old, new) = (old.get("spec"), new.get("spec"));
    let (old, new) = (old.get("parentRef"), new.get("parentRef"));
    let fields = ["group", "resource", "namespace", "name"];
    if fields
        .iter()
        .any(|field| old.get(field).str() != new.get(field).str())
    {
        errors.immutable(&new, IMMUTABLE);
    }
}

/// `validateServiceCIDRSpec`.
pub(super) fn service_cidr(root: &At<'_, '_>, errors: &mut Errors<'_>) {
    let spec = root.get("spec");
    let cidrs = spec.get("cidrs");
    match cidrs.len() {
        0 => {
            errors.required(&cidrs, "at least one CIDR required");
            return;
        }
        1 | 2 => {}
        _ => {
            errors.invalid(&cidrs, "may only hold up to 2 values");
            return;
        }
    }
    let mut families = Vec::new();
    for cidr in cidrs.items() {
        for what in ip::strict_cidr(cidr.str()) {
            errors.invalid(&cidr, what);
        }
        families.extend(ip::parse_cidr(cidr.str()).map(|cidr| cidr.is_ipv6()));
    }
    if let [first, second] = families.as_slice()
        && first == second
    {
        errors.invalid(
            &cidrs,
            "may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64",
        );
    }
}

/// `ValidateServiceCIDRUpdate`: a second network may be added, nothing else changes.
pub(super) fn service_cidr_update(old: &At<'_, '_>, new: &At<'_, '_>, errors: &mut Errors<'_>) {
    let (old, new) = (old.get("spec"), new.get("spec"));
    let (old, new) = (old.get("cidrs"), new.get("cidrs"));
    if old.len() != new.len() && !(old.len() == 1 && new.len() == 2) {
        errors.immutable(&new, IMMUTABLE);
        return;
    }
    for (before, after) in old.items().zip(new.items()) {
        if before.str() != after.str() {
            errors.immutable(&after, IMMUTABLE);
        }
    }
}
