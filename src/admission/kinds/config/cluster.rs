//! Namespaces and Nodes: `ValidateNamespace`, `ValidateNode` and `ValidateNodeUpdate` of
//! pkg/apis/core/validation/validation.go.

use std::collections::BTreeSet;

use crate::admission::at::At;
use crate::admission::errors::Errors;
use crate::admission::{ip, metadata, names, pod_security, resource_names};

pub(super) fn namespace(root: &At<'_, '_>, errors: &mut Errors<'_>) {
    let spec = root.get("spec");
    metadata::finalizers(&spec.get("finalizers"), true, errors);
    pod_security::check_labels(&root.get("metadata").get("labels"), errors);
}

pub(super) fn node(root: &At<'_, '_>, errors: &mut Errors<'_>) {
    let spec = root.get("spec");
    taints(&spec.get("taints"), errors);
    let status = root.get("status");
    for field in ["capacity", "allocatable"] {
        for (name, amount) in status.get(field).entries() {
            resource_names::amount(name, &amount, errors);
        }
    }
    let (singular, plural) = (spec.get("podCIDR"), spec.get("podCIDRs"));
    let mut cidrs: Vec<At<'_, '_>> = plural.items().collect();
    // The singular wins over plurals that start with another one.
    if !singular.is_empty() && cidrs.first().map(At::str) != Some(singular.str()) {
        cidrs = vec![singular];
    }
    for cidr in &cidrs {
        ip::legacy_cidr(cidr.str(), cidr, errors);
    }
    if cidrs.len() > 1 {
        let families: BTreeSet<bool> = cidrs
            .iter()
            .filter_map(|cidr| ip::parse_cidr(cidr.str()))
            .map(|cidr| cidr.is_ipv6())
            .collect();
        if families.len() < 2 || cidrs.len() > 2 {
            errors.invalid(&plural, "may specify no more than one CIDR for each IP family");
        }
    }
}

/// `validateNodeTaints`.
fn taints(taints: &At<'_, '_>, errors: &mut Errors<'_>) {
    let mut seen = BTreeSet::new();
    for taint in taints.items() {
        let (key, value, effect) = (taint.get("key"), taint.get("value"), taint.get("effect"));
        for what in names::qualified_name(key.str()) {
            errors.invalid(&key, what);
        }
        for what in names::label_value(value.str()) {
            errors.invalid(&value, what);
        }
        let effects = ["NoSchedule", "PreferNoSchedule", "NoExecute"];
        if effect.is_empty() {
            errors.required(&effect, "");
        } else if !effects.contains(&effect.str()) {
            errors.unsupported(&effect, &effects);
        }
        if !seen.insert((effect.str(), key.str())) {
            errors
                .duplicate(&taint)
                .help("taints must be unique by key and effect pair");
        }
    }
}

/// What the controllers of the cluster set once.
pub(super) fn node_update(old: &At<'_, '_>, new: &At<'_, '_>, errors: &mut Errors<'_>) {
    let (old, new) = (old.get("spec"), new.get("spec"));
    let before = old.get("providerID");
    let after = new.get("providerID");
    if !before.is_empty() && before.str() != after.str() {
        let what = if after.is_empty() {
            "field cannot be cleared once set"
        } else {
            "field cannot be modified once set"
        };
        errors.immutable(&after, what);
    }
    let cidrs = |spec: &At<'_, '_>| -> Vec<String> {
        let plural = spec.get("podCIDRs");
        let singular = spec.get("podCIDR");
        if plural.is_empty() {
            let given = singular.as_str().filter(|cidr| !cidr.is_empty());
            given.map(str::to_owned).into_iter().collect()
        } else {
            plural.items().map(|cidr| cidr.str().to_owned()).collect()
        }
    };
    let before = cidrs(&old);
    if !before.is_empty() && before != cidrs(&new) {
        errors.forbidden(
            &new.get("podCIDRs"),
            "node updates may not change podCIDR except from \"\" to valid",
        );
    }
}
