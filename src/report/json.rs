//! The report for machines: a contract from the first day. Its schema is `schemas/report.schema.json`.

use std::io;

use serde::Serialize;

use super::Report;
use crate::finding::locate::{Located, Location};
use crate::finding::trail::Role;
use crate::manifest::ObjectId;

/// The version of the contract; it changes when a consumer would have to.
const VERSION: u32 = 1;

pub(super) fn write(report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
    let counts = report.counts();
    let wire = WireReport {
        version: VERSION,
        findings: report.findings.iter().map(WireFinding::from).collect(),
        objects: report
            .objects
            .iter()
            .map(|object| WireObject::from(&object.id))
            .collect(),
        summary: WireSummary {
            errors: counts.errors,
            warnings: counts.warnings,
            infos: counts.infos,
            objects: report.objects.len(),
            suppressed: report.suppressed,
            known: report.known.as_ref().map_or(0, |known| known.count),
        },
    };
    super::write_json(&wire, out)
}

#[derive(Serialize)]
struct WireReport<'a> {
    version: u32,
    findings: Vec<WireFinding<'a>>,
    objects: Vec<WireObject<'a>>,
    summary: WireSummary,
}

#[derive(Serialize)]
struct WireSummary {
    errors: usize,
    warnings: usize,
    infos: usize,
    objects: usize,
    suppressed: usize,
    known: usize,
}

#[derive(Serialize)]
struct WireFinding<'a> {
    rule: &'static str,
    severity: &'static str,
    stage: &'static str,
    message: &'a str,
    help: Option<&'a str>,
    object: Option<WireObject<'a>>,
    field: Option<&'a str>,
    fingerprint: &'a str,
    location: WireLocation<'a>,
    related: Vec<WireRelated<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    environments: Vec<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    also: Vec<WireAlso<'a>>,
}

#[derive(Serialize)]
struct WireAlso<'a> {
    message: &'a str,
    object: Option<WireObject<'a>>,
    field: Option<&'a str>,
    fingerprint: &'a str,
}

/// Also the shape of an object in the diff's contract.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct WireObject<'a> {
    api_version: &'a str,
    kind: &'a str,
    namespace: Option<&'a str>,
    name: &'a str,
}

#[derive(Serialize)]
struct WireRelated<'a> {
    location: WireLocation<'a>,
    message: &'a str,
}

/// Lines and columns from 1; all four are null when the file as a whole is meant.
#[derive(Serialize)]
struct WireLocation<'a> {
    file: &'a str,
    line: Option<u32>,
    column: Option<u32>,
    end_line: Option<u32>,
    end_column: Option<u32>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    rendered: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<&'static str>,
}

impl<'a> From<&'a Located> for WireFinding<'a> {
    fn from(finding: &'a Located) -> Self {
        Self {
            rule: finding.rule.name,
            severity: finding.severity.as_str(),
            stage: finding.rule.stage.as_str(),
            message: &finding.message,
            help: finding.help.as_deref(),
            object: finding.object.as_ref().map(WireObject::from),
            field: finding.field.as_deref(),
            fingerprint: &finding.fingerprint,
            location: WireLocation::from(&finding.location),
            related: finding
                .related
                .iter()
                .map(|(location, message)| WireRelated {
                    location: WireLocation::from(location),
                    message,
                })
                .collect(),
            environments: finding.environments.names.iter().map(|name| &**name).collect(),
            also: finding
                .also
                .iter()
                .map(|also| WireAlso {
                    message: &also.message,
                    object: also.object.as_ref().map(WireObject::from),
                    field: also.field.as_deref(),
                    fingerprint: &also.fingerprint,
                })
                .collect(),
        }
    }
}

impl<'a> From<&'a ObjectId> for WireObject<'a> {
    fn from(id: &'a ObjectId) -> Self {
        Self {
            api_version: &id.api_version,
            kind: &id.kind,
            namespace: id.namespace.as_deref(),
            name: &id.name,
        }
    }
}

impl<'a> From<&'a Location> for WireLocation<'a> {
    fn from(location: &'a Location) -> Self {
        let known = |number: u32| (location.line > 0).then_some(number);
        Self {
            file: &location.file,
            line: known(location.line),
            column: known(location.column),
            end_line: known(location.end_line),
            end_column: known(location.end_column),
            rendered: location.rendered,
            role: location.role.map(Role::as_str),
        }
    }
}
