//! Forecasts for machines: a contract. Its schema is `schemas/forecast.schema.json`.

use std::io;

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::json::WireObject;
use crate::forecast::{Amount, Figure, Forecast, Share, Step};

/// The version of the contract; it changes when a consumer would have to.
const VERSION: u32 = 1;

/// Writes all forecasts.
///
/// # Errors
/// When the output cannot be written.
pub fn write(forecasts: &[Forecast], out: &mut dyn io::Write) -> io::Result<()> {
    let wire = WireReport {
        version: VERSION,
        forecasts: forecasts.iter().map(WireForecast::from).collect(),
    };
    serde_json::to_writer_pretty(&mut *out, &wire)?;
    writeln!(out)
}

#[derive(Serialize)]
struct WireReport<'a> {
    version: u32,
    forecasts: Vec<WireForecast<'a>>,
}

/// One forecast, as `plimsoll diff` puts it into a change too.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct WireForecast<'a> {
    object: WireObject<'a>,
    strategy: &'static str,
    summary: &'a str,
    figures: Map<String, Value>,
    #[serde(skip_serializing_if = "Map::is_empty")]
    at_most: Map<String, Value>,
    steps: Vec<Value>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    shares: Vec<WireShare<'a>>,
    meanwhile: &'a [String],
    risks: Vec<WireRisk<'a>>,
    rollback: &'a str,
    assumptions: &'a [String],
}

#[derive(Serialize)]
struct WireShare<'a> {
    workload: WireObject<'a>,
    pods: i64,
    percent: f64,
}

#[derive(Serialize)]
struct WireRisk<'a> {
    name: &'static str,
    certainty: &'static str,
    message: &'a str,
    remedy: &'a str,
}

impl<'a> From<&'a Forecast> for WireForecast<'a> {
    fn from(forecast: &'a Forecast) -> Self {
        Self {
            object: WireObject::from(&forecast.object),
            strategy: forecast.strategy.as_str(),
            summary: &forecast.summary,
            figures: figures(&forecast.figures),
            at_most: figures(&forecast.at_most),
            steps: forecast.steps.iter().map(step).collect(),
            shares: forecast.shares.iter().map(WireShare::from).collect(),
            meanwhile: &forecast.meanwhile,
            risks: forecast
                .risks
                .iter()
                .map(|risk| WireRisk {
                    name: risk.name,
                    certainty: risk.certainty.as_str(),
                    message: &risk.message,
                    remedy: &risk.remedy,
                })
                .collect(),
            rollback: &forecast.rollback,
            assumptions: &forecast.assumptions,
        }
    }
}

impl<'a> From<&'a Share> for WireShare<'a> {
    fn from(share: &'a Share) -> Self {
        let tenths = share.pods.saturating_mul(1000).checked_div(share.of).unwrap_or(0);
        // At most 1000.
        let tenths = u16::try_from(tenths).unwrap_or(0);
        Self {
            workload: WireObject::from(&share.workload),
            pods: share.pods,
            percent: f64::from(tenths) / 10.0,
        }
    }
}

fn figures(figures: &[Figure]) -> Map<String, Value> {
    figures
        .iter()
        .map(|figure| {
            let value = match &figure.amount {
                Amount::Count(number) | Amount::Seconds(number) => json!(number),
                Amount::Quantity(quantity) => json!(quantity),
            };
            let figure_of = json!({"value": value, "because": figure.because});
            (figure.name.key().to_owned(), figure_of)
        })
        .collect()
}

fn step(step: &Step) -> Value {
    let mut wire = Map::new();
    wire.insert("text".to_owned(), json!(step.text));
    if let Some(pods) = step.pods {
        let pods = json!({"old": pods.old, "new": pods.new, "available": pods.available});
        wire.insert("pods".to_owned(), pods);
    }
    if let Some(by) = step.by {
        wire.insert("withinSeconds".to_owned(), json!(by));
    }
    Value::Object(wire)
}
