//! One `swagger.json` into the model.

use std::collections::BTreeMap;

use anyhow::{Context, bail};
use serde_json::Value;

use super::enums::Enums;
use super::facts::{Fact, Facts};
use super::format::{flag, list, scope, tag};
use super::model::FieldShape;
use super::model::{Gvk, KindShape, ListShape, Model, Type};

/// Longest documentation text that is kept, in bytes.
const MAX_DOC: usize = 240;

const SCHEMA_PROPS: &str = "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps";

pub(crate) fn read(
    swagger: &[u8],
    enums: &Enums,
    facts: &Facts,
    bit: u32,
    model: &mut Model,
) -> anyhow::Result<()> {
    let document: Value = serde_json::from_slice(swagger)?;
    let definitions = document["definitions"].as_object().context("no definitions")?;
    let mut kinds_of: BTreeMap<Gvk, &str> = BTreeMap::new();
    for (name, schema) in definitions {
        if special(name).is_some() {
            continue;
        }
        for gvk in schema["x-kubernetes-group-version-kind"]
            .as_array()
            .into_iter()
            .flatten()
        {
            kinds_of.insert(gvk_of(gvk), name);
        }
        let short = short_name(name);
        let def = model.defs.entry(name.clone()).or_default();
        def.present |= bit;
        def.doc = first_sentence(&schema["description"]);
        let required: Vec<&str> = schema["required"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        for (field, property) in schema["properties"].as_object().into_iter().flatten() {
            let values = enums
                .get(&(short.clone(), field.clone()))
                .filter(|_| !facts.has(name, field, Fact::AnyWord));
            let ty = type_of(property, values).with_context(|| format!("{name}.{field}"))?;
            let description = property["description"].as_str().unwrap_or_default();
            let mut flags = 0;
            if description.starts_with("Deprecated")
                || description.contains("Deprecated:")
                || description.contains("DEPRECATED")
            {
                flags |= flag::DEPRECATED;
            }
            for (fact, bit) in [
                (Fact::MayBeMissing, flag::NOT_ENFORCED),
                (Fact::NotEmpty, flag::NOT_EMPTY),
            ] {
                if facts.has(name, field, fact) {
                    flags |= bit;
                }
            }
            let shape = FieldShape {
                name: field.clone(),
                list: list_shape(property),
                ty,
            };
            let entry = def.fields.entry(shape).or_default();
            entry.present |= bit;
            entry.flags = flags;
            entry.required |= if required.contains(&&**field) { bit } else { 0 };
            entry.doc = first_sentence(&property["description"]);
        }
    }
    let resources = resources(&document);
    for (gvk, def) in kinds_of {
        let (plural, scope) = resources
            .get(&gvk)
            .cloned()
            .unwrap_or((String::new(), scope::NONE));
        *model
            .kinds
            .entry((
                gvk,
                KindShape {
                    def: def.to_owned(),
                    plural,
                    scope,
                },
            ))
            .or_default() |= bit;
    }
    Ok(())
}

/// Plural name and scope of every kind that has a path to create objects at.
fn resources(document: &Value) -> BTreeMap<Gvk, (String, u8)> {
    let mut found = BTreeMap::new();
    for (path, operations) in document["paths"].as_object().into_iter().flatten() {
        // A collection's path ends with the plural name; what lies below `{name}` is a subresource.
        if path.contains("{name}") || operations["post"]["x-kubernetes-action"] != "post" {
            continue;
        }
        let gvk = gvk_of(&operations["post"]["x-kubernetes-group-version-kind"]);
        let plural = path.rsplit('/').next().unwrap_or_default().to_owned();
        let scope = if path.contains("/namespaces/{namespace}/") {
            scope::NAMESPACED
        } else {
            scope::CLUSTER
        };
        found.insert(gvk, (plural, scope));
    }
    found
}

fn gvk_of(value: &Value) -> Gvk {
    let text = |key: &str| value[key].as_str().unwrap_or_default().to_owned();
    (text("group"), text("version"), text("kind"))
}

/// `io.k8s.api.core.v1.PodSpec` to `core.v1.PodSpec`.
fn short_name(name: &str) -> String {
    let parts: Vec<&str> = name.rsplitn(4, '.').collect();
    match parts[..] {
        [ty, version, group, ..] => format!("{group}.{version}.{ty}"),
        _ => name.to_owned(),
    }
}

/// Definitions whose Go type decodes itself: the document says less about them than the code does.
fn special(name: &str) -> Option<Type> {
    let schema = |tag| Type::Def(tag, SCHEMA_PROPS.to_owned());
    let tail = name.strip_prefix("io.k8s.")?;
    Some(match tail {
        "apimachinery.pkg.api.resource.Quantity" => Type::Simple(tag::QUANTITY),
        "apimachinery.pkg.apis.meta.v1.Time" => Type::Simple(tag::TIME),
        "apimachinery.pkg.apis.meta.v1.MicroTime" => Type::Simple(tag::MICRO_TIME),
        "apimachinery.pkg.util.intstr.IntOrString" => Type::Simple(tag::INT_OR_STRING),
        "apimachinery.pkg.runtime.RawExtension"
        | "apimachinery.pkg.apis.meta.v1.FieldsV1"
        | "apimachinery.pkg.apis.meta.v1.Patch"
        | "apiextensions-apiserver.pkg.apis.apiextensions.v1.JSON" => Type::Simple(tag::ANY),
        "apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrBool" => {
            schema(tag::SCHEMA_OR_BOOL)
        }
        "apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrArray" => {
            schema(tag::SCHEMA_OR_LIST)
        }
        "apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrStringArray" => {
            schema(tag::SCHEMA_OR_STRINGS)
        }
        _ => return None,
    })
}

fn type_of(schema: &Value, values: Option<&Vec<String>>) -> anyhow::Result<Type> {
    if let Some(reference) = schema["$ref"].as_str() {
        let name = reference
            .strip_prefix("#/definitions/")
            .context("a reference out of the document")?;
        return Ok(special(name).unwrap_or_else(|| Type::Def(tag::OBJECT, name.to_owned())));
    }
    Ok(match (schema["type"].as_str(), schema["format"].as_str()) {
        (Some("string"), None) => match values {
            Some(values) => {
                let mut values = values.clone();
                values.sort();
                values.dedup();
                Type::Enum(values)
            }
            None => Type::Simple(tag::STRING),
        },
        (Some("string"), Some("byte")) => Type::Simple(tag::BYTES),
        (Some("string"), Some("date-time")) => Type::Simple(tag::TIME),
        (Some("boolean"), None) => Type::Simple(tag::BOOL),
        (Some("integer"), Some("int32")) => Type::Simple(tag::INT32),
        (Some("integer"), Some("int64") | None) => Type::Simple(tag::INT64),
        (Some("number"), _) => Type::Simple(tag::DOUBLE),
        (Some("array"), None) => Type::List(Box::new(type_of(&schema["items"], values)?)),
        (Some("object"), None) if schema["additionalProperties"].is_object() => {
            Type::Map(Box::new(type_of(&schema["additionalProperties"], values)?))
        }
        (Some("object"), None) => Type::Simple(tag::ANY),
        (ty, format) => bail!("type {ty:?} with format {format:?} is new"),
    })
}

fn list_shape(schema: &Value) -> Option<ListShape> {
    if schema["type"] != "array" {
        return None;
    }
    let kind = match schema["x-kubernetes-list-type"].as_str() {
        Some("atomic") => list::ATOMIC,
        Some("set") => list::SET,
        Some("map") => list::MAP,
        _ => list::PLAIN,
    };
    let keys: Vec<String> = schema["x-kubernetes-list-map-keys"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|key| key.as_str().map(str::to_owned))
        .collect();
    let merge_key = schema["x-kubernetes-patch-merge-key"].as_str().map(str::to_owned);
    (kind != list::PLAIN || merge_key.is_some()).then_some(ListShape {
        kind,
        keys,
        merge_key,
    })
}

fn first_sentence(description: &Value) -> String {
    let text = description.as_str().unwrap_or_default();
    let paragraph = text
        .split('\n')
        .map(str::trim)
        .find(|line| !line.is_empty())
        .unwrap_or_default();
    let mut end = paragraph.len();
    for (at, _) in paragraph.match_indices(". ") {
        let before = &paragraph[..at];
        if !(before.ends_with("e.g") || before.ends_with("i.e") || before.ends_with("etc")) {
            end = at + 1;
            break;
        }
    }
    let sentence = &paragraph[..end];
    if sentence.len() <= MAX_DOC {
        return sentence.to_owned();
    }
    let mut cut = MAX_DOC;
    while !sentence.is_char_boundary(cut) {
        cut -= 1;
    }
    let cut = sentence[..cut].rfind(' ').unwrap_or(cut);
    format!("{}…", &sentence[..cut])
}
