//! Which checks each kind gets: a table an area, each kept in the file of its area.

use super::at::At;
use super::errors::Errors;
use super::names::NameRule;

mod config;
mod definition;
mod devices;
mod events;
mod network;
mod pods;
mod policy;
mod rbac;
mod storage;
mod workloads;

/// The server's strategy of one kind (`pkg/registry/*/strategy.go`).
pub(super) struct KindRules {
    /// API group; `""` is core.
    pub(super) group: &'static str,
    /// Kind; the rules hold for all versions of it.
    pub(super) kind: &'static str,
    /// What `metadata.name` must be.
    pub(super) name: NameRule,
    /// `Validate` of the strategy: the whole object at its creation, without `metadata`.
    pub(super) create: fn(&At<'_, '_>, &mut Errors<'_>),
    /// What `ValidateUpdate` adds: `(old, new, errors)`. The new object was checked by `create` already.
    pub(super) update: fn(&At<'_, '_>, &At<'_, '_>, &mut Errors<'_>),
}

/// For kinds with nothing to check.
pub(super) fn nothing(_: &At<'_, '_>, _: &mut Errors<'_>) {}

/// For kinds of which everything may change.
pub(super) fn anything(_: &At<'_, '_>, _: &At<'_, '_>, _: &mut Errors<'_>) {}

static AREAS: &[&[KindRules]] = &[
    pods::KINDS,
    workloads::KINDS,
    network::KINDS,
    config::KINDS,
    rbac::KINDS,
    definition::KINDS,
    devices::KINDS,
    events::KINDS,
    storage::KINDS,
    policy::KINDS,
];

/// The rules of a kind, if it is one of Kubernetes' own.
pub(super) fn find(group: &str, kind: &str) -> Option<&'static KindRules> {
    AREAS
        .iter()
        .flat_map(|area| area.iter())
        .find(|rules| rules.kind == kind && rules.group == group)
}
