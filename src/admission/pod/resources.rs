//! Resources of a whole pod: its claims of devices and its own requests and limits, `validatePodResourceClaims` and
//! `validatePodResources` of pkg/apis/core/validation.

use std::collections::{BTreeMap, BTreeSet};

use super::requirements::{self, amount};
use super::{Owner, annotations, invalid, named};
use crate::admission::at::At;
use crate::admission::errors::Errors;
use crate::admission::names;
use crate::admission::quantity::Quantity;

/// Amounts by the name of the resource.
type Amounts<'m> = BTreeMap<&'m str, Quantity>;

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
    for (name, sum) in &asked {
        let at = requests.get(name);
        match amount(&at) {
            Some(of_pod) if *sum > of_pod => {
                errors
                    .invalid(
                        &at,
                        "must be greater than or equal to aggregate container requests",
                    )
                    .help("raise it to the sum of what the containers ask for, or lower theirs");
            }
            Some(_) => {}
            // What the pod does not ask for itself is what its containers ask for (`DefaultPodLevelResources`).
            None if owner == Owner::Pod && (matches!(*name, "cpu" | "memory")) => {
                let limit = limits.get(name);
                if amount(&limit).is_some_and(|limit| *sum > limit) {
                    errors
                        .invalid(
                            &limit,
                            format!("must be at least the {name} that the containers request together"),
                        )
                        .help("raise the limit of the pod or lower the requests of the containers");
                }
            }
            None => {}
        }
    }
    for (name, sum) in &total(spec, owner, "limits") {
        let at = limits.get(name);
        if name.starts_with("hugepages-") && amount(&at).is_some_and(|of_pod| *sum > of_pod) {
            errors.invalid(&at, "must be greater than or equal to aggregate container limits");
        }
    }
    for container in spec.get("containers").items() {
        let resources = container.get("resources");
        for (name, at) in resources.get("limits").entries() {
            let of_pod = limits.get(name);
            if let (Some(own), Some(most)) = (amount(&at), amount(&of_pod))
                && own > most
            {
                errors.invalid(
                    &at,
                    format!("must be less than or equal to pod limits of {}", of_pod.str()),
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
        let mut amounts: Amounts<'m> = BTreeMap::new();
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

fn read<'m>(list: &At<'m, '_>) -> Vec<(&'m str, Quantity)> {
    list.entries()
        .filter_map(|(name, at)| Some((name, amount(&at)?)))
        .collect()
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
