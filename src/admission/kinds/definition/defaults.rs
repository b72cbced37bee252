//! Defaults in schemas: `ValidateDefaults` of k8s.io/apiextensions-apiserver/pkg/apiserver/schema/defaulting. A default must be
//! what its own schema takes.

use super::schema::{MAX_SCHEMAS, META_FIELDS};
use crate::admission::at::At;
use crate::admission::errors::Errors;
use crate::schema;

/// Checks the defaults of the schema of one version.
pub(super) fn check(root: &At<'_, '_>, errors: &mut Errors<'_>) {
    let default = root.get("default");
    if default.is_given() {
        // A whole object is one of a kind.
        for field in ["apiVersion", "kind"] {
            let at = default.get(field);
            if at.is_empty() {
                errors.required(&at, "");
            }
        }
    }
    below(root, true, &mut 0, errors);
}

fn below(at: &At<'_, '_>, is_root: bool, count: &mut usize, errors: &mut Errors<'_>) {
    *count += 1;
    if *count > MAX_SCHEMAS {
        return;
    }
    let default = at.get("default");
    if let (Some(schema), Some(value)) = (at.node(), default.node()) {
        for what in schema::wrong_default(schema, value) {
            errors
                .invalid(&default, what)
                .help("give a default that the schema of the field takes");
        }
    }
    let items = at.get("items");
    if items.is_given() {
        below(&items, false, count, errors);
    }
    let is_resource = is_root || at.get("x-kubernetes-embedded-resource").is_true();
    for (name, property) in at.get("properties").entries() {
        // The server fills these up to whole objects before it looks.
        if !(is_resource && META_FIELDS.contains(&name)) {
            below(&property, false, count, errors);
        }
    }
}
