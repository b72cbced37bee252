//! GitLab's code quality report, a part of Code Climate's format:
//! <https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format>.

use std::io;

use serde::Serialize;

use super::{Report, order, point, write_json};
use crate::finding::Severity;
use crate::finding::locate::Located;

pub(super) fn write(report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
    let issues: Vec<Issue> = order::numbered(&report.findings)
        .map(|(finding, number)| Issue::of(finding, number))
        .collect();
    write_json(&issues, out)
}

#[derive(Serialize)]
struct Issue {
    description: String,
    check_name: &'static str,
    fingerprint: String,
    severity: &'static str,
    location: Place,
}

#[derive(Serialize)]
struct Place {
    path: String,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: u32,
}

impl Issue {
    fn of(finding: &Located, number: usize) -> Self {
        Self {
            description: point::message_and_help(finding),
            check_name: finding.rule.name,
            // GitLab drops issues whose fingerprint another one has.
            fingerprint: match number {
                1 => finding.fingerprint.clone(),
                number => format!("{}-{number}", finding.fingerprint),
            },
            severity: match finding.severity {
                Severity::Error => "critical",
                Severity::Warning => "minor",
                Severity::Info => "info",
            },
            location: Place {
                path: point::path(&finding.location).into_owned(),
                // GitLab wants a line: the first stands for the whole file.
                lines: Lines {
                    begin: point::region(&finding.location).map_or(1, |region| region.line),
                },
            },
        }
    }
}
