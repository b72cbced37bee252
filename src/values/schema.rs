//! `values.schema.json`: of the released chart and of every subchart, each over what that chart sees.
//!
//! Upstream: `ValidateAgainstSchema` of `pkg/chart/common/util/jsonschema.go`.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use foldhash::fast::RandomState;
use serde_json::{Number, Value};

use super::coalesce::GLOBAL;
use super::tree::{Datum, Item, TableId, Tree};
use super::{UnitId, Values};
use crate::chart::File;
use crate::finding::{Anchor, Finding, Group, RuleMeta, Severity, Stage};
use crate::manifest::{Route, Step};
use crate::schema::json::JsonSchema;
use crate::schema::plain;
use crate::source::{SourceKind, SourceMap, Span};

/// Values that the chart's schema refuses.
pub static VALUES_SCHEMA: RuleMeta = RuleMeta {
    name: "values-schema",
    group: Group::Chart,
    stage: Stage::Values,
    severity: Severity::Error,
    default: true,
    summary: "values that values.schema.json refuses",
    peers: &["helm-lint:values"],
    fix: None,
    page: include_str!("../../fixtures/rules/values-schema.md"),
};

/// The schemas that were read in a run: environments hold other values against the same ones.
#[derive(Debug, Default)]
pub struct ValueSchemas(Mutex<HashMap<Arc<[u8]>, Arc<ValueSchema>, RandomState>>);

#[derive(Debug)]
struct ValueSchema {
    schema: Value,
    /// Made when values are not plainly right; else why it cannot be used.
    compiled: OnceLock<Result<JsonSchema, String>>,
}

impl ValueSchemas {
    /// The schema in a file, read now or before. Errors are not kept: they are shown, and end the run.
    fn get(&self, file: &File, sources: &SourceMap) -> Result<Arc<ValueSchema>, Box<Finding>> {
        let known = self
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&file.bytes)
            .cloned();
        if let Some(known) = known {
            return Ok(known);
        }
        let schema = Arc::new(ValueSchema {
            schema: read(file, sources)?,
            compiled: OnceLock::new(),
        });
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert(Arc::clone(&file.bytes), Arc::clone(&schema));
        Ok(schema)
    }
}

/// Holds the values against the schemas of all charts of the release.
pub fn validate(values: &Values, schemas: &ValueSchemas, sources: &SourceMap) -> Vec<Finding> {
    let mut findings = Vec::new();
    let root = Some(values.tree.root());
    check(values, UnitId::ROOT, root, schemas, sources, &mut findings);
    findings
}

fn check(
    values: &Values,
    unit: UnitId,
    table: Option<TableId>,
    schemas: &ValueSchemas,
    sources: &SourceMap,
    findings: &mut Vec<Finding>,
) {
    let Some(table) = table else { return };
    let data = values.units.get(unit);
    if let Some(file) = &data.chart.schema {
        match schemas.get(file, sources) {
            Ok(schema) => check_one(values, unit, table, file, &schema, findings),
            Err(finding) => findings.push(*finding),
        }
    }
    for &child in &data.children {
        let name = &values.units.get(child).name;
        let table = values
            .tree
            .table(table)
            .get(name)
            .and_then(|item| item.datum.as_table());
        check(values, child, table, schemas, sources, findings);
    }
}

fn check_one(
    values: &Values,
    unit: UnitId,
    table: TableId,
    file: &File,
    schema: &ValueSchema,
    findings: &mut Vec<Finding>,
) {
    let instance = json_of_table(&values.tree, table);
    if plain::matches(&schema.schema, &instance) {
        return;
    }
    let compiled = schema
        .compiled
        .get_or_init(|| JsonSchema::compile(schema.schema.clone()));
    let mismatches = match compiled {
        Ok(compiled) => compiled.check(&instance, None),
        Err(why) => {
            findings.push(unusable(&schema.schema, why, file));
            return;
        }
    };
    let name = &values.units.get(unit).name;
    for mismatch in mismatches {
        let at = place(&values.tree, table, &mismatch.route)
            .map_or_else(|| fallback(values, unit, file), Anchor::Text);
        let message = format!(
            "the schema of the chart `{name}` refuses the values: {}",
            mismatch.message
        );
        let help = mismatch.help;
        let help = help.unwrap_or_else(|| "set a value that the schema allows".to_owned());
        findings.push(Finding::new(&VALUES_SCHEMA, at, message).help(help));
    }
}

/// Where to point when nothing of the values is there to point at.
fn fallback(values: &Values, unit: UnitId, file: &File) -> Anchor {
    match values.units.get(unit).chart.values_source {
        Some(source) => Anchor::Text(Span::new(source, 0, 0)),
        None => Anchor::File(file.path.clone()),
    }
}

fn refuse(message: String, at: Anchor) -> Box<Finding> {
    let finding = Finding::new(&VALUES_SCHEMA, at, message);
    Box::new(finding.help("repair the schema, or use --skip-schema-validation"))
}

/// The schema, as JSON.
fn read(file: &File, sources: &SourceMap) -> Result<Value, Box<Finding>> {
    let mut schema: Value = match serde_json::from_slice(&file.bytes) {
        Ok(schema) => schema,
        Err(error) => {
            let text = String::from_utf8_lossy(&file.bytes);
            let start: usize = text
                .split_inclusive('\n')
                .take(error.line().saturating_sub(1))
                .map(str::len)
                .sum();
            let offset =
                u32::try_from((start + error.column().saturating_sub(1)).min(text.len())).unwrap_or(u32::MAX);
            let source = sources.add(file.path.as_str(), text, SourceKind::File);
            let at = Anchor::Text(Span::new(source, offset, offset.saturating_add(1)));
            return Err(refuse(
                format!("the schema `{}` is not JSON: {error}", file.path),
                at,
            ));
        }
    };
    // The name of the newest draft, whatever it is; the compiler knows only drafts with a number.
    let is_newest = schema
        .get("$schema")
        .and_then(Value::as_str)
        .is_some_and(|draft| {
            let draft = draft
                .trim_end_matches('#')
                .trim_start_matches("https://")
                .trim_start_matches("http://");
            draft == "json-schema.org/schema"
        });
    if is_newest && let Some(schema) = schema.as_object_mut() {
        schema.remove("$schema");
    }
    Ok(schema)
}

fn unusable(schema: &Value, why: &str, file: &File) -> Finding {
    // A relative reference below an `$id` of the network is one to the network, too.
    let is_remote = has_remote_reference(schema, 0) || why.contains("Resource 'http");
    let at = Anchor::File(file.path.clone());
    let finding = *refuse(format!("the schema `{}` cannot be used: {why}", file.path), at);
    // Helm fetches such references; here nothing is fetched, and the values pass unchecked.
    if is_remote {
        finding.severity(Severity::Warning)
    } else {
        finding
    }
}

fn has_remote_reference(schema: &Value, depth: usize) -> bool {
    if depth > 100 {
        return false;
    }
    match schema {
        Value::Object(entries) => entries.iter().any(|(key, value)| match value {
            Value::String(target) if key == "$ref" => {
                target.starts_with("http://") || target.starts_with("https://")
            }
            value => has_remote_reference(value, depth + 1),
        }),
        Value::Array(items) => items.iter().any(|item| has_remote_reference(item, depth + 1)),
        _ => false,
    }
}

/// Where the value at a route was written; where the deepest one above it was, when it is not there itself.
fn place(tree: &Tree, table: TableId, route: &Route) -> Option<Span> {
    let mut here = Datum::Table(table);
    let mut found = None;
    for step in route.steps() {
        let item: Option<&Item> = match (step, &here) {
            (Step::Key(key), Datum::Table(table)) => tree.table(*table).get(&**key),
            (Step::Index(index), Datum::List(list)) => tree.list(*list).get(*index as usize),
            _ => None,
        };
        let Some(item) = item else { break };
        found = match item.datum {
            Datum::Table(_) | Datum::List(_) => item.origin.key.or(item.origin.value).or(found),
            _ => item.origin.span().or(found),
        };
        here = item.datum.clone();
    }
    // `global` of a subchart is its parent's, and no place of its own.
    found.filter(|_| route.steps().first() != Some(&Step::Key(GLOBAL.into())) || route.steps().len() > 1)
}

pub(super) fn json_of_table(tree: &Tree, table: TableId) -> Value {
    Value::Object(
        tree.table(table)
            .iter()
            .map(|(key, item)| (key.to_string(), json_of(tree, item)))
            .collect(),
    )
}

/// A value as JSON.
pub fn json_of(tree: &Tree, item: &Item) -> Value {
    match &item.datum {
        Datum::Null => Value::Null,
        Datum::Bool(value) => Value::Bool(*value),
        Datum::Int(value) => Value::Number((*value).into()),
        Datum::Float(value) => number(*value),
        Datum::Str(text) => Value::String(text.to_string()),
        Datum::Bytes(bytes) => Value::String(plimsoll_yaml::json::to_valid_utf8(bytes)),
        Datum::List(list) => Value::Array(tree.list(*list).iter().map(|item| json_of(tree, item)).collect()),
        Datum::Table(table) => json_of_table(tree, *table),
    }
}

/// A float as JSON text has it: whole ones are integers there.
fn number(value: f64) -> Value {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if value.fract() == 0.0 && value.abs() <= EXACT {
        #[expect(clippy::cast_possible_truncation, reason = "whole, and below 2^53")]
        return Value::Number((value as i64).into());
    }
    Number::from_f64(value).map_or(Value::Null, Value::Number)
}
