//! The walker's verdict and that of the crate `jsonschema` over the same definitions are the same.
//!
//! The bundle's definitions are expanded to JSON Schema documents by the rules of JSON Schema alone, so that an error of
//! the walk (a field skipped, a type mixed up, a required field lost) shows as a disagreement on some fixture or on one
//! of its mutations.

use serde_json::{Map, Value, json};

use super::{findings_of, read};
use crate::finding::Severity;
use crate::manifest::json::sent;
use crate::schema::bundle::{Bundle, DefId, Type, Versions};
use crate::schema::{SchemaStore, scalar};

fn or_null(schema: Value) -> Value {
    json!({"anyOf": [{"type": "null"}, schema]})
}

/// A type as JSON Schema; `depth` bounds recursive definitions, below which anything goes.
fn type_schema(
    bundle: &'static Bundle<'static>,
    ty: Type,
    versions: Versions,
    lenient: bool,
    depth: usize,
) -> Value {
    let object = |def| def_schema(bundle, def, versions, lenient, false, depth + 1);
    let inner = |ty| type_schema(bundle, ty, versions, lenient, depth);
    or_null(match ty {
        Type::Any => json!({}),
        Type::Bool => json!({"type": "boolean"}),
        Type::Int32 => json!({"type": "integer", "minimum": i32::MIN, "maximum": i32::MAX}),
        Type::Int64 => json!({"type": "integer", "minimum": i64::MIN, "maximum": i64::MAX}),
        Type::Double => json!({"type": "number"}),
        Type::String => json!({"type": "string"}),
        // Texts with a grammar of their own: the independent part is that they are texts.
        Type::Bytes => json!({"anyOf": [
            {"type": "string", "format": "test-base64"},
            {"type": "array", "items": {"anyOf": [{"type": "null"}, {"type": "integer", "minimum": 0, "maximum": 255}]}},
        ]}),
        Type::Time => json!({"type": "string", "format": "test-time"}),
        Type::MicroTime => json!({"type": "string", "format": "test-micro-time"}),
        Type::IntOrString => {
            json!({"anyOf": [{"type": "string"}, {"type": "integer", "minimum": i32::MIN, "maximum": i32::MAX}]})
        }
        Type::Quantity => {
            json!({"anyOf": [{"type": "number"}, {"type": "string", "format": "test-quantity"}]})
        }
        Type::Object(def) => object(def),
        Type::List(items) => match bundle.ty(items) {
            // An empty item is an object without fields.
            Type::Object(def) if requires(bundle, def, versions, lenient) => {
                json!({"type": "array", "items": object(def)})
            }
            items => json!({"type": "array", "items": inner(items)}),
        },
        Type::Map(values) => json!({"type": "object", "additionalProperties": inner(bundle.ty(values))}),
        Type::Enum(_) if lenient => json!({"type": "string"}),
        Type::Enum(values) => {
            let mut values: Vec<&str> = bundle.values(values).collect();
            values.push("");
            json!({"enum": values})
        }
        // Schemas inside schemas decode themselves; the fixtures' own are checked one level deep.
        Type::SchemaOrBool(_) => json!({"type": ["boolean", "object"]}),
        Type::SchemaOrList(_) => json!({"type": ["array", "object"]}),
        Type::SchemaOrStrings(_) => json!({"type": ["array", "object"]}),
    })
}

fn requires(bundle: &'static Bundle<'static>, def: DefId, versions: Versions, lenient: bool) -> bool {
    !lenient
        && bundle
            .def(def)
            .fields(versions)
            .any(|field| !field.required().and(versions).is_empty())
}

fn def_schema(
    bundle: &'static Bundle<'static>,
    def: DefId,
    versions: Versions,
    lenient: bool,
    is_root: bool,
    depth: usize,
) -> Value {
    if depth > 12 {
        return json!({});
    }
    let mut properties = Map::new();
    let mut required = Vec::new();
    for field in bundle.def(def).fields(versions) {
        let lenient = lenient || is_root && field.name() == "status";
        let mut schema = type_schema(bundle, field.ty(), versions, lenient, depth);
        if !lenient && !field.required().and(versions).is_empty() {
            required.push(field.name());
            schema = json!({"allOf": [schema, {"not": {"type": "null"}}]});
        }
        properties.insert(field.name().to_owned(), schema);
    }
    json!({"type": "object", "properties": properties, "additionalProperties": false, "required": required})
}

/// The object with one small change at a time: a key renamed, a value retyped, an entry removed.
fn mutations(root: &Value) -> Vec<Value> {
    fn places(value: &Value, pointer: &str, found: &mut Vec<String>) {
        found.push(pointer.to_owned());
        match value {
            Value::Object(fields) => {
                for (name, field) in fields {
                    places(
                        field,
                        &format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1")),
                        found,
                    );
                }
            }
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    places(item, &format!("{pointer}/{index}"), found);
                }
            }
            _ => {}
        }
    }
    let mut pointers = Vec::new();
    places(root, "", &mut pointers);
    let mut mutants = vec![root.clone()];
    for pointer in pointers.iter().filter(|pointer| pointer.len() > 1) {
        if matches!(&**pointer, "/apiVersion" | "/kind") {
            continue;
        }
        for replacement in [
            json!("text"),
            json!(7),
            json!(true),
            json!(null),
            json!([]),
            json!({}),
            json!(1.5),
        ] {
            let mut mutant = root.clone();
            if let Some(place) = mutant.pointer_mut(pointer) {
                *place = replacement;
                mutants.push(mutant);
            }
        }
        if let Some((parent, name)) = pointer.rsplit_once('/') {
            let mut renamed = root.clone();
            if let Some(Value::Object(fields)) = renamed.pointer_mut(parent)
                && let Some(value) = fields.remove(name)
            {
                let mut removed = root.clone();
                if let Some(Value::Object(fields)) = removed.pointer_mut(parent) {
                    fields.remove(name);
                }
                mutants.push(removed);
                if let Some(Value::Object(fields)) = renamed.pointer_mut(parent) {
                    fields.insert(format!("{name}X"), value);
                }
                mutants.push(renamed);
            }
        }
    }
    mutants
}

#[test]
fn walker_agrees_with_json_schema() {
    let store = SchemaStore::default();
    let bundle = store.bundle;
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/schema");
    let mut compared = 0;
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .expect("the fixtures are there")
        .filter_map(|entry| Some(entry.ok()?.path()))
        .collect();
    files.sort();
    for path in files
        .iter()
        .filter(|path| path.extension().is_some_and(|extension| extension == "yaml"))
    {
        let text = std::fs::read_to_string(path).expect("a readable fixture");
        let (manifests, _) = read("fixture", &text);
        for manifest in &manifests {
            let id = &manifest.id;
            let Some(entry) = store.builtin(id.group(), id.version(), &id.kind) else {
                continue;
            };
            // Schemas inside definitions are decoded by code that no JSON Schema can say.
            if &*id.kind == "CustomResourceDefinition" {
                continue;
            }
            let schema = def_schema(bundle, entry.def, store.versions, false, true, 0);
            let instance = sent(manifest.node()).expect("fixtures convert");
            let compiled = Compiled::new(&schema);
            for mutant in mutations(&instance) {
                let yaml = mutant.to_string();
                let (objects, _) = read("mutant", &yaml);
                let accepts = !findings_of(&objects).iter().any(|finding| {
                    let of_the_walk = ["unknown-field", "schema-validation", "yaml-implicit-type"];
                    finding.severity == Severity::Error && of_the_walk.contains(&finding.rule.name)
                });
                assert_eq!(
                    accepts,
                    compiled.accepts(&mutant),
                    "{} in {}\n{yaml}",
                    id.kind,
                    path.display()
                );
                compared += 1;
            }
        }
    }
    assert!(compared > 2000, "only {compared} objects were compared");
}

struct Compiled(jsonschema::Validator);

impl Compiled {
    fn new(schema: &Value) -> Self {
        let validator = jsonschema::options()
            .with_format("test-base64", |text: &str| scalar::base64_error(text).is_none())
            .with_format("test-time", |text: &str| scalar::is_time(text, false))
            .with_format("test-micro-time", |text: &str| scalar::is_time(text, true))
            .with_format("test-quantity", scalar::is_quantity)
            .should_validate_formats(true)
            .build(schema);
        Self(validator.expect("the expansion is a valid schema"))
    }

    fn accepts(&self, instance: &Value) -> bool {
        self.0.is_valid(instance)
    }
}
