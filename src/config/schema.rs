//! The file as a JSON Schema, for editors: made of the same declarations that the reader checks against.

use serde_json::{Map, Value, json};

use super::read::rules::presets;
use super::shape::{self, FILE, Key, LEVELS, SEVERITIES, SEVERITY, Shape, Word};
use crate::catalog::Catalog;
use crate::finding::RuleMeta;
use crate::lint::Parameter;

/// Where the schema is published.
pub const ID: &str = "https://raw.githubusercontent.com/plimsoll-rs/plimsoll/main/schemas/config.schema.json";

/// What the name of an environment looks like.
const ENVIRONMENT: &str = "^[A-Za-z0-9]([-_.A-Za-z0-9]*[A-Za-z0-9])?$";

/// The JSON Schema of `plimsoll.yaml` and `.plimsoll.yaml`.
pub fn json_schema() -> Value {
    let mut schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": ID,
        "title": "plimsoll.yaml",
        "description": "What a project says of its rules: docs/configuration.md",
    });
    extend(&mut schema, mapping(FILE));
    let definitions = json!({
        "level": {
            "description": "Off, on, or on with another severity",
            "anyOf": [{"enum": LEVELS}, {"type": "boolean"}],
        },
        "severity": {"enum": SEVERITIES},
        "rules": rules(),
        "rule": {"anyOf": [{"enum": names()}, {"type": "string"}]},
    });
    extend(&mut schema, json!({"$defs": definitions}));
    schema
}

fn extend(schema: &mut Value, more: Value) {
    if let (Value::Object(schema), Value::Object(more)) = (schema, more) {
        schema.extend(more);
    }
}

fn mapping(parts: &'static [&'static [Key]]) -> Value {
    let mut properties = Map::new();
    for key in shape::all(parts) {
        let mut value = of(&key.shape);
        extend(&mut value, json!({"description": key.about}));
        properties.insert(key.name.to_owned(), value);
    }
    let required: Vec<_> = shape::all(parts)
        .filter(|key| key.is_required)
        .map(|key| key.name)
        .collect();
    let mut schema = json!({
        "type": "object",
        "properties": properties,
        "additionalProperties": false,
    });
    if !required.is_empty() {
        extend(&mut schema, json!({"required": required}));
    }
    schema
}

fn of(shape: &'static Shape) -> Value {
    match shape {
        Shape::Flag => json!({"type": "boolean"}),
        Shape::One(word) => of_word(*word),
        Shape::Many(word) => {
            let word = of_word(*word);
            json!({"anyOf": [word, {"type": "array", "items": word}]})
        }
        Shape::Rules => json!({"$ref": "#/$defs/rules"}),
        Shape::Labels => json!({"type": "object", "additionalProperties": of_word(Word::Pattern)}),
        Shape::Texts => json!({"type": "object", "additionalProperties": of_word(Word::Text)}),
        Shape::Named(parts) => {
            let names = of_word(Word::Environment);
            let mut said = mapping(parts);
            extend(&mut said, json!({"type": ["object", "null"]}));
            json!({"anyOf": [
                {"type": "object", "propertyNames": names, "additionalProperties": said},
                {"type": "array", "items": names},
            ]})
        }
        Shape::Mapping(parts) => mapping(parts),
        Shape::Entries(parts) => json!({"type": "array", "items": mapping(parts)}),
    }
}

fn of_word(word: Word) -> Value {
    match word {
        // A number or a truth value is read as the text it is written in.
        Word::Text | Word::Stencil | Word::Pattern | Word::Kubernetes => {
            json!({"type": ["string", "number", "boolean"]})
        }
        Word::Kind | Word::Files | Word::Path | Word::Field => json!({"type": "string"}),
        Word::Preset => json!({"enum": presets().collect::<Vec<_>>()}),
        Word::Rule => json!({"$ref": "#/$defs/rule"}),
        Word::Day => json!({"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}),
        Word::PodSecurity => {
            json!({"type": "string", "pattern": "^(privileged|baseline|restricted)(:(latest|v1\\.[0-9]+))?$"})
        }
        Word::NewRule => json!({"type": "string", "pattern": "^[a-z][a-z0-9-]*$"}),
        Word::Release => {
            json!({"type": "string", "maxLength": 53, "pattern": "^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$"})
        }
        Word::Environment => json!({"type": "string", "pattern": ENVIRONMENT}),
        Word::Count => json!({"type": "integer", "minimum": 1}),
        Word::OneOf(known) => json!({"enum": known}),
    }
}

/// Names of rules that are built in.
fn names() -> Vec<&'static str> {
    Catalog::default().all().iter().map(|rule| rule.name).collect()
}

/// What may stand below `rules`. Rules of a project's own are there too.
fn rules() -> Value {
    let catalog = Catalog::default();
    let all = catalog.all();
    let mut properties = Map::new();
    for rule in &all {
        let parameters = catalog.lint_rule(rule).map_or(&[][..], |rule| rule.parameters);
        properties.insert(rule.name.to_owned(), setting(rule.summary.to_owned(), parameters));
    }
    for RuleMeta { group, .. } in all {
        let about = format!("All rules of the group `{}`", group.as_str());
        properties
            .entry(group.as_str())
            .or_insert_with(|| setting(about, &[]));
    }
    json!({
        "type": "object",
        "properties": properties,
        "additionalProperties": setting("A rule of this project".to_owned(), &[]),
    })
}

fn setting(about: String, parameters: &[Parameter]) -> Value {
    let mut properties = Map::from_iter([(SEVERITY.to_owned(), json!({"$ref": "#/$defs/severity"}))]);
    for parameter in parameters {
        let mut value = match parameter {
            Parameter::Number(number) => {
                json!({"type": "integer", "minimum": number.least, "default": number.default})
            }
            Parameter::Words(words) => list(words.default),
            Parameter::Globs(globs) => list(globs.default),
            Parameter::Amount(amount) => match amount.default {
                Some(default) => json!({"type": ["string", "number"], "default": default}),
                None => json!({"type": ["string", "number"]}),
            },
        };
        extend(&mut value, json!({"description": parameter.about()}));
        properties.insert(parameter.name().to_owned(), value);
    }
    json!({
        "description": about,
        "anyOf": [
            {"$ref": "#/$defs/level"},
            {"type": "object", "properties": properties, "additionalProperties": false},
        ],
    })
}

fn list(default: &[&str]) -> Value {
    let word = of_word(Word::Text);
    json!({"anyOf": [word, {"type": "array", "items": word}], "default": default})
}
