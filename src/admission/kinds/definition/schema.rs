//! Schemas of versions: `validateCustomResourceDefinitionValidation` and `ValidateCustomResourceDefinitionOpenAPISchema`.

use super::{defaults, rules, structural};
use crate::admission::at::At;
use crate::admission::errors::Errors;

/// Most schemas of one version that are looked at; aliases can make a small file large.
pub(super) const MAX_SCHEMAS: usize = 200_000;

const TYPES: [&str; 6] = ["array", "boolean", "integer", "number", "object", "string"];

/// What `metadata`, `kind` and `apiVersion` of an object are, which a definition may hardly restrict.
pub(super) const META_FIELDS: [&str; 3] = ["metadata", "kind", "apiVersion"];

/// Fields that the root may not have when `status` is a part of its own, in the order the server looks for them.
const NOT_AT_ROOT: &[&str] = &[
    "id",
    "$schema",
    "$ref",
    "nullable",
    "default",
    "maxProperties",
    "minProperties",
    "enum",
    "allOf",
    "oneOf",
    "anyOf",
    "not",
    "additionalProperties",
    "patternProperties",
    "dependencies",
    "additionalItems",
    "definitions",
    "x-kubernetes-embedded-resource",
    "x-kubernetes-int-or-string",
    "x-kubernetes-list-map-keys",
    "x-kubernetes-list-type",
    "x-kubernetes-map-type",
];

const ONLY_AT_ROOT: &str = "only [Description Type Format Title Maximum ExclusiveMaximum Minimum ExclusiveMinimum MaxLength MinLength Pattern MaxItems MinItems UniqueItems MultipleOf Required Items Properties ExternalDocs Example XPreserveUnknownFields XValidations] fields are allowed at the root of the schema if the status subresource is enabled";

/// What is known of the place of a schema.
#[derive(Debug, Clone, Copy)]
struct Place {
    is_root: bool,
    /// Inside `metadata`, `kind` or `apiVersion` of an object.
    is_inside_meta: bool,
    /// Why there may be no default here.
    no_defaults: Option<&'static str>,
}

/// What was seen on the way.
#[derive(Debug, Default)]
struct Seen {
    schemas: usize,
    /// Whether something is unsupported altogether: the server looks no further into the structure then.
    has_unsupported: bool,
}

/// Checks the schema of one version.
pub(super) fn check(schema: &At<'_, '_>, has_status: bool, errors: &mut Errors<'_>) {
    if has_status {
        root_beside_status(schema, errors);
    }
    if schema.get("nullable").is_true() {
        errors.forbidden(&schema.get("nullable"), "nullable cannot be true at the root");
    }
    let before = errors.len();
    let place = Place {
        is_root: true,
        is_inside_meta: false,
        no_defaults: None,
    };
    let mut seen = Seen::default();
    open_api(schema, place, &mut seen, errors);
    if !seen.has_unsupported {
        structural::check(schema, errors);
    }
    // The server holds defaults only against schemas it can use.
    if errors.len() == before {
        defaults::check(schema, errors);
    }
    if errors.len() == before {
        rules::check(schema, errors);
    }
    let unknown = schema.get("$schema");
    if errors.len() == before && !unknown.is_empty() {
        errors.invalid(&unknown, "OpenAPIV3Schema 'schema' is not supported");
    }
}

fn root_beside_status(schema: &At<'_, '_>, errors: &mut Errors<'_>) {
    let kind = schema.get("type");
    if !kind.is_empty() && kind.str() != "object" {
        errors.invalid(
            &kind,
            "only \"object\" is allowed as the type at the root of the schema if the status subresource is enabled",
        );
    }
    let found = NOT_AT_ROOT.iter().find(|field| {
        let at = schema.get(field);
        at.is_given() && at.bool() != Some(false) && at.as_str() != Some("")
    });
    if let Some(field) = found {
        errors.invalid(&schema.get(field), ONLY_AT_ROOT);
    }
}

/// The name of a property at the root, for a sentence about its default.
fn root_reason(property: &str) -> &'static str {
    match property {
        "metadata" => "must not be set in top-level metadata",
        "kind" => "must not be set in top-level kind",
        _ => "must not be set in top-level apiVersion",
    }
}

fn open_api(schema: &At<'_, '_>, place: Place, seen: &mut Seen, errors: &mut Errors<'_>) {
    seen.schemas += 1;
    if seen.schemas > MAX_SCHEMAS {
        return;
    }
    keywords(schema, place, seen, errors);
    let is_root = place.is_root;
    let below = Place {
        is_root: false,
        ..place
    };
    let properties = schema.get("properties");
    let additional = schema.get("additionalProperties");
    if additional.is_given() {
        if !properties.is_empty() && additional.bool() != Some(true) {
            errors
                .forbidden(
                    &additional,
                    "additionalProperties and properties are mutual exclusive",
                )
                .help("name the fields by `properties`, or say what all values of a map are by `additionalProperties`");
        }
        if additional.bool().is_none() {
            let reason = "must not be set inside additionalProperties applying to object metadata";
            let place = Place {
                no_defaults: if place.is_inside_meta {
                    Some(reason)
                } else {
                    place.no_defaults
                },
                ..below
            };
            open_api(&additional, place, seen, errors);
        }
    }
    let is_embedded = schema.get("x-kubernetes-embedded-resource").is_true();
    for (name, property) in properties.entries() {
        let mut place = Place {
            is_root: false,
            ..place
        };
        if META_FIELDS.contains(&name) {
            place.is_inside_meta |= is_root || is_embedded;
            if is_root {
                place.no_defaults = Some(root_reason(name));
            }
        }
        open_api(&property, place, seen, errors);
    }
    let not = schema.get("not");
    if not.is_given() {
        open_api(&not, below, seen, errors);
    }
    for list in ["allOf", "oneOf", "anyOf"] {
        for part in schema.get(list).items() {
            open_api(&part, below, seen, errors);
        }
    }
    let items = schema.get("items");
    if items.node().is_some_and(|node| node.is_mapping()) {
        open_api(&items, below, seen, errors);
    }
    lists_and_maps(schema, errors);
    for rule in schema.get("x-kubernetes-validations").items() {
        validation(&rule, errors);
    }
}

/// `specStandardValidatorV3.validate`, and words that are unsupported everywhere.
fn keywords(schema: &At<'_, '_>, place: Place, seen: &mut Seen, errors: &mut Errors<'_>) {
    let kind = schema.get("type");
    if !kind.is_empty() && !TYPES.contains(&kind.str()) {
        errors.unsupported(&kind, &TYPES);
    }
    if kind.str() == "null" {
        errors.forbidden(
            &kind,
            "type cannot be set to null, use nullable as an alternative",
        );
    }
    let default = schema.get("default");
    if let Some(reason) = place.no_defaults
        && default.is_given()
    {
        errors.forbidden(&default, reason);
    }
    let before = errors.len();
    let id = schema.get("id");
    if !id.is_empty() {
        errors.forbidden(&id, "id is not supported");
    }
    for field in ["additionalItems", "dependencies", "$ref"] {
        let at = schema.get(field);
        if at.is_given() {
            errors.forbidden(&at, format!("{field} is not supported"));
        }
    }
    for field in ["patternProperties", "definitions"] {
        let at = schema.get(field);
        if !at.is_empty() {
            errors.forbidden(&at, format!("{field} is not supported"));
        }
    }
    let items = schema.get("items");
    if items.node().is_some_and(|node| node.is_sequence()) && !items.is_empty() {
        errors.forbidden(&items, "items must be a schema object and not an array");
    }
    let preserve = schema.get("x-kubernetes-preserve-unknown-fields");
    if preserve.bool() == Some(false) {
        errors
            .invalid(&preserve, "must be true or undefined")
            .help("remove it");
    }
    seen.has_unsupported |= errors.len() > before;
    let embedded = schema.get("x-kubernetes-embedded-resource");
    if place.is_inside_meta && embedded.is_true() {
        errors.forbidden(&embedded, "must not be used inside of resource meta");
    }
    let unique = schema.get("uniqueItems");
    if unique.is_true() {
        errors
            .forbidden(
                &unique,
                "uniqueItems cannot be set to true since the runtime complexity becomes quadratic",
            )
            .help("use `x-kubernetes-list-type: set`");
    }
}

/// `x-kubernetes-map-type`, `x-kubernetes-list-type` and `x-kubernetes-list-map-keys`.
fn lists_and_maps(schema: &At<'_, '_>, errors: &mut Errors<'_>) {
    let kind = schema.get("type");
    let needs = |wanted: &str, what: &str, errors: &mut Errors<'_>| {
        if kind.is_empty() {
            errors.required(&kind, what);
        } else if kind.str() != wanted {
            errors.invalid(&kind, what);
        }
    };
    let map_type = schema.get("x-kubernetes-map-type");
    if map_type.is_given() {
        needs(
            "object",
            "must be object if x-kubernetes-map-type is specified",
            errors,
        );
        if !matches!(map_type.str(), "atomic" | "granular") {
            errors.unsupported(&map_type, &["atomic", "granular"]);
        }
    }
    let list_type = schema.get("x-kubernetes-list-type");
    let keys = schema.get("x-kubernetes-list-map-keys");
    let items = schema.get("items");
    if list_type.is_given() {
        needs(
            "array",
            "must be array if x-kubernetes-list-type is specified",
            errors,
        );
        if !matches!(list_type.str(), "atomic" | "set" | "map") {
            errors.unsupported(&list_type, &["atomic", "set", "map"]);
        }
    }
    if kind.str() == "array" && list_type.str() == "set" {
        set_of_atoms(&items, errors);
    }
    if !keys.is_empty() {
        let what = "must be map if x-kubernetes-list-map-keys is non-empty";
        if !list_type.is_given() {
            errors.required(&list_type, what);
        } else if list_type.str() != "map" {
            errors.invalid(&list_type, what);
        }
    }
    if list_type.str() == "map" {
        list_map(&keys, &items, errors);
    }
    let nullable = items.get("nullable");
    if matches!(list_type.str(), "set" | "map") && nullable.is_true() {
        errors.forbidden(
            &nullable,
            format!(
                "cannot be nullable when x-kubernetes-list-type is {}",
                list_type.str()
            ),
        );
    }
}

/// The items of a set are compared as a whole.
fn set_of_atoms(items: &At<'_, '_>, errors: &mut Errors<'_>) {
    let field = match items.get("type").str() {
        "array" => "x-kubernetes-list-type",
        "object" => "x-kubernetes-map-type",
        _ => return,
    };
    let at = items.get(field);
    let is_atomic = match field {
        // What is not said is atomic for lists, and granular for maps.
        "x-kubernetes-list-type" => !at.is_given() || at.str() == "atomic",
        _ => at.str() == "atomic",
    };
    if !is_atomic {
        errors.invalid(
            &at,
            "must be atomic as item of a list with x-kubernetes-list-type=set",
        );
    }
}

/// A list whose items are told apart by some of their fields.
fn list_map(keys: &At<'_, '_>, items: &At<'_, '_>, errors: &mut Errors<'_>) {
    if keys.is_empty() {
        errors.required(keys, "must not be empty if x-kubernetes-list-type is map");
    }
    if !items.is_given() {
        errors.required(items, "must have a schema if x-kubernetes-list-type is map");
        return;
    }
    if items.node().is_some_and(|node| node.is_sequence()) {
        errors.invalid(
            items,
            "must only have a single schema if x-kubernetes-list-type is map",
        );
        return;
    }
    let kind = items.get("type");
    if kind.str() != "object" {
        errors.invalid(
            &kind,
            "must be object if parent array's x-kubernetes-list-type is map",
        );
    }
    let properties = items.get("properties");
    let required = items.get("required");
    let mut seen = std::collections::BTreeSet::new();
    for key in keys.items() {
        let name = key.str();
        if !seen.insert(name) {
            errors.invalid(&key, "must not contain duplicate entries");
        }
        let property = properties.get(name);
        if !property.is_given() {
            if kind.str() == "object" {
                errors.invalid(&key, "entries must all be names of item properties");
            }
            continue;
        }
        let key_type = property.get("type");
        if kind.str() == "object" && matches!(key_type.str(), "array" | "object") {
            errors.invalid(
                &key_type,
                "must be a scalar type if parent array's x-kubernetes-list-type is map",
            );
        }
        let default = property.get("default");
        if !default.is_given() && !required.items().any(|field| field.str() == name) {
            errors.required(
                &default,
                "this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property",
            );
        }
        let nullable = property.get("nullable");
        if nullable.is_true() {
            errors.forbidden(
                &nullable,
                "this property is in x-kubernetes-list-map-keys, so it cannot be nullable",
            );
        }
    }
}

/// The form of a rule in CEL; not whether it compiles.
fn validation(rule: &At<'_, '_>, errors: &mut Errors<'_>) {
    let (expression, message) = (rule.get("rule"), rule.get("message"));
    let has_lines = |text: &str| text.contains(['\n', '\r']);
    let (trimmed_rule, trimmed) = (expression.str().trim(), message.str().trim());
    if trimmed_rule.is_empty() {
        errors.required(&expression, "rule is not specified");
    } else if !message.is_empty() && trimmed.is_empty() {
        errors.invalid(&message, "must be non-empty if specified");
    } else if has_lines(trimmed) {
        errors.invalid(&message, "must not contain line breaks");
    } else if has_lines(trimmed_rule) && trimmed.is_empty() {
        errors.required(&message, "message must be specified if rule contains line breaks");
    }
    let message_expression = rule.get("messageExpression");
    if !message_expression.is_empty() && message_expression.str().trim().is_empty() {
        errors.required(
            &message_expression,
            "messageExpression must be non-empty if specified",
        );
    }
    let reason = rule.get("reason");
    let reasons = [
        "FieldValueDuplicate",
        "FieldValueForbidden",
        "FieldValueInvalid",
        "FieldValueRequired",
    ];
    if reason.is_given() && !reasons.contains(&reason.str()) {
        errors.unsupported(&reason, &reasons);
    }
    let path = rule.get("fieldPath");
    if !path.is_empty() && path.str().trim().is_empty() {
        errors.invalid(&path, "must be non-empty if specified");
    }
    if has_lines(path.str()) {
        errors.invalid(&path, "must not contain line breaks");
    }
}
