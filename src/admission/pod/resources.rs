//! Resources of a whole pod: its claims of devices and its own requests and limits, `validatePodResourceClaims` and
//! `validatePodResources` of pkg/apis/core/validation.

use std::collections::BTreeSet;

use super::requirements::{self, Amounts, read};
use super::{Owner, annotations, invalid, named};
use crate::admission::at::At;
use crate::admission::errors::Errors;
use crate::admission::names;

/// `validatePodResourceClaims`.
pub(super) fn claims(claims: &At<'_, '_>, annotations: &At<'_, '_>, errors: &mut Errors<'_>) {
    if !claims.is_empty() && annotations.get(annotations::MIRROR).is_given() {
        errors.forbidden(claims, "static pods do not support resource claims");
        return;
    }
    let mut seen = BTreeSet::new();
    for claim in claims.items() {
        let name = claim.get("name");
        if seen.contains(name.str()) && !name.is_empty() {
            errors.duplicate(&name);
        } else {
            named(&name, names::dns1123_label, errors);
            seen.insert(name.str());
        }
        // Before 1.31 the two fields were in `source`.
        errors.minors(31.., |errors| {
            let (one, template) = (
                claim.get("resourceClaimName"),
                claim.get("resourceClaimTemplateName"),
            );
            if one.is_given() && template.is_given() {
                errors.invalid(
                    &claim,
                    "at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified",
                );
            }
            if !one.is_given() && !template.is_given() {
                errors.invalid(
                    &claim,
                    "must specify one of: `resourceClaimName`, `resourceClaimTemplateName`",
                );
            }
            for at in [one, template] {
                if at.is_given() {
                    invalid(&at, names::dns1123_subdomain(at.str()), errors);
                }
            }
        });
    }
}

/// `validatePodResources`: the pod's own requests and limits against those of its containers.
pub(super) fn pod_level(spec: &At<'_, '_>, owner: Owner, errors: &mut Errors<'_>) {
    let resources = spec.get("resources");
    if !resources.is_given() {
        return;
    }
    if spec.get("os").get("name").str() == "windows" {
        errors.forbidden(&resources, "may not be set for a windows pod");
        return;
    }
    let claims = resources.get("claims");
    if claims.is_given() {
        errors
            .forbidden(&claims, "claims may not be set for Resources at pod-level")
            .help("give the claims to the containers that use them");
    }
    let (requests, limits) = (resources.get("requests"), resources.get("limits"));
    let asked = total(spec, owner, "requests");
    requirements::pod(&resources, owner == Owner::Pod && has_plain(&asked), errors);
    let (own_requests, own_limits) = (read(&requests), read(&limits));
    for (name, sum) in &asked {
        if let Some(own) = own_requests.get(name) {
            if sum > own {
                errors
                    .invalid(
                        &requests.get(name),
                        "must be greater than or equal to aggregate container requests",
                    )
                    .help("raise it to the sum of what the containers ask for, or lower theirs");
            }
        } else if owner == Owner::Pod
            && matches!(*name, "cpu" | "memory")
            && own_limits.get(name).is_some_and(|most| sum > most)
        {
            // What the pod does not ask for itself is what its containers ask for (`DefaultPodLevelResources`).
            errors
                .invalid(
                    &limits.get(name),
                    format!("must be at least the {name} that the containers request together"),
                )
                .help("raise the limit of the pod or lower the requests of the containers");
        }
    }
    for (name, sum) in &total(spec, owner, "limits") {
        if name.starts_with("hugepages-") && own_limits.get(name).is_some_and(|own| sum > own) {
            errors.invalid(
                &limits.get(name),
                "must be greater than or equal to aggregate container limits",
            );
        }
    }
    for container in spec.get("containers").items() {
        let resources = container.get("resources");
        let limits_of_one = resources.get("limits");
        for (name, own) in read(&limits_of_one) {
            if own_limits.get(name).is_some_and(|most| own > *most) {
                errors.invalid(
                    &limits_of_one.get(name),
                    format!(
                        "must be less than or equal to pod limits of {}",
                        limits.get(name).str_or("0")
                    ),
                );
            }
        }
    }
}

fn has_plain(amounts: &Amounts<'_>) -> bool {
    ["cpu", "memory"].iter().any(|name| amounts.contains_key(name))
}

/// What the containers ask for together, or may use (`AggregateContainerRequests` of k8s.io/component-helpers): the sum
/// of those that run side by side, or more when an init container needs more before them.
fn total<'m>(spec: &At<'m, '_>, owner: Owner, which: &str) -> Amounts<'m> {
    let of = |container: &At<'m, '_>| -> Amounts<'m> {
        let resources = container.get("resources");
        let mut amounts = Amounts::new();
        // A Pod requests what it limits (`SetDefaults_Pod`).
        if which == "requests" && owner == Owner::Pod {
            amounts.extend(read(&resources.get("limits")));
        }
        amounts.extend(read(&resources.get(which)));
        amounts
    };
    let mut beside = Amounts::new();
    for container in spec.get("containers").items() {
        add(&mut beside, &of(&container));
    }
    let mut restarted = Amounts::new();
    let mut before = Amounts::new();
    for container in spec.get("initContainers").items() {
        let mut needed = of(&container);
        if container.get("restartPolicy").str() == "Always" {
            add(&mut beside, &needed);
            add(&mut restarted, &needed);
            needed = restarted.clone();
        } else {
            add(&mut needed, &restarted);
        }
        most(&mut before, &needed);
    }
    most(&mut beside, &before);
    beside
}

fn add<'m>(sum: &mut Amounts<'m>, more: &Amounts<'m>) {
    for (name, amount) in more {
        sum.entry(name)
            .and_modify(|sum| *sum = sum.plus(*amount))
            .or_insert(*amount);
    }
}

fn most<'m>(largest: &mut Amounts<'m>, others: &Amounts<'m>) {
    for (name, amount) in others {
        largest
            .entry(name)
            .and_modify(|largest| *largest = (*largest).max(*amount))
            .or_insert(*amount);
    }
}
