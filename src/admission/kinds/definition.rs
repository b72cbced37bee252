//! CustomResourceDefinitions: `pkg/apis/apiextensions/validation/validation.go` of k8s.io/apiextensions-apiserver.
//!
//! What is left out: what CEL rules cost.

use std::collections::BTreeSet;

use super::KindRules;
use crate::admission::at::At;
use crate::admission::errors::Errors;
use crate::admission::names;

mod conversion;
mod defaults;
mod names_of_kind;
mod printing;
mod rules;
mod schema;
mod structural;

pub(super) static KINDS: &[KindRules] = &[KindRules {
    group: "apiextensions.k8s.io",
    kind: "CustomResourceDefinition",
    name: names::subdomain_name,
    create,
    update,
}];

/// `ValidateCustomResourceDefinition`, of the form that v1 has.
fn create(root: &At<'_, '_>, errors: &mut Errors<'_>) {
    if root.get("apiVersion").str() != "apiextensions.k8s.io/v1" {
        return;
    }
    let (metadata, spec) = (root.get("metadata"), root.get("spec"));
    names_of_kind::check(&metadata, &spec, errors);
    let scope = spec.get("scope");
    if scope.is_empty() {
        errors.required(&scope, "").help("say `Namespaced` or `Cluster`");
    } else if !matches!(scope.str(), "Cluster" | "Namespaced") {
        errors.unsupported(&scope, &["Cluster", "Namespaced"]);
    }
    versions(&spec.get("versions"), errors);
    let preserve = spec.get("preserveUnknownFields");
    if preserve.is_true() {
        errors.invalid(
            &preserve,
            "cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead",
        );
    }
    conversion::check(&spec.get("conversion"), errors);
}

fn versions(versions: &At<'_, '_>, errors: &mut Errors<'_>) {
    let mut seen = BTreeSet::new();
    let mut stored = 0;
    for version in versions.items() {
        let name = version.get("name");
        for what in names::dns1035_label(name.str()) {
            errors.invalid(&name, what);
        }
        if !seen.insert(name.str()) {
            errors.invalid(&name, "must contain unique version names");
        }
        stored += usize::from(version.get("storage").is_true());
        deprecation(&version, errors);
        let schema = version.get("schema");
        let open_api = schema.get("openAPIV3Schema");
        if open_api.is_given() {
            let subresources = version.get("subresources");
            schema::check(&open_api, subresources.get("status").is_given(), errors);
        } else {
            errors
                .required(&open_api, "")
                .help("describe the objects; `{type: object, x-kubernetes-preserve-unknown-fields: true}` takes all of them");
        }
        printing::check(&version, errors);
    }
    if stored != 1 {
        errors.invalid(
            versions,
            "must have exactly one version marked as storage version",
        );
    }
}

/// `validateDeprecationWarning`.
fn deprecation(version: &At<'_, '_>, errors: &mut Errors<'_>) {
    let warning = version.get("deprecationWarning");
    let Some(text) = warning.as_str() else {
        return;
    };
    if !version.get("deprecated").is_true() {
        errors.invalid(&warning, "can only be set for deprecated versions");
        return;
    }
    if text.len() > 256 {
        errors.invalid(&warning, "must be <= 256 characters long");
    }
    if text.is_empty() {
        errors.invalid(&warning, "must not be an empty string");
    }
    if let Some((index, _)) = text.char_indices().find(|(_, char)| char.is_control()) {
        errors.invalid(
            &warning,
            format!(
                "must only contain printable UTF-8 characters; non-printable character found at index {index}"
            ),
        );
    }
}

/// `ValidateCustomResourceDefinitionUpdate`: a definition that is in use keeps its scope, its kind, and the version that
/// objects are stored in. Group and plural are its name.
fn update(old: &At<'_, '_>, new: &At<'_, '_>, errors: &mut Errors<'_>) {
    let (old, new) = (old.get("spec"), new.get("spec"));
    let scope = new.get("scope");
    if old.get("scope").str() != scope.str() {
        errors
            .immutable(&scope, "field is immutable")
            .help("delete the definition, and with it all its objects, and create it again");
    }
    let (old_names, names) = (old.get("names"), new.get("names"));
    for field in ["kind", "plural"] {
        let at = names.get(field);
        if old_names.get(field).str() != at.str() {
            errors
                .immutable(&at, "field is immutable")
                .help("make a definition of the new kind beside this one");
        }
    }
    let versions = new.get("versions");
    let known: BTreeSet<&str> = versions
        .items()
        .map(|version| version.get("name").str())
        .collect();
    for version in old.get("versions").items() {
        let name = version.get("name").str();
        if version.get("storage").is_true() && !known.contains(name) {
            errors
                .invalid(
                    &versions,
                    format!("missing from spec.versions; {name} was previously a storage version, and must remain in spec.versions until a storage migration ensures no data remains persisted in {name} and removes {name} from status.storedVersions"),
                )
                .help("keep the version with `served: false`");
        }
    }
}
