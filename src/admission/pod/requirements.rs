//! Requests and limits: `validateResourceRequirements` and the names of resources, of pkg/apis/core/validation and
//! pkg/apis/core/helper.

use std::collections::{BTreeMap, BTreeSet};

use super::invalid;
use crate::admission::at::At;
use crate::admission::errors::Errors;
use crate::admission::quantity::Quantity;
use crate::admission::{names, resource_names};

/// Whose requirements they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Level {
    Container,
    Pod,
}

/// `ValidateContainerResourceRequirements`; `claims` are the names in the pod's `resourceClaims`.
pub(super) fn container(resources: &At<'_, '_>, claims: &BTreeSet<&str>, errors: &mut Errors<'_>) {
    check(resources, Level::Container, false, errors);
    claims_of(&resources.get("claims"), claims, errors);
}

/// `validatePodResourceRequirements`, without the claims, which pods do not have. `plain` says whether the containers
/// bring memory or processors of the ordinary kind.
pub(super) fn pod(resources: &At<'_, '_>, plain: bool, errors: &mut Errors<'_>) {
    check(resources, Level::Pod, plain, errors);
}

/// `validateOverhead`: amounts that are checked as the limits of a container.
pub(super) fn overhead(overhead: &At<'_, '_>, errors: &mut Errors<'_>) {
    amounts(overhead, Level::Container, errors);
    pages_alone(overhead, &[overhead], errors);
}

fn check(resources: &At<'_, '_>, level: Level, plain: bool, errors: &mut Errors<'_>) {
    let (limits, requests) = (resources.get("limits"), resources.get("requests"));
    amounts(&limits, level, errors);
    amounts(&requests, level, errors);
    let most = read(&limits);
    for (name, asked) in read(&requests) {
        let (request, limit) = (requests.get(name), limits.get(name));
        match most.get(name) {
            Some(most) if asked != *most && !resource_names::is_overcommit_allowed(name) => {
                errors.invalid(
                    &request,
                    format!("must be equal to {name} limit of {}", limit.str_or("0")),
                );
            }
            Some(most) if asked > *most => {
                errors
                    .invalid(
                        &request,
                        format!(
                            "must be less than or equal to {name} limit of {}",
                            limit.str_or("0")
                        ),
                    )
                    .help("raise the limit or lower the request");
            }
            None if !resource_names::is_overcommit_allowed(name) => {
                errors
                    .required(&limit, "Limit must be set for non overcommitable resources")
                    .help("give a limit that is equal to the request");
            }
            _ => {}
        }
    }
    if !plain {
        pages_alone(resources, &[&limits, &requests], errors);
    }
}

/// Amounts by the name of the resource.
pub(super) type Amounts<'m> = BTreeMap<&'m str, Quantity>;

/// The amounts of a list, as the server stores them: rounded up to thousandths, and 0 for null. What is no quantity the
/// schema stage reports.
pub(super) fn read<'m>(list: &At<'m, '_>) -> Amounts<'m> {
    list.entries()
        .filter_map(|(name, at)| {
            if at.is_given() {
                Some((name, Quantity::of(&at)?.to_millis()))
            } else {
                Some((name, Quantity::ZERO))
            }
        })
        .collect()
}

/// Names and amounts of a list of resources.
fn amounts(list: &At<'_, '_>, level: Level, errors: &mut Errors<'_>) {
    for (name, at) in list.entries() {
        let wrong = match level {
            Level::Container => resource_names::of_container(name),
            Level::Pod => pod_resource_name(name),
        };
        for what in wrong {
            errors.invalid_key(list, &at, name, what);
        }
        resource_names::amount(name, &at, errors);
        if let Some(amount) = Quantity::of(&at).map(Quantity::to_millis)
            && let Some(size) = name.strip_prefix("hugepages-")
        {
            let whole = Quantity::parse(size)
                .filter(|size| *size > Quantity::ZERO && size.is_whole())
                .is_some_and(|size| amount.value() % size.value() == 0);
            if !whole {
                errors.invalid(
                    &at,
                    format!("{} is not positive integer multiple of {name}", at.str()),
                );
            }
        }
    }
}

/// Large pages come with memory or processors of the ordinary kind.
fn pages_alone(holder: &At<'_, '_>, lists: &[&At<'_, '_>], errors: &mut Errors<'_>) {
    let has = |fits: fn(&str) -> bool| {
        lists
            .iter()
            .any(|list| list.entries().any(|(name, _)| fits(name)))
    };
    if has(resource_names::is_huge_pages) && !has(|name| matches!(name, "cpu" | "memory")) {
        errors.forbidden(holder, "HugePages require cpu or memory");
    }
}

/// `validatePodResourceName`.
fn pod_resource_name(name: &str) -> Vec<String> {
    let wrong = resource_names::any(name);
    if !wrong.is_empty() || matches!(name, "cpu" | "memory") || resource_names::is_huge_pages(name) {
        return wrong;
    }
    vec!["supported values: \"cpu\", \"hugepages-\", \"memory\"".to_owned()]
}

/// `validateResourceClaimNames`: each names one of the pod's claims, and no claim twice.
fn claims_of(claims: &At<'_, '_>, known: &BTreeSet<&str>, errors: &mut Errors<'_>) {
    let mut seen: BTreeSet<(&str, &str)> = BTreeSet::new();
    for claim in claims.items() {
        let (at, request) = (claim.get("name"), claim.get("request"));
        let name = at.str();
        if name.is_empty() {
            errors.required(&at, "");
            continue;
        }
        if seen.contains(&(name, "")) {
            errors.duplicate(&at);
        } else {
            if !request.is_empty() {
                invalid(&request, names::dns1123_label(request.str()), errors);
            }
            let whole_after_part = request.is_empty() && seen.iter().any(|(other, _)| *other == name);
            if whole_after_part || !seen.insert((name, request.str())) {
                errors.duplicate(&at);
            }
        }
        if !known.contains(name) {
            let list = known.iter().copied().collect::<Vec<_>>().join(", ");
            errors.not_found(&at).help(if known.is_empty() {
                "add the claim to `resourceClaims` of the pod, which is empty".to_owned()
            } else {
                format!("name one of the pod's `resourceClaims`: {list}")
            });
        }
    }
}
