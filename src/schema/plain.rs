//! Whether a value plainly matches a schema: an answer in microseconds for what most `values.schema.json` say.
//!
//! Compiling a schema with the crate `jsonschema` costs more than rendering most charts does, and nearly always to learn
//! that nothing is wrong. So the schema is first read by this evaluator, which knows the common keywords, and only when
//! it cannot say "valid" for certain is the schema compiled. It never says "invalid": words for that are in
//! [`super::json`].
//!
//! Invariant: [`matches()`] is true only if `jsonschema` compiles the schema and accepts the value (a property test).

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use plimsoll_gostd::regexp::Regexp;
use serde_json::{Map, Value};

/// Deepest nesting of schema and value that is followed.
const MAX_DEPTH: usize = 64;
/// Most schemas visited for one value: `$ref`s can multiply.
const MAX_VISITS: usize = 200_000;

/// Drafts in which the keywords known here mean the same. In later ones siblings of `$ref` count; that is looked at.
const DRAFTS: &[&str] = &[
    "http://json-schema.org/draft-06/schema",
    "http://json-schema.org/draft-07/schema",
    "https://json-schema.org/draft-07/schema",
    "https://json-schema.org/draft/2019-09/schema",
    "https://json-schema.org/draft/2020-12/schema",
];

/// Whether the value matches for certain.
pub fn matches(schema: &Value, instance: &Value) -> bool {
    let draft = schema.get("$schema").map(|draft| {
        let name = draft.as_str().unwrap_or_default();
        DRAFTS.contains(&name.strip_suffix('#').unwrap_or(name))
    });
    let mut patterns = HashMap::new();
    if draft == Some(false) || !is_plain(schema, schema, &mut patterns, 0) {
        return false;
    }
    let mut evaluator = Evaluator {
        root: schema,
        patterns,
        visits: 0,
    };
    evaluator.check(schema, instance, 0) == Some(true)
}

/// Whether a schema is made of nothing but what this file knows, each keyword with a value of its type.
fn is_plain<'s>(root: &'s Value, schema: &'s Value, patterns: &mut Patterns<'s>, depth: usize) -> bool {
    if depth > MAX_DEPTH {
        return false;
    }
    let schema = match schema {
        Value::Bool(_) => return true,
        Value::Object(schema) => schema,
        _ => return false,
    };
    let depth = depth + 1;
    let is_count = |value: &Value| value.as_u64().is_some();
    schema.iter().all(|(keyword, value)| match keyword.as_str() {
        "$schema" => depth == 1 && value.is_string(),
        "title" | "description" | "$comment" => value.is_string(),
        "default" => true,
        "examples" => value.is_array(),
        "deprecated" | "readOnly" | "writeOnly" | "uniqueItems" => value.is_boolean(),
        "type" => match value {
            Value::String(word) => is_type(word),
            Value::Array(words) => {
                let unique = words
                    .iter()
                    .enumerate()
                    .all(|(at, word)| !words[..at].contains(word));
                unique && !words.is_empty() && words.iter().all(|word| word.as_str().is_some_and(is_type))
            }
            _ => false,
        },
        "enum" => value.as_array().is_some_and(|words| {
            !words.is_empty()
                && words
                    .iter()
                    .enumerate()
                    .all(|(at, word)| !words[..at].contains(word))
        }),
        "const" => true,
        "required" => value.as_array().is_some_and(|names| {
            names
                .iter()
                .enumerate()
                .all(|(at, name)| name.is_string() && !names[..at].contains(name))
        }),
        "pattern" => value
            .as_str()
            .is_some_and(|pattern| match patterns.entry(pattern) {
                Entry::Occupied(_) => true,
                Entry::Vacant(entry) => Regexp::new(pattern.as_bytes())
                    .map(|regexp| entry.insert(regexp))
                    .is_ok(),
            }),
        "properties" | "definitions" | "$defs" => value.as_object().is_some_and(|schemas| {
            schemas
                .values()
                .all(|schema| is_plain(root, schema, patterns, depth))
        }),
        "additionalProperties" | "items" | "not" => is_plain(root, value, patterns, depth),
        "anyOf" | "allOf" | "oneOf" => value.as_array().is_some_and(|schemas| {
            !schemas.is_empty()
                && schemas
                    .iter()
                    .all(|schema| is_plain(root, schema, patterns, depth))
        }),
        "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum" => value.is_number(),
        "minLength" | "maxLength" | "minItems" | "maxItems" | "minProperties" | "maxProperties" => {
            is_count(value)
        }
        // Siblings of a reference count in some drafts only.
        "$ref" => {
            schema.len() == 1
                && value
                    .as_str()
                    .is_some_and(|target| definition(root, target).is_some())
        }
        "$id"
        | "$anchor"
        | "$dynamicRef"
        | "$dynamicAnchor"
        | "$recursiveRef"
        | "$recursiveAnchor"
        | "$vocabulary"
        | "id"
        | "if"
        | "then"
        | "else"
        | "patternProperties"
        | "format"
        | "contains"
        | "minContains"
        | "maxContains"
        | "multipleOf"
        | "dependencies"
        | "dependentRequired"
        | "dependentSchemas"
        | "prefixItems"
        | "additionalItems"
        | "propertyNames"
        | "unevaluatedItems"
        | "unevaluatedProperties"
        | "contentEncoding"
        | "contentMediaType"
        | "contentSchema"
        | "divisibleBy"
        | "extends"
        | "disallow" => false,
        // Not a keyword: ignored.
        _ => true,
    })
}

/// What a reference to one of the definitions at the root refers to: those are schemas for certain.
fn definition<'s>(root: &'s Value, target: &str) -> Option<&'s Value> {
    let pointer = target.strip_prefix('#')?;
    let name = pointer
        .strip_prefix("/definitions/")
        .or_else(|| pointer.strip_prefix("/$defs/"))?;
    if name.contains(['/', '~', '%']) {
        return None;
    }
    root.pointer(pointer)
}

fn is_type(word: &str) -> bool {
    matches!(
        word,
        "null" | "boolean" | "integer" | "number" | "string" | "array" | "object"
    )
}

/// The patterns of a schema, compiled: Helm's library reads them as Go's regular expressions.
type Patterns<'s> = HashMap<&'s str, Regexp>;

struct Evaluator<'s> {
    root: &'s Value,
    patterns: Patterns<'s>,
    visits: usize,
}

impl<'s> Evaluator<'s> {
    /// Whether the instance matches; none when that is not certain.
    fn check(&mut self, schema: &'s Value, instance: &Value, depth: usize) -> Option<bool> {
        self.visits += 1;
        if depth > MAX_DEPTH || self.visits > MAX_VISITS {
            return None;
        }
        let schema = match schema {
            Value::Bool(accepts) => return Some(*accepts),
            Value::Object(schema) => schema,
            _ => return None,
        };
        if let Some(target) = schema.get("$ref") {
            let target = definition(self.root, target.as_str()?)?;
            return self.check(target, instance, depth + 1);
        }
        let mut verdict = Some(true);
        for (keyword, value) in schema {
            match self.keyword(schema, keyword, value, instance, depth + 1) {
                Some(true) => {}
                Some(false) => return Some(false),
                None => verdict = None,
            }
        }
        verdict
    }

    fn all<'i>(&mut self, pairs: impl Iterator<Item = (&'s Value, &'i Value)>, depth: usize) -> Option<bool> {
        let mut verdict = Some(true);
        for (schema, instance) in pairs {
            match self.check(schema, instance, depth) {
                Some(true) => {}
                Some(false) => return Some(false),
                None => verdict = None,
            }
        }
        verdict
    }

    fn keyword(
        &mut self,
        schema: &'s Map<String, Value>,
        keyword: &str,
        value: &'s Value,
        instance: &Value,
        depth: usize,
    ) -> Option<bool> {
        let count = |len: usize| Some((len as u64, value.as_u64()?));
        match (keyword, instance) {
            ("type", _) => Some(match value {
                Value::String(word) => has_type(instance, word),
                Value::Array(words) => words
                    .iter()
                    .filter_map(Value::as_str)
                    .any(|word| has_type(instance, word)),
                _ => return None,
            }),
            ("enum", _) => {
                let words = value.as_array()?;
                // Numbers are equal across their spellings; leave that to the library.
                if words.contains(instance) {
                    Some(true)
                } else if instance.is_string() || instance.is_boolean() || instance.is_null() {
                    Some(false)
                } else {
                    None
                }
            }
            ("const", _) => (value == instance).then_some(true),
            ("required", Value::Object(entries)) => Some(
                value
                    .as_array()?
                    .iter()
                    .filter_map(Value::as_str)
                    .all(|name| entries.contains_key(name)),
            ),
            ("properties", Value::Object(entries)) => {
                let properties = value.as_object()?;
                let pairs = properties
                    .iter()
                    .filter_map(|(name, schema)| Some((schema, entries.get(name)?)));
                self.all(pairs, depth)
            }
            ("additionalProperties", Value::Object(entries)) => {
                let known = schema.get("properties").and_then(Value::as_object);
                let others = entries
                    .iter()
                    .filter(|(name, _)| !known.is_some_and(|known| known.contains_key(*name)));
                self.all(others.map(|(_, entry)| (value, entry)), depth)
            }
            ("items", Value::Array(items)) => self.all(items.iter().map(|item| (value, item)), depth),
            ("not", _) => self.check(value, instance, depth).map(|matches| !matches),
            ("allOf", _) => self.all(value.as_array()?.iter().map(|schema| (schema, instance)), depth),
            ("anyOf", _) => {
                let mut verdict = Some(false);
                for schema in value.as_array()? {
                    match self.check(schema, instance, depth) {
                        Some(true) => return Some(true),
                        Some(false) => {}
                        None => verdict = None,
                    }
                }
                verdict
            }
            ("oneOf", _) => {
                let mut matching = 0;
                for schema in value.as_array()? {
                    matching += usize::from(self.check(schema, instance, depth)?);
                }
                Some(matching == 1)
            }
            ("minimum", Value::Number(number)) => Some(number.as_f64()? >= value.as_f64()?),
            ("maximum", Value::Number(number)) => Some(number.as_f64()? <= value.as_f64()?),
            ("exclusiveMinimum", Value::Number(number)) => Some(number.as_f64()? > value.as_f64()?),
            ("exclusiveMaximum", Value::Number(number)) => Some(number.as_f64()? < value.as_f64()?),
            ("pattern", Value::String(text)) => {
                Some(self.patterns.get(value.as_str()?)?.is_match(text.as_bytes()))
            }
            ("minLength", Value::String(text)) => count(text.chars().count()).map(|(len, min)| len >= min),
            ("maxLength", Value::String(text)) => count(text.chars().count()).map(|(len, max)| len <= max),
            ("minItems", Value::Array(items)) => count(items.len()).map(|(len, min)| len >= min),
            ("maxItems", Value::Array(items)) => count(items.len()).map(|(len, max)| len <= max),
            ("minProperties", Value::Object(entries)) => count(entries.len()).map(|(len, min)| len >= min),
            ("maxProperties", Value::Object(entries)) => count(entries.len()).map(|(len, max)| len <= max),
            ("uniqueItems", Value::Array(items)) => {
                (value == &Value::Bool(false) || items.len() < 2).then_some(true)
            }
            _ => Some(true),
        }
    }
}

fn has_type(instance: &Value, word: &str) -> bool {
    match instance {
        Value::Null => word == "null",
        Value::Bool(_) => word == "boolean",
        Value::Number(number) => {
            word == "number"
                || word == "integer"
                    && (!number.is_f64() || number.as_f64().is_some_and(|n| n.fract() == 0.0))
        }
        Value::String(_) => word == "string",
        Value::Array(_) => word == "array",
        Value::Object(_) => word == "object",
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Map, Value, json};

    use super::matches;
    use crate::schema::json::JsonSchema;

    fn instances() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            (-3..4_i64).prop_map(Value::from),
            prop_oneof![Just(0.5), Just(2.0), Just(-1.5)].prop_map(Value::from),
            "[abé]{0,3}".prop_map(Value::from),
        ];
        leaf.prop_recursive(3, 12, 3, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
                prop::collection::vec(("[ab]", inner), 0..3)
                    .prop_map(|entries| Value::Object(entries.into_iter().collect::<Map<_, _>>())),
            ]
        })
    }

    fn schemas() -> impl Strategy<Value = Value> {
        let word = prop_oneof![
            Just("null"),
            Just("boolean"),
            Just("integer"),
            Just("number"),
            Just("string"),
            Just("array"),
            Just("object"),
            Just("nonsense"),
        ];
        let leaf = prop_oneof![
            any::<bool>().prop_map(Value::from),
            word.clone().prop_map(|word| json!({ "type": word })),
            prop::collection::vec(word, 0..3).prop_map(|words| json!({ "type": words })),
            prop::collection::vec(instances(), 0..3).prop_map(|words| json!({ "enum": words })),
            instances().prop_map(|value| json!({ "const": value })),
            prop::collection::vec("[ab]", 0..3).prop_map(|names| json!({ "required": names })),
            (-2..3_i64).prop_map(|n| json!({ "minimum": n, "maxLength": n, "maxItems": 1 })),
            (0..3_i64).prop_map(|n| json!({ "exclusiveMaximum": n, "minLength": n, "minProperties": n })),
            Just(json!({ "$ref": "#" })),
            Just(json!({ "$ref": "#/properties/a" })),
            Just(json!({ "$ref": "#/definitions/a" })),
            Just(json!({ "uniqueItems": true, "title": "x", "x-unknown": { "type": 3 } })),
            Just(json!({ "pattern": "^a+$" })),
        ];
        leaf.prop_recursive(3, 16, 3, |inner| {
            prop_oneof![
                prop::collection::vec(("[ab]", inner.clone()), 0..3).prop_map(|fields| {
                    json!({ "properties": fields.into_iter().collect::<Map<_, _>>() })
                }),
                (inner.clone(), inner.clone()).prop_map(
                    |(field, other)| json!({ "properties": { "a": field }, "additionalProperties": other })
                ),
                inner
                    .clone()
                    .prop_map(|items| json!({ "type": "array", "items": items })),
                (inner.clone(), inner.clone())
                    .prop_map(|(a, b)| json!({ "definitions": { "a": a }, "properties": { "b": b } })),
                prop::collection::vec(inner.clone(), 0..3).prop_map(|all| json!({ "anyOf": all })),
                prop::collection::vec(inner.clone(), 0..3).prop_map(|all| json!({ "oneOf": all })),
                prop::collection::vec(inner.clone(), 0..3).prop_map(|all| json!({ "allOf": all })),
                inner.prop_map(|not| json!({ "not": not })),
            ]
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4_000))]
        #[test]
        fn what_plainly_matches_is_what_the_library_accepts(schema in schemas(), instance in instances()) {
            if matches(&schema, &instance) {
                let compiled = JsonSchema::compile(schema.clone());
                prop_assert!(compiled.is_ok_and(|compiled| compiled.check(&instance, None).is_empty()));
            }
        }
    }

    #[test]
    fn the_schema_of_a_usual_chart_is_plain() {
        let schema = json!({
            "$schema": "http://json-schema.org/draft-07/schema#",
            "type": "object",
            "required": ["image"],
            "properties": {
                "image": { "$ref": "#/definitions/image" },
                "replicas": { "type": ["integer", "null"], "minimum": 0 },
            },
            "definitions": { "image": { "type": "object", "properties": { "tag": { "type": "string" } } } },
        });
        assert!(matches(
            &schema,
            &json!({ "image": { "tag": "1" }, "replicas": 2 })
        ));
        assert!(!matches(&schema, &json!({ "image": { "tag": 1 } })));
        assert!(!matches(&schema, &json!({})));
    }
}
