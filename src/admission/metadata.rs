//! `metadata`: `ValidateObjectMeta` and `ValidateObjectMetaUpdate` of k8s.io/apimachinery/pkg/api/validation and of
//! pkg/apis/core/validation. A missing name is reported by the schema stage.

use std::collections::BTreeSet;

use super::at::At;
use super::equal;
use super::errors::Errors;
use super::names::{self, NameRule};
use crate::manifest::ObjectId;
use crate::schema::Bundle;

/// The most that annotations may take together, keys and values, in bytes.
const ANNOTATIONS_MAX: usize = 256 * 1024;

/// The finalizers that need no domain (`IsStandardFinalizerName`).
const STANDARD_FINALIZERS: [&str; 3] = ["kubernetes", "orphan", "foregroundDeletion"];

/// Groups whose kinds are checked by apimachinery's `ValidateObjectMeta` alone: their finalizers need no domain.
const FREE_FINALIZERS: [&str; 6] = [
    "admissionregistration.k8s.io",
    "apiextensions.k8s.io",
    "apiregistration.k8s.io",
    "coordination.k8s.io",
    "node.k8s.io",
    "policy",
];

/// Checks the metadata of a new object whose name must follow `name`. Of objects that live in no namespace the server
/// clears it.
pub(super) fn check(
    id: &ObjectId,
    is_namespaced: bool,
    metadata: &At<'_, '_>,
    name: NameRule,
    errors: &mut Errors<'_>,
) {
    let given = metadata.get("generateName");
    if !given.is_empty() {
        for what in name(given.str(), true) {
            errors.invalid(&given, what);
        }
    }
    let given = metadata.get("name");
    if !given.is_empty() {
        for what in name(given.str(), false) {
            errors.invalid(&given, what);
        }
    }
    let namespace = metadata.get("namespace");
    // Reviews are answered before anything looks at where they are.
    if is_namespaced && !namespace.is_empty() && !id.kind.ends_with("Review") {
        for what in names::dns1123_label(namespace.str()) {
            errors.invalid(&namespace, what);
        }
    }
    labels(&metadata.get("labels"), errors);
    annotations(&metadata.get("annotations"), errors);
    owners(&metadata.get("ownerReferences"), errors);
    finalizers(
        &metadata.get("finalizers"),
        is_built_in(id) && !FREE_FINALIZERS.contains(&id.group()),
        errors,
    );
}

/// Whether the kind is one of Kubernetes' own, in any version.
pub(super) fn is_built_in(id: &ObjectId) -> bool {
    Bundle::embedded()
        .kind(id.group(), id.version(), &id.kind)
        .next()
        .is_some()
}

/// `ValidateLabels`: keys are qualified names, values are label values.
pub(super) fn labels(labels: &At<'_, '_>, errors: &mut Errors<'_>) {
    for (key, value) in labels.entries() {
        for what in names::qualified_name(key) {
            errors.invalid_key(labels, &value, key, what);
        }
        for what in names::label_value(value.str()) {
            let said = errors.invalid(&value, what);
            if value.str().contains('+') {
                said.help("replace `+` by `_`, as Helm charts do with the version of a chart");
            }
        }
    }
}

/// `ValidateAnnotations`: keys are qualified names once in lower case; all together are bounded.
pub(super) fn annotations(annotations: &At<'_, '_>, errors: &mut Errors<'_>) {
    let mut size = 0;
    for (key, value) in annotations.entries() {
        for what in names::qualified_name(&key.to_lowercase()) {
            errors.invalid_key(annotations, &value, key, what);
        }
        size += key.len() + value.str().len();
    }
    if size > ANNOTATIONS_MAX {
        errors
            .too_long(annotations, ANNOTATIONS_MAX)
            .help("keys and values of all annotations count together; put large texts into a ConfigMap");
    }
}

/// `ValidateOwnerReferences`. Fields that are missing are the schema stage's.
fn owners(owners: &At<'_, '_>, errors: &mut Errors<'_>) {
    let mut controller: Option<String> = None;
    let mut seen = Vec::new();
    for owner in owners.items() {
        // The server leaves out what is repeated before it validates (`dedupOwnerReferences`).
        let tree = equal::Tree::of(&owner, "");
        if seen.contains(&tree) {
            continue;
        }
        seen.push(tree);
        let version = owner.get("apiVersion");
        let (group, version_only) = match version.str().split_once('/') {
            Some((group, rest)) => (group, rest),
            None => ("", version.str()),
        };
        if !version.is_empty() && (version_only.is_empty() || version_only.contains('/')) {
            errors.invalid(&version, "must be <group>/<version> or <version>");
        }
        for key in ["apiVersion", "kind", "name", "uid"] {
            let field = owner.get(key);
            if field.is_given() && field.is_empty() {
                errors.required(&field, "must not be empty");
            }
        }
        if (group, version_only, owner.get("kind").str()) == ("", "v1", "Event") {
            errors.invalid(&owner, "/v1, Kind=Event is disallowed from being an owner");
        }
        if owner.get("controller").is_true() {
            let named = format!("{}/{}", owner.get("kind").str(), owner.get("name").str());
            match &controller {
                None => controller = Some(named),
                Some(first) => {
                    errors.invalid(
                        owners,
                        format!("Only one reference can have Controller set to true. Found \"true\" in references for {first} and {named}"),
                    );
                }
            }
        }
    }
}

/// `ValidateFinalizers`, and `validateKubeFinalizerName` when they must name a domain.
pub(super) fn finalizers(finalizers: &At<'_, '_>, domain: bool, errors: &mut Errors<'_>) {
    let (mut orphan, mut foreground) = (false, false);
    for finalizer in finalizers.items() {
        let name = finalizer.str();
        for what in names::qualified_name(name) {
            errors.invalid(&finalizer, what);
        }
        orphan |= name == "orphan";
        foreground |= name == "foregroundDeletion";
        if domain && !name.contains('/') && !STANDARD_FINALIZERS.contains(&name) {
            errors
                .invalid(
                    &finalizer,
                    "name is neither a standard finalizer name nor is it fully qualified",
                )
                .help("write it as `example.com/name`, with a domain of the controller that removes it");
        }
    }
    if orphan && foreground {
        errors.invalid(
            finalizers,
            "finalizer orphan and foregroundDeletion cannot be both set",
        );
    }
}

/// Checks how metadata may change. Name and namespace are the same for both: that is how they were paired.
///
/// What a manifest leaves out the server keeps (`BeforeUpdate` of k8s.io/apiserver/pkg/registry/rest).
pub(super) fn check_update(old: &At<'_, '_>, new: &At<'_, '_>, errors: &mut Errors<'_>) {
    let deleted = old.get("deletionTimestamp").is_given();
    if deleted {
        let finalizers = new.get("finalizers");
        let before = old.get("finalizers");
        let before: BTreeSet<&str> = before.items().map(|finalizer| finalizer.str()).collect();
        let mut added: Vec<_> = finalizers
            .items()
            .map(|finalizer| finalizer.str())
            .filter(|name| !before.contains(name))
            .collect();
        added.sort_unstable();
        if !added.is_empty() {
            errors.forbidden(
                &finalizers,
                format!(
                    "no new finalizers can be added if the object is being deleted, found new finalizers {}",
                    added.join(", ")
                ),
            );
        }
    } else if new.get("deletionTimestamp").is_given() {
        errors.immutable(&new.get("deletionTimestamp"), "field is immutable");
    }
    let (uid, before) = (new.get("uid"), old.get("uid"));
    if !uid.is_empty() && !before.is_empty() && uid.str() != before.str() {
        errors.immutable(&uid, "field is immutable");
    }
    let grace = new.get("deletionGracePeriodSeconds");
    if grace.is_given() && !equal::same(&old.get("deletionGracePeriodSeconds"), &grace) {
        errors.immutable(&grace, "field is immutable");
    }
}
