//! Objects against the schemas of their kinds: Kubernetes' own, and the CRDs found in the input.
//!
//! Kubernetes' own kinds are checked by a walker over a compact table ([`bundle`]) with the semantics of the API
//! server's strict decoder; custom kinds by JSON Schema. What no schema says (admission) is not here, nor are duplicate
//! keys, which the YAML stage reports.
//!
//! Invariant: findings come in the order of the manifests, whatever the number of threads.

pub mod bundle;
mod crd;
mod default_value;
mod explain;
#[allow(dead_code, reason = "the writer needs the rest")]
pub(crate) mod format;
pub mod json;
mod kind;
mod list_keys;
pub mod plain;
pub mod removed;
pub mod rules;
mod scalar;
pub mod show;
mod store;
pub mod stored;
mod strfmt;
mod structural;
mod suggest;
mod superseded;
mod validate;
mod versions;

#[cfg(test)]
mod tests;

use std::collections::HashMap;

use plimsoll_yaml::NodeRef;
use rayon::prelude::*;

use crate::finding::{Anchor, Finding, Part};
use crate::manifest::{Manifest, ManifestId, ManifestSet, Route, Step};

pub use bundle::{Bundle, KubernetesVersion};
pub use crd::CustomKind;
pub(crate) use default_value::wrong_default;
pub use rules::RULES;
pub use store::{SchemaStore, UnknownKinds, UnknownVersion};
pub(crate) use strfmt::has_format;
pub(crate) use structural::{Additional, Node, NodeId, Rule, Structural, Ty};

use bundle::{Scope, Versions};
use validate::Walker;

/// From how many objects on the work is shared between threads.
const PARALLEL: usize = 64;

/// Checks every object. CRDs of the input count only if they were given to the store
/// ([`SchemaStore::add_crds`]).
pub fn validate(manifests: &ManifestSet, store: &SchemaStore) -> Vec<Finding> {
    let mut findings: Vec<Finding> = if manifests.len() < PARALLEL {
        manifests
            .iter()
            .flat_map(|manifest| check(manifest, store, &["status"]))
            .collect()
    } else {
        let all: Vec<&Manifest> = manifests.iter().collect();
        all.into_par_iter()
            .flat_map_iter(|manifest| check(manifest, store, &["status"]))
            .collect()
    };
    duplicates(manifests, store, &mut findings);
    findings
}

/// Checks an object that changes a stored one. Of its `kept` fields the server takes the stored ones, so that they must
/// be readable, no more.
pub fn validate_change(
    manifest: &Manifest,
    store: &SchemaStore,
    kept: &'static [&'static str],
) -> Vec<Finding> {
    check(manifest, store, kept)
}

fn check(manifest: &Manifest, store: &SchemaStore, kept: &'static [&'static str]) -> Vec<Finding> {
    let mut findings = kind::missing(manifest, store);
    if !findings.is_empty() {
        return findings;
    }
    let id = &manifest.id;
    let (group, version) = (id.group(), id.version());
    if &*id.kind == "List" && &*id.api_version == "v1" {
        return findings;
    }
    let mut present = Versions::NONE;
    let mut is_builtin = false;
    for entry in store.bundle.kind(group, version, &id.kind) {
        is_builtin = true;
        present = present.or(entry.present);
    }
    let asked = if is_builtin {
        store.versions.and(present)
    } else {
        store.versions
    };
    let mut walker = Walker::new(store.bundle, asked, manifest.number, &id.kind).keeping(kept);
    let mut needs_name = true;
    let mut creatable = false;
    for entry in store.bundle.kind(group, version, &id.kind) {
        // Reviews answer a question and are never stored; lists hold objects that have names; the server names a
        // LimitRange itself.
        needs_name &= entry.scope != Scope::None
            && !id.kind.ends_with("Review")
            && !matches!(&*id.kind, "Binding" | "LimitRange");
        creatable |= entry.scope != Scope::None || id.kind.ends_with("List");
        let here = entry.present.and(store.versions);
        if !here.is_empty() {
            walker.root(manifest.node(), entry.def, here);
        }
    }
    if is_builtin {
        findings.extend(kind::not_everywhere(manifest, store, present));
        findings.extend(superseded::find(manifest, store, present));
        if !creatable {
            findings.push(kind::not_creatable(manifest));
        }
    } else if let Some(custom) = store.custom(group, version, &id.kind) {
        if !custom.served {
            findings.push(kind::not_served(manifest, store));
        }
        walker.metadata(manifest.node());
        let (mismatches, embedded) = custom.check(manifest);
        findings.extend(mismatches);
        for route in &embedded {
            walker.metadata_at(manifest.node(), route);
        }
    } else {
        findings.extend(kind::unknown(manifest, store));
        walker.metadata(manifest.node());
    }
    findings.append(&mut walker.finish());
    if needs_name && !findings.iter().any(is_unread_metadata) {
        findings.extend(missing_name(manifest));
    }
    findings
}

/// Whether a finding is a field without a meaning beside `metadata` or in it: it may be what was to be the name.
fn is_unread_metadata(finding: &Finding) -> bool {
    let Anchor::Route(_, route, Part::Key) = &finding.at else {
        return false;
    };
    let is_metadata = match route.steps() {
        [_] => true,
        [Step::Key(key), _] => &**key == "metadata",
        _ => false,
    };
    is_metadata && finding.rule == &rules::UNKNOWN_FIELD
}

fn missing_name(manifest: &Manifest) -> Option<Finding> {
    let metadata = manifest
        .node()
        .get("metadata")
        .filter(|metadata| !metadata.is_null());
    let is_given = |key: &str| {
        metadata
            .and_then(|metadata| metadata.get(key))
            .is_some_and(|name| !name.is_scalar() || !name.is_null() && !name.str().is_empty())
    };
    if metadata.is_some_and(|metadata| !metadata.is_mapping()) || is_given("name") || is_given("generateName")
    {
        return None;
    }
    let part = if metadata.is_some_and(|metadata| metadata.get("name").is_some()) {
        Part::Key
    } else {
        Part::Missing
    };
    let route = Route::root().then("metadata").then("name");
    let message = format!("this {} has no name", manifest.id.kind);
    // A name beside `metadata` is reported as misplaced; saying it twice helps nobody.
    if manifest.node().get("name").is_some() {
        return None;
    }
    Some(
        Finding::new(
            &rules::MISSING_NAME,
            Anchor::Route(manifest.number, route, part),
            message,
        )
        .help("add `name:` under `metadata:`"),
    )
}

/// Objects of the same group, kind, namespace and name: kubectl applies one over the other.
fn duplicates(manifests: &ManifestSet, store: &SchemaStore, findings: &mut Vec<Finding>) {
    let mut first: HashMap<(&str, &str, &str, &str), ManifestId> = HashMap::with_capacity(manifests.len());
    for manifest in manifests {
        let id = &manifest.id;
        let metadata = manifest.node().get("metadata");
        let Some(name) = metadata
            .and_then(|metadata| metadata.get("name"))
            .and_then(NodeRef::as_str)
        else {
            continue;
        };
        // Helm runs hooks one by one and may delete one before it makes the next.
        let annotations = metadata.and_then(|metadata| metadata.get("annotations"));
        let is_hook = annotations.is_some_and(|annotations| annotations.get("helm.sh/hook").is_some());
        if name.is_empty() || id.kind.is_empty() || is_hook {
            continue;
        }
        let namespace = id.namespace.as_deref().unwrap_or_default();
        let is_cluster = store.is_namespaced(id.group(), id.version(), &id.kind) == Some(false);
        let key = (
            id.group(),
            &*id.kind,
            if is_cluster { "" } else { namespace },
            name,
        );
        let earlier = match first.entry(key) {
            std::collections::hash_map::Entry::Vacant(place) => {
                place.insert(manifest.number);
                continue;
            }
            std::collections::hash_map::Entry::Occupied(place) => *place.get(),
        };
        let route = Route::root().then("metadata").then("name");
        findings.push(
            Finding::new(
                &rules::DUPLICATE_RESOURCE,
                Anchor::Route(manifest.number, route.clone(), Part::Value),
                format!("{id} is in this input twice: the last one wins"),
            )
            .help("rename one of them, put it into another namespace, or remove it")
            .related(Anchor::Route(earlier, route, Part::Value), "first here"),
        );
    }
}
