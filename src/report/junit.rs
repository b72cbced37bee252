//! JUnit XML in the dialect of Jenkins: a suite for each file, a test for each finding and each object that is well.
//!
//! A finding that does not fail the run is a test that passes, and says what was found in its output.

use std::io;

use super::cases::{Case, cases};
use super::xml::Document;
use super::{Report, point};
use crate::finding::locate::Located;

pub(super) fn write(report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
    let cases = cases(report);
    let mut xml = Document::begin(out)?;
    let (tests, failures) = counts(report, &cases);
    let attributes = [
        ("name", "plimsoll"),
        ("tests", &*tests),
        ("failures", &*failures),
        ("errors", "0"),
    ];
    xml.element("testsuites", &attributes, |xml| {
        cases
            .chunk_by(|one, next| one.file == next.file)
            .try_for_each(|suite| write_suite(report, suite, xml))
    })?;
    xml.end()
}

fn counts(report: &Report, cases: &[Case<'_>]) -> (String, String) {
    let found = cases.iter().filter_map(|case| case.finding);
    let failures = found.filter(|finding| report.is_failure(finding)).count();
    (cases.len().to_string(), failures.to_string())
}

fn write_suite(report: &Report, suite: &[Case<'_>], xml: &mut Document<'_>) -> io::Result<()> {
    let Some(first) = suite.first() else {
        return Ok(());
    };
    let (tests, failures) = counts(report, suite);
    let attributes = [
        ("name", first.file),
        ("tests", &*tests),
        ("failures", &*failures),
        ("errors", "0"),
        ("skipped", "0"),
        ("time", "0"),
    ];
    xml.element("testsuite", &attributes, |xml| {
        for case in suite {
            let attributes = [("name", &*case.name), ("classname", case.file), ("time", "0")];
            match case.finding {
                None => xml.empty("testcase", &attributes)?,
                Some(finding) => {
                    xml.element("testcase", &attributes, |xml| write_finding(report, finding, xml))?;
                }
            }
        }
        Ok(())
    })
}

fn write_finding(report: &Report, finding: &Located, xml: &mut Document<'_>) -> io::Result<()> {
    let severity = finding.severity.as_str();
    let text = description(finding);
    if report.is_failure(finding) {
        let attributes = [("message", &*finding.message), ("type", severity)];
        xml.text("failure", &attributes, &text)
    } else {
        xml.text("system-out", &[], &format!("{severity}: {text}"))
    }
}

/// Everything there is to say, on lines.
fn description(finding: &Located) -> String {
    let place = point::place(&finding.location);
    let mut text = format!("{}\n{place}", point::message(finding));
    for (location, message) in &finding.related {
        let said = point::with_line(message, location);
        text.push_str(&format!("\n{}: {said}", point::place(location)));
    }
    if let Some(help) = &finding.help {
        text.push_str("\nhelp: ");
        text.push_str(help);
    }
    text
}
