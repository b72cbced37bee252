//! The difference for machines: a contract. Its schema is `schemas/diff.schema.json`.

use std::io;

use serde::Serialize;
use serde_json::{Map, Value};

use super::forecast_json::WireForecast;
use super::json::WireObject;
use crate::diff::{Change, ChangeSet, FieldChange, FieldSide, Impact, Reason};

/// The version of the contract; it changes when a consumer would have to.
const VERSION: u32 = 1;

/// Writes all changes.
///
/// # Errors
/// When the output cannot be written.
pub fn write(changes: &ChangeSet, out: &mut dyn io::Write) -> io::Result<()> {
    let wire = WireReport {
        version: VERSION,
        changes: changes.changes.iter().map(WireChange::from).collect(),
        summary: summary(changes),
    };
    super::write_json(&wire, out)
}

#[derive(Serialize)]
struct WireReport<'a> {
    version: u32,
    changes: Vec<WireChange<'a>>,
    summary: Map<String, Value>,
}

#[derive(Serialize)]
struct WireChange<'a> {
    object: WireObject<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    moved_from: Option<WireObject<'a>>,
    impact: &'static str,
    reasons: Vec<WireReason<'a>>,
    fields: Vec<WireField<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    forecast: Option<WireForecast<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    environment: Option<&'a str>,
}

#[derive(Serialize)]
struct WireReason<'a> {
    impact: &'static str,
    message: &'a str,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    accepted: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<String>,
}

/// `old` is missing from what was added and `new` from what was removed; a null that is there is YAML's null.
#[derive(Serialize)]
struct WireField<'a> {
    path: String,
    change: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    old: Option<&'a Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    new: Option<&'a Value>,
}

impl<'a> From<&'a Change> for WireChange<'a> {
    fn from(change: &'a Change) -> Self {
        Self {
            object: WireObject::from(&change.object),
            moved_from: change.moved_from.as_ref().map(WireObject::from),
            impact: change.impact.as_str(),
            reasons: change.reasons.iter().map(WireReason::from).collect(),
            fields: change.fields.iter().map(WireField::from).collect(),
            forecast: change.forecast.as_ref().map(WireForecast::from),
            environment: change.environment.as_deref(),
        }
    }
}

impl<'a> From<&'a Reason> for WireReason<'a> {
    fn from(reason: &'a Reason) -> Self {
        Self {
            impact: reason.impact.as_str(),
            message: &reason.message,
            accepted: reason.accepted,
            field: reason.field.as_ref().map(|field| field.route().to_string()),
        }
    }
}

impl<'a> From<&'a FieldChange> for WireField<'a> {
    fn from(field: &'a FieldChange) -> Self {
        let value = |side: &'a Option<FieldSide>| side.as_ref().map(|side| &side.value);
        Self {
            path: field.path().route().to_string(),
            change: field.kind.as_str(),
            old: value(&field.old),
            new: value(&field.new),
        }
    }
}

/// How many objects changed, came, went and stayed, and how many changes have each impact that occurs.
fn summary(changes: &ChangeSet) -> Map<String, Value> {
    let (added, removed) = (changes.added(), changes.removed());
    let impacts: Map<String, Value> = Impact::ALL
        .into_iter()
        .map(|impact| (impact.as_str().to_owned(), changes.count(impact)))
        .filter(|(_, count)| *count > 0)
        .map(|(impact, count)| (impact, Value::from(count)))
        .collect();
    [
        ("added", Value::from(added)),
        ("removed", Value::from(removed)),
        ("changed", Value::from(changes.changes.len() - added - removed)),
        ("unchanged", Value::from(changes.unchanged)),
        ("accepted", Value::from(changes.accepted())),
        ("impacts", Value::Object(impacts)),
    ]
    .into_iter()
    .map(|(key, value)| (key.to_owned(), value))
    .collect()
}
