//! What the two `unset-…-requirements` rules share.

use crate::lint::prelude::*;

/// A container, other than one that only prepares, that asks for none of a resource and gets none by a LimitRange.
pub(super) fn check(
    rule: &'static RuleMeta,
    fleet: &Fleet<'_>,
    resource: &str,
    example: &str,
    workload: &Workload<'_>,
    container: &Container<'_>,
) -> Option<Finding> {
    if container.role == Role::Init {
        return None;
    }
    // A limit without a request is the request too; requests of the whole pod serve its containers.
    let asks = |resources: Option<NodeRef<'_>>| {
        ["requests", "limits"].iter().any(|kind| {
            let amount = resources
                .and_then(|resources| resources.get(kind))
                .and_then(|kind| kind.get(resource));
            amount.is_some_and(|amount| !amount.is_null())
        })
    };
    if asks(container.get("resources"))
        || asks(workload.get("resources"))
        || fleet.has_default_request(workload.namespace, resource)
    {
        return None;
    }
    let route = container.route.then("resources");
    let route = if workload.manifest.at(&route).is_some() {
        route
    } else {
        container.route.clone()
    };
    let message = format!(
        "container `{}` of {} requests no {resource}",
        container.name(),
        workload.title()
    );
    Some(Finding::new(rule, workload.at(route, Part::Missing), message).help(format!(
        "set `resources.requests.{resource}` to what it needs in normal use, such as `{example}`; the scheduler places pods by it"
    )))
}
