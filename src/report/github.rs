//! GitHub's workflow commands: annotations on the lines of a pull request.
//!
//! GitHub shows ten annotations of each level for a step and keeps the rest in the log, so the gravest come first.
//! Escaping as in `@actions/core` (`packages/core/src/command.ts` of actions/toolkit).

use std::io;

use super::text::clean;
use super::{Report, human, order, point};
use crate::finding::Severity;
use crate::finding::locate::Located;

pub(super) fn write(report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
    for finding in order::gravest_first(report) {
        write_finding(finding, out)?;
    }
    writeln!(out, "{}", human::summary(report))
}

fn write_finding(finding: &Located, out: &mut dyn io::Write) -> io::Result<()> {
    let command = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "notice",
    };
    let file = property(&point::path(&finding.location));
    write!(out, "::{command} file={file}")?;
    if let Some(region) = point::region(&finding.location) {
        write!(out, ",line={},endLine={}", region.line, region.end_line)?;
        // GitHub refuses columns of several lines.
        if region.line == region.end_line {
            write!(out, ",col={},endColumn={}", region.column, region.end_column)?;
        }
    }
    writeln!(
        out,
        ",title={}::{}",
        property(finding.rule.name),
        data(&said(finding))
    )
}

/// The message, what to do, and the other places.
fn said(finding: &Located) -> String {
    let related = finding.related.iter().map(|(location, message)| {
        let said = point::with_line(message, location);
        format!("{}: {said}", point::place(location))
    });
    let help = finding.help.iter().map(|help| format!("help: {}", clean(help)));
    let lines = std::iter::once(point::message(finding).into_owned());
    lines.chain(related).chain(help).collect::<Vec<_>>().join("\n")
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
