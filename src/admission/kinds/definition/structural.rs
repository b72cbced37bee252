//! Structural schemas: `ValidateStructural` of k8s.io/apiextensions-apiserver/pkg/apiserver/schema. The types of all values are
//! told outside `allOf`, `anyOf`, `oneOf` and `not`, which only restrict values further.

use plimsoll_gostd::regexp::Regexp;

use super::schema::{MAX_SCHEMAS, META_FIELDS};
use crate::admission::at::At;
use crate::admission::errors::Errors;

/// Where a schema is: the words for what it must have depend on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Level {
    Root,
    Item,
    Field,
}

/// Fields of a schema inside a condition that would say more than a condition.
const FORBIDDEN_IN_CONDITIONS: &[(&str, &str)] = &[
    ("type", "must be empty to be structural"),
    ("additionalProperties", "must be undefined to be structural"),
    ("default", "must be undefined to be structural"),
    ("title", "must be empty to be structural"),
    ("description", "must be empty to be structural"),
    ("nullable", "must be false to be structural"),
    (
        "x-kubernetes-preserve-unknown-fields",
        "must be false to be structural",
    ),
    ("x-kubernetes-embedded-resource", "must be false to be structural"),
    ("x-kubernetes-int-or-string", "must be false to be structural"),
    ("x-kubernetes-list-map-keys", "must be empty to be structural"),
    ("x-kubernetes-list-type", "must be undefined to be structural"),
    ("x-kubernetes-map-type", "must be undefined to be structural"),
    ("x-kubernetes-validations", "must be empty to be structural"),
];

/// Checks the schema of one version.
pub(super) fn check(schema: &At<'_, '_>, errors: &mut Errors<'_>) {
    let mut count = 0;
    structure(schema, Level::Root, &mut count, errors);
    conditions_are_complete(schema, schema, &mut count, errors);
}

fn is_mapping(at: &At<'_, '_>) -> bool {
    at.node().is_some_and(|node| node.is_mapping())
}

/// `validateStructuralInvariants`.
fn structure(schema: &At<'_, '_>, level: Level, count: &mut usize, errors: &mut Errors<'_>) {
    *count += 1;
    if *count > MAX_SCHEMAS {
        return;
    }
    let (kind, items) = (schema.get("type"), schema.get("items"));
    if kind.str() == "array" && items.is_empty() && !is_mapping(&items) {
        errors
            .required(&items, "must be specified")
            .help("say what the items are");
    }
    if is_mapping(&items) {
        structure(&items, Level::Item, count, errors);
    }
    let properties = schema.get("properties");
    for (_, property) in properties.entries() {
        structure(&property, Level::Field, count, errors);
    }
    let is_true = |field: &str| schema.get(field).is_true();
    let is_embedded = is_true("x-kubernetes-embedded-resource");
    let preserves = is_true("x-kubernetes-preserve-unknown-fields");
    let is_int_or_string = is_true("x-kubernetes-int-or-string");
    let additional = schema.get("additionalProperties");
    if additional.is_given() {
        if level == Level::Root {
            errors.forbidden(&additional, "must not be used at the root");
        }
        if is_embedded {
            errors.forbidden(
                &additional,
                "must not be used if x-kubernetes-embedded-resource is set",
            );
        }
        if is_mapping(&additional) {
            structure(&additional, Level::Field, count, errors);
        }
    }
    if is_int_or_string && preserves {
        errors.invalid(
            &schema.get("x-kubernetes-preserve-unknown-fields"),
            "must be false if x-kubernetes-int-or-string is true",
        );
    }
    if is_int_or_string && is_embedded {
        errors.invalid(
            &schema.get("x-kubernetes-embedded-resource"),
            "must be false if x-kubernetes-int-or-string is true",
        );
    }
    let is_number_or_text = are_int_or_string(&schema.get("anyOf"));
    let first = schema.get("allOf");
    let is_first_exception = first
        .items()
        .next()
        .is_some_and(|first| are_int_or_string(&first.get("anyOf")));
    conditions(schema, is_number_or_text, is_first_exception, count, errors);
    if is_embedded && kind.str() != "object" {
        let what = "must be object if x-kubernetes-embedded-resource is true";
        if kind.is_empty() {
            errors.required(&kind, what);
        } else {
            errors.invalid(&kind, what);
        }
    } else if kind.is_empty() && !is_int_or_string && !preserves {
        let what = match level {
            Level::Root => "must not be empty at the root",
            Level::Item => "must not be empty for specified array items",
            Level::Field => "must not be empty for specified object fields",
        };
        errors
            .required(&kind, what)
            .help("say of which type the value is; every field has one");
    }
    if level == Level::Root && !kind.is_empty() && kind.str() != "object" {
        errors.invalid(&kind, "must be object at the root");
    }
    let has_meta = level == Level::Root || is_embedded;
    meta(&properties, has_meta, level, errors);
    if is_embedded && !preserves && properties.is_empty() {
        errors.required(
            &properties,
            "must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields",
        );
    }
}

/// What may be said of `kind`, `apiVersion` and `metadata`: hardly anything.
fn meta(properties: &At<'_, '_>, has_meta: bool, level: Level, errors: &mut Errors<'_>) {
    for (name, property) in properties.entries() {
        if !META_FIELDS.contains(&name) {
            continue;
        }
        let kind = property.get("type");
        if has_meta && name != "metadata" && kind.str() != "string" {
            errors.invalid(&kind, "must be string");
        }
        if name != "metadata" {
            continue;
        }
        if has_meta && kind.str() != "object" {
            errors.invalid(&kind, "must be object");
        }
        if level == Level::Root {
            let is_name = |name: &str| matches!(name, "name" | "generateName");
            let is_plain = property.entries().all(|(field, value)| match field {
                "type" | "default" => true,
                "properties" => value.entries().all(|(name, _)| is_name(name)),
                _ => value.is_empty() || value.bool() == Some(false),
            });
            if !is_plain {
                errors
                    .forbidden(
                        &property,
                        "must not specify anything other than name and generateName, but metadata is implicitly specified",
                    )
                    .help("write `metadata: {type: object}`");
            }
        }
    }
}

/// Whether conditions are the ones that `x-kubernetes-int-or-string` is written with: an integer, or a string.
fn are_int_or_string(alternatives: &At<'_, '_>) -> bool {
    let types: Vec<&str> = alternatives
        .items()
        .filter(|alternative| alternative.entries().count() == 1)
        .map(|alternative| alternative.get("type").str())
        .collect();
    alternatives.len() == 2 && types == ["integer", "string"]
}

/// `validateValueValidation`: conditions, and the pattern. `skips_any` and `skips_first`: its `anyOf`, or that of the first of
/// `allOf`, say that the value is an integer or a string.
fn conditions(
    schema: &At<'_, '_>,
    skips_any: bool,
    skips_first: bool,
    count: &mut usize,
    errors: &mut Errors<'_>,
) {
    if !skips_any {
        for part in schema.get("anyOf").items() {
            condition(&part, false, count, errors);
        }
    }
    for (index, part) in schema.get("allOf").items().enumerate() {
        condition(&part, skips_first && index == 0, count, errors);
    }
    for part in schema.get("oneOf").items() {
        condition(&part, false, count, errors);
    }
    let not = schema.get("not");
    if not.is_given() {
        condition(&not, false, count, errors);
    }
    let pattern = schema.get("pattern");
    if !pattern.is_empty()
        && let Err(error) = Regexp::new(pattern.str().as_bytes())
    {
        errors.invalid(
            &pattern,
            format!("must be a valid regular expression, but isn't: {error}"),
        );
    }
}

/// `validateNestedValueValidation`.
fn condition(schema: &At<'_, '_>, skips_any: bool, count: &mut usize, errors: &mut Errors<'_>) {
    *count += 1;
    if *count > MAX_SCHEMAS {
        return;
    }
    conditions(schema, skips_any, false, count, errors);
    let items = schema.get("items");
    if is_mapping(&items) {
        condition(&items, false, count, errors);
    }
    let properties = schema.get("properties");
    for (_, property) in properties.entries() {
        condition(&property, false, count, errors);
    }
    for (field, what) in FORBIDDEN_IN_CONDITIONS {
        let at = schema.get(field);
        let is_set = match *field {
            "default" | "x-kubernetes-list-type" | "x-kubernetes-map-type" => at.is_given(),
            "additionalProperties" => at.is_given() && at.bool() != Some(false),
            "x-kubernetes-validations" | "x-kubernetes-list-map-keys" => !at.is_empty(),
            "type" | "title" | "description" => !at.is_empty(),
            _ => at.is_true(),
        };
        if is_set {
            errors
                .forbidden(&at, what)
                .help("say it outside of `allOf`, `anyOf`, `oneOf` and `not`, at the field itself");
        }
    }
    let metadata = properties.entries().find(|(name, _)| *name == "metadata");
    if let Some((_, metadata)) = metadata {
        errors.forbidden(&metadata, "must not be specified in a nested context");
    }
}

/// `validateValueValidationCompleteness`: what a condition at the root speaks of is in the schema itself, too.
fn conditions_are_complete(
    conditions: &At<'_, '_>,
    schema: &At<'_, '_>,
    count: &mut usize,
    errors: &mut Errors<'_>,
) {
    *count += 1;
    if *count > MAX_SCHEMAS {
        return;
    }
    let not = conditions.get("not");
    if not.is_given() {
        condition_is_complete(&not, schema, count, errors);
    }
    for list in ["allOf", "anyOf", "oneOf"] {
        for part in conditions.get(list).items() {
            condition_is_complete(&part, schema, count, errors);
        }
    }
}

fn condition_is_complete(
    condition: &At<'_, '_>,
    schema: &At<'_, '_>,
    count: &mut usize,
    errors: &mut Errors<'_>,
) {
    conditions_are_complete(condition, schema, count, errors);
    let (items, of_schema) = (condition.get("items"), schema.get("items"));
    if is_mapping(&items) {
        if is_mapping(&of_schema) {
            condition_is_complete(&items, &of_schema, count, errors);
        } else {
            errors.required(&of_schema, format!("because it is defined in {}", items.route()));
        }
    }
    let known = schema.get("properties");
    for (name, property) in condition.get("properties").entries() {
        let found = known.entries().find(|(known, _)| *known == name);
        match found {
            Some((_, found)) => condition_is_complete(&property, &found, count, errors),
            None => {
                errors.required(
                    &known.get(name),
                    format!("because it is defined in {}", property.route()),
                );
            }
        }
    }
}
