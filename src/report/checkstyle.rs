//! Checkstyle XML, as Jenkins' warnings plugin and many editors read it.

use std::io;

use super::xml::Document;
use super::{Report, point};
use crate::finding::locate::Located;

pub(super) fn write(report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
    let mut xml = Document::begin(out)?;
    xml.element("checkstyle", &[("version", "10.0")], |xml| {
        // Findings are in the order of their files.
        for file in report
            .findings
            .chunk_by(|one, next| one.location.file == next.location.file)
        {
            let Some(first) = file.first() else { continue };
            xml.element("file", &[("name", &point::path(&first.location))], |xml| {
                file.iter().try_for_each(|finding| write_finding(finding, xml))
            })?;
        }
        Ok(())
    })?;
    xml.end()
}

fn write_finding(finding: &Located, xml: &mut Document<'_>) -> io::Result<()> {
    let (line, column) = match point::region(&finding.location) {
        Some(region) => (region.line.to_string(), Some(region.column.to_string())),
        // Readers want a line; none has the number 0, and they show it as the file.
        None => ("0".to_owned(), None),
    };
    let message = point::message_and_help(finding);
    let source = format!("plimsoll.{}", finding.rule.name);
    let mut attributes = vec![("line", &*line)];
    attributes.extend(column.as_deref().map(|column| ("column", column)));
    attributes.extend([
        ("severity", finding.severity.as_str()),
        ("message", &*message),
        ("source", &*source),
    ]);
    xml.empty("error", &attributes)
}
