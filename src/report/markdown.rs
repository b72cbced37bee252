//! A comment for a pull request: the verdict, then the findings of each file in a table, then each one in full.
//!
//! GitHub takes 65,536 characters. What is least grave goes first: its excerpt, then its line in the table; and the
//! comment says what was left out.

use std::collections::BTreeMap;
use std::io;

use super::text::{clean, cut, one_line, parts};
use super::{Counts, Report, human, order, plural, point};
use crate::finding::Severity;
use crate::finding::locate::{Located, Location};

/// The most bytes of a comment: never fewer than its characters.
const MAX_BYTES: usize = 65_536;
/// What the heading and what is said of the findings that are left out may take.
const RESERVED: usize = 2_048;
/// Characters of one message or path: a single one must not take the room of all others.
const MAX_TEXT: usize = 1_000;

/// One file's part of the comment.
#[derive(Default)]
struct Section {
    rows: String,
    details: String,
    counts: Counts,
}

pub(super) fn write(report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
    let mut sections: BTreeMap<&str, Section> = BTreeMap::new();
    let mut room = MAX_BYTES - RESERVED;
    let (mut left_out, mut shortened) = (Counts::default(), 0);
    for finding in order::gravest_first(report) {
        if room == 0 {
            left_out.add(finding.severity);
            continue;
        }
        let file = &*finding.location.file;
        let (row, details) = (row(finding), details(finding));
        let heading = match sections.get(file) {
            Some(_) => 0,
            None => section_frame(file, Counts::default()).len() + 64,
        };
        if room < heading + row.len() {
            // A shorter one that is less grave must not take its place.
            room = 0;
            left_out.add(finding.severity);
            continue;
        }
        room -= heading + row.len();
        let section = sections.entry(file).or_default();
        section.counts.add(finding.severity);
        section.rows.push_str(&row);
        if details.len() <= room {
            room -= details.len();
            section.details.push_str(&details);
        } else {
            shortened += 1;
        }
    }
    let verdict = if report.fails() { "❌ fails" } else { "✅ passes" };
    writeln!(out, "### plimsoll: {verdict}\n")?;
    writeln!(out, "{}", plain(&cut(&human::summary(report), MAX_TEXT)))?;
    for (file, section) in &sections {
        let frame = section_frame(file, section.counts);
        write!(out, "{frame}{}{}", section.rows, section.details)?;
    }
    write_left_out(left_out, shortened, out)
}

/// Says what there was no room for.
fn write_left_out(left_out: Counts, shortened: usize, out: &mut dyn io::Write) -> io::Result<()> {
    if shortened > 0 {
        let findings = plural(shortened, "finding");
        writeln!(
            out,
            "\n_{findings} without details, to keep the comment short enough._"
        )?;
    }
    let missing = left_out.words();
    if !missing.is_empty() {
        writeln!(
            out,
            "\n_Not shown, to keep the comment short enough: {missing}, none graver than what is shown._"
        )?;
    }
    Ok(())
}

/// The heading of a file and of its table.
fn section_frame(file: &str, counts: Counts) -> String {
    let file = plain(&cut(file, MAX_TEXT));
    let counts = counts.words();
    format!("\n#### {file}: {counts}\n\n| | line | object | finding | rule |\n|---|---|---|---|---|\n")
}

fn icon(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "🛑",
        Severity::Warning => "⚠️",
        Severity::Info => "💡",
    }
}

fn row(finding: &Located) -> String {
    let icon = icon(finding.severity);
    let line = point::region(&finding.location).map_or(String::new(), |region| region.line.to_string());
    let object = finding
        .object
        .as_ref()
        .map(ToString::to_string)
        .unwrap_or_default();
    let object = plain(&cut(&object, MAX_TEXT));
    let message = with_code(&cut(&point::message(finding), MAX_TEXT));
    let (rule, url) = (finding.rule.name, point::rule_url(finding.rule));
    format!("| {icon} | {line} | {object} | {message} | [{rule}]({url}) |\n")
}

/// The excerpt, the other places and what to do, folded.
fn details(finding: &Located) -> String {
    let message = with_code(&cut(&point::message(finding), MAX_TEXT));
    let icon = icon(finding.severity);
    let mut text = format!("\n<details><summary>{icon} {message}</summary>\n\n");
    text.push_str(&place(&finding.location));
    for (location, message) in &finding.related {
        let message = with_code(&cut(&point::with_line(message, location), MAX_TEXT));
        text.push_str(&format!("{message}, at {}", place(location)));
    }
    if let Some(help) = &finding.help {
        text.push_str(&format!(
            "**What to do:** {}\n\n",
            with_code(&cut(help, MAX_TEXT))
        ));
    }
    text.push_str("</details>\n");
    text
}

/// A place with its excerpt, in a fence that nothing in the excerpt can close.
fn place(location: &Location) -> String {
    let place = plain(&cut(&point::place(location), MAX_TEXT));
    let Some(excerpt) = &location.excerpt else {
        return format!("<code>{place}</code>\n\n");
    };
    let longest = excerpt.text.split(|char| char != '`').map(str::len).max();
    let fence = "`".repeat(longest.unwrap_or(0).max(2) + 1);
    let text = clean(&excerpt.text);
    let lines = text.lines().zip(excerpt.first_line..).map(|(text, number)| {
        let mark = if number == location.line { '>' } else { ' ' };
        format!("{mark}{number:>5} | {text}\n")
    });
    format!(
        "<code>{place}</code>\n\n{fence}\n{}{fence}\n\n",
        lines.collect::<String>()
    )
}

/// Text in which nothing is markup: every sign that means something is written by its number, and nobody is mentioned.
pub(super) fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for char in one_line(text).chars() {
        match char {
            // GitHub looks for mentions and issues in what is left after markup; a comment parts sign and name.
            '@' | '#' => {
                plain.push(char);
                plain.push_str("<!-- -->");
            }
            '!' | '$' | '&' | '*' | '<' | '>' | '[' | ']' | '\\' | '_' | '`' | '|' | '~' => {
                plain.push_str(&format!("&#{};", u32::from(char)));
            }
            other => plain.push(other),
        }
    }
    plain
}

/// As [`plain`], with what stands between backticks as code.
pub(super) fn with_code(text: &str) -> String {
    let parts = parts(text).into_iter().map(|(is_code, part)| {
        if is_code {
            format!("<code>{}</code>", plain(&part))
        } else {
            plain(&part)
        }
    });
    parts.collect()
}
