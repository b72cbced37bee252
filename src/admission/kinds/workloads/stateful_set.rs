//! StatefulSet: `ValidateStatefulSet` of pkg/apis/apps/validation.

use super::{amount, template};
use crate::admission::at::At;
use crate::admission::equal::{self, Tree};
use crate::admission::errors::Errors;
use crate::admission::{claim, defaults, names, pod};

/// `ValidateStatefulSetSpec`.
pub(super) fn check(root: &At<'_, '_>, errors: &mut Errors<'_>) {
    let spec = root.get("spec");
    strategy(&spec.get("updateStrategy"), errors);
    let retention = spec.get("persistentVolumeClaimRetentionPolicy");
    for key in ["whenDeleted", "whenScaled"] {
        let policy = retention.get(key);
        if !matches!(policy.str_or("Retain"), "Retain" | "Delete") {
            errors.unsupported(&policy, &["Retain", "Delete"]);
        }
    }
    errors.not_negative(&spec.get("replicas"));
    errors.not_negative(&spec.get("minReadySeconds"));
    errors.not_negative(&spec.get("ordinals").get("start"));
    let service = spec.get("serviceName");
    errors.minors(33.., |errors| {
        if !service.is_empty() {
            for what in names::dns1123_label(service.str()) {
                errors.invalid(&service, what);
            }
        }
    });
    template::check_selector(&spec, "statefulset", errors);
    template::check_selected(&spec, errors);
    let template = spec.get("template");
    errors.minors(34.., |errors| {
        let claims = spec.get("volumeClaimTemplates");
        for claim in claims.items() {
            let (metadata, wanted) = (claim.get("metadata"), claim.get("spec"));
            claim::spec(&wanted, errors);
            claim::data_sources(&wanted, errors);
            // The pods have a volume of this name.
            let name = metadata.get("name");
            if name.is_empty() {
                errors.required(&name, "");
            } else {
                for what in names::dns1123_label(name.str()) {
                    errors.invalid(&name, what);
                }
            }
        }
        pod::template_with_claims(&template, &claims, errors);
    });
    template::endless(&template, "StatefulSet", errors);
}

/// `validateRollingUpdateStatefulSet`, and no bounds for another type.
fn strategy(strategy: &At<'_, '_>, errors: &mut Errors<'_>) {
    let rolling = strategy.get("rollingUpdate");
    let kind = strategy.get("type");
    match kind.str_or("RollingUpdate") {
        // In the schema, but behind a gate that is off.
        "Recreate" => {
            errors.invalid(&kind, "must be 'RollingUpdate' or 'OnDelete'");
        }
        "OnDelete" if rolling.is_given() => {
            errors.invalid(&rolling, "only allowed for updateStrategy 'RollingUpdate'");
        }
        "RollingUpdate" => {
            errors.not_negative(&rolling.get("partition"));
            let unavailable = rolling.get("maxUnavailable");
            // Off before: the server dropped the field.
            errors.minors(37.., |errors| {
                amount::not_negative(&unavailable, errors);
                if unavailable.is_given() && amount::value(&unavailable, 1) == 0 {
                    errors.invalid(&unavailable, "cannot be 0");
                }
                amount::not_more_than_all(&unavailable, errors);
            });
        }
        _ => {}
    }
}

/// `ValidateStatefulSetUpdate`: what makes the claims and the names of the pods may not change.
pub(super) fn check_update(old: &At<'_, '_>, new: &At<'_, '_>, errors: &mut Errors<'_>) {
    let (old, new) = (old.get("spec"), new.get("spec"));
    let mut changed = Vec::new();
    for (key, defaults) in [
        ("selector", None),
        ("volumeClaimTemplates", Some(claim_templates as fn(&mut Tree))),
        ("serviceName", None),
        ("podManagementPolicy", None),
    ] {
        let (before, after) = (old.get(key), new.get(key));
        let same = match (key, defaults) {
            (_, Some(defaults)) => equal::same_with(&before, &after, defaults),
            ("podManagementPolicy", None) => before.str_or("OrderedReady") == after.str_or("OrderedReady"),
            (_, None) => equal::same(&before, &after),
        };
        if !same {
            changed.push(key);
        }
    }
    for key in changed {
        errors.immutable(&new.get(key), "field is immutable").help(
            "delete the StatefulSet with `--cascade=orphan` and create it anew: its pods and claims stay",
        );
    }
}

/// What the server stores of `volumeClaimTemplates`: it sets the type of each itself.
fn claim_templates(templates: &mut Tree) {
    if let Tree::List(templates) = templates {
        for template in templates {
            for key in ["apiVersion", "kind", "status"] {
                template.set(key, None);
            }
            defaults::claim_spec(template.ensure("spec"));
        }
    }
}
