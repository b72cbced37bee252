//! What the three rules on missing requests share.

use super::unset_requests;
use crate::lint::prelude::*;

/// Whether a container, other than one that only prepares, asks for none of a resource and gets none by a LimitRange.
pub(super) fn is_unset(
    fleet: &Fleet<'_>,
    workload: &Workload<'_>,
    container: &Container<'_>,
    resource: &str,
) -> bool {
    // A limit without a request is the request too; requests of the whole pod serve its containers.
    let asks = |resources: Option<NodeRef<'_>>| {
        ["requests", "limits"].iter().any(|kind| {
            let amount = resources
                .and_then(|resources| resources.get(kind))
                .and_then(|kind| kind.get(resource));
            amount.is_some_and(|amount| !amount.is_null())
        })
    };
    container.role != Role::Init
        && !asks(container.get("resources"))
        && !asks(workload.get("resources"))
        && !fleet.has_default_request(workload.namespace, resource)
}

/// A container that requests none of one resource. That it requests nothing at all, another rule says of the workload.
pub(super) fn check(
    fleet: &Fleet<'_>,
    (resource, other): (&str, &str),
    example: &str,
    workload: &Workload<'_>,
    container: &Container<'_>,
    out: &mut Sink<'_>,
) {
    let is_said =
        || out.rules.runs(&unset_requests::RULE.meta) && is_unset(fleet, workload, container, other);
    if !is_unset(fleet, workload, container, resource) || is_said() {
        return;
    }
    let message = format!(
        "container `{}` of {} requests no {resource}",
        container.name(),
        workload.title()
    );
    let help = format!(
        "set `resources.requests.{resource}` to what it needs in normal use, such as `{example}`; the scheduler places pods by it"
    );
    out.missing(container.at("resources.requests"), message, help);
}
