//! Where a report for programs points, and what it says there.
//!
//! A line of a template's output is nobody's line: such a finding points at its file as a whole, and says the line in
//! words.

use std::borrow::Cow;

use super::text::clean;
use crate::finding::RuleMeta;
use crate::finding::locate::{Located, Location};

/// Lines and columns from 1, columns in characters, the last one past the end.
#[derive(Debug, Clone, Copy)]
pub(super) struct Region {
    pub(super) line: u32,
    pub(super) column: u32,
    pub(super) end_line: u32,
    pub(super) end_column: u32,
}

/// The lines of a file on disk that are meant; `None` for the whole file.
pub(super) fn region(location: &Location) -> Option<Region> {
    (location.line > 0 && !location.rendered).then_some(Region {
        line: location.line,
        column: location.column,
        end_line: location.end_line,
        end_column: location.end_column,
    })
}

/// The message, fit to be shown, with the line of the template's output where no line can be pointed at, how often the same
/// line is to blame besides, and the environments of a project.
pub(super) fn message(finding: &Located) -> Cow<'_, str> {
    let mut message = with_line(&finding.message, &finding.location);
    if !finding.also.is_empty() {
        message = Cow::Owned(format!(
            "{message} (and {} more by this line)",
            finding.also.len()
        ));
    }
    if finding.environments.are_many() {
        message = Cow::Owned(format!("{message} ({})", finding.environments));
    }
    message
}

/// What a related place has to do with a finding, likewise.
pub(super) fn with_line<'m>(message: &'m str, location: &Location) -> Cow<'m, str> {
    let message = clean(message);
    if location.rendered && location.line > 0 {
        Cow::Owned(format!(
            "{message} (line {} of what it renders to)",
            location.line
        ))
    } else {
        message
    }
}

/// The message and what to do, for formats that have one field for both.
pub(super) fn message_and_help(finding: &Located) -> String {
    let message = message(finding);
    match &finding.help {
        Some(help) => format!("{message}; {}", clean(help)),
        None => message.into_owned(),
    }
}

/// `file:12:3`, or the file alone.
pub(super) fn place(location: &Location) -> String {
    match region(location) {
        Some(Region { line, column, .. }) => format!("{}:{line}:{column}", location.file),
        None => location.file.to_string(),
    }
}

/// A path as others write it: with `/`, and without `./`.
pub(super) fn path(location: &Location) -> Cow<'_, str> {
    let file = location.file.strip_prefix("./").unwrap_or(&location.file);
    if std::path::MAIN_SEPARATOR == '\\' {
        Cow::Owned(file.replace('\\', "/"))
    } else {
        Cow::Borrowed(file)
    }
}

/// Where the rule's page can be read.
pub(super) fn rule_url(rule: &RuleMeta) -> String {
    let repository = env!("CARGO_PKG_REPOSITORY");
    format!("{repository}/blob/main/fixtures/rules/{}.md", rule.name)
}
