//! Test Anything Protocol, version 14: a test for each finding and each object that is well.
//!
//! A finding that does not fail the run is a test that is not ok and marked `TODO`, which harnesses show and do not
//! count.

use std::io;

use serde::Serialize;

use super::cases::{Case, cases};
use super::text::one_line;
use super::{Report, point};

pub(super) fn write(report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
    let cases = cases(report);
    writeln!(out, "TAP version 14\n1..{}", cases.len())?;
    for (number, case) in cases.iter().enumerate() {
        write_case(report, number + 1, case, out)?;
    }
    Ok(())
}

/// The diagnostics of a test. Each value is written as JSON, which YAML can read.
#[derive(Serialize)]
struct Diagnostics<'a> {
    message: &'a str,
    severity: &'a str,
    rule: &'a str,
    file: &'a str,
    line: Option<u32>,
    column: Option<u32>,
    help: Option<&'a str>,
}

fn write_case(report: &Report, number: usize, case: &Case<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let description = escape(&format!("{} in {}", case.name, one_line(case.file)));
    let Some(finding) = case.finding else {
        return writeln!(out, "ok {number} - {description}");
    };
    let directive = if report.is_failure(finding) {
        String::new()
    } else {
        format!(" # TODO {}", finding.severity.as_str())
    };
    writeln!(out, "not ok {number} - {description}{directive}\n  ---")?;
    let region = point::region(&finding.location);
    let diagnostics = serde_json::to_value(Diagnostics {
        message: &point::message(finding),
        severity: finding.severity.as_str(),
        rule: finding.rule.name,
        file: &point::path(&finding.location),
        line: region.map(|region| region.line),
        column: region.map(|region| region.column),
        help: finding.help.as_deref(),
    })?;
    for (key, value) in diagnostics.as_object().into_iter().flatten() {
        if !value.is_null() {
            writeln!(out, "  {key}: {value}")?;
        }
    }
    writeln!(out, "  ...")
}

/// `#` would begin a directive.
fn escape(description: &str) -> String {
    description.replace('\\', "\\\\").replace('#', "\\#")
}
