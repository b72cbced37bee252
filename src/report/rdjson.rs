//! Reviewdog's diagnostic format, `DiagnosticResult` of `proto/rdf/reviewdog.proto`.
//!
//! Lines without columns: reviewdog counts columns in bytes of the file, which a report no longer has, and comments on
//! whole lines.

use std::io;

use serde::Serialize;

use super::{Report, point, write_json};
use crate::finding::Severity;
use crate::finding::locate::{Located, Location};

pub(super) fn write(report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
    let result = DiagnosticResult {
        source: Source {
            name: "plimsoll",
            url: env!("CARGO_PKG_REPOSITORY"),
        },
        diagnostics: report.findings.iter().map(Diagnostic::from).collect(),
    };
    write_json(&result, out)
}

#[derive(Serialize)]
struct DiagnosticResult {
    source: Source,
    diagnostics: Vec<Diagnostic>,
}

#[derive(Serialize)]
struct Source {
    name: &'static str,
    url: &'static str,
}

#[derive(Serialize)]
struct Diagnostic {
    message: String,
    location: Place,
    severity: &'static str,
    code: Code,
    #[serde(rename = "relatedLocations", skip_serializing_if = "Vec::is_empty")]
    related: Vec<Related>,
}

#[derive(Serialize)]
struct Code {
    value: &'static str,
    url: String,
}

#[derive(Serialize)]
struct Related {
    message: String,
    location: Place,
}

#[derive(Serialize)]
struct Place {
    path: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    range: Option<Range>,
}

#[derive(Serialize)]
struct Range {
    start: Position,
    end: Position,
}

#[derive(Serialize)]
struct Position {
    line: u32,
}

impl From<&Located> for Diagnostic {
    fn from(finding: &Located) -> Self {
        Self {
            message: point::message_and_help(finding),
            location: Place::from(&finding.location),
            severity: match finding.severity {
                Severity::Error => "ERROR",
                Severity::Warning => "WARNING",
                Severity::Info => "INFO",
            },
            code: Code {
                value: finding.rule.name,
                url: point::rule_url(finding.rule),
            },
            related: finding
                .related
                .iter()
                .map(|(location, message)| Related {
                    message: point::with_line(message, location).into_owned(),
                    location: Place::from(location),
                })
                .collect(),
        }
    }
}

impl From<&Location> for Place {
    fn from(location: &Location) -> Self {
        Self {
            path: point::path(location).into_owned(),
            range: point::region(location).map(|region| Range {
                start: Position { line: region.line },
                end: Position {
                    line: region.end_line,
                },
            }),
        }
    }
}
