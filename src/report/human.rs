//! The report for people: source excerpts as rustc draws them, and a summary line.

use std::io;

use annotate_snippets::{AnnotationKind, Element, Level, Origin, Renderer, Snippet};

use super::{Known, Report, plural};
use crate::finding::Severity;
use crate::finding::locate::{Located, Location};
use crate::finding::trail::Role;

pub(super) fn write(report: &Report, color: bool, out: &mut dyn io::Write) -> io::Result<()> {
    let renderer = if color {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    for finding in &report.findings {
        write_finding(finding, &renderer, out)?;
    }
    writeln!(out, "{}", summary(report))
}

/// Of the places on the way back from a template's output, so many are shown, the first included.
const MAX_PLACES: usize = 3;

fn write_finding(finding: &Located, renderer: &Renderer, out: &mut dyn io::Write) -> io::Result<()> {
    let level = match finding.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Info => Level::INFO,
    };
    let label = finding.field.as_deref().unwrap_or_default();
    let first = path_of(&finding.location);
    let mut group = level
        .primary_title(finding.message.as_str())
        .id(finding.rule.name)
        .element(place(&finding.location, &first, AnnotationKind::Primary, label));
    let others: Vec<(&Location, &str, String)> = others(finding)
        .map(|(location, message)| (location, message.as_str(), path_of(location)))
        .collect();
    for (location, message, path) in &others {
        group = group.element(place(location, path, AnnotationKind::Context, message));
    }
    if finding.location.rendered {
        group = group.element(
            Level::NOTE.message("this is the template's output: lines are those of the rendered text"),
        );
    }
    let environments = finding.environments.to_string();
    if finding.environments.are_many() {
        group = group.element(Level::NOTE.message(environments.as_str()));
    }
    let also: Vec<&str> = finding.also.iter().map(|also| &*also.message).collect();
    let also = also.join("\n");
    if !also.is_empty() {
        group = group.element(Level::NOTE.message(&*also));
    }
    if let Some(help) = &finding.help {
        group = group.element(Level::HELP.message(help.as_str()));
    }
    writeln!(out, "{}\n", renderer.render(&[group]))
}

/// The related places that are shown: of the way back from the output, the ends count more than includes in between.
fn others(finding: &Located) -> impl Iterator<Item = &(Location, String)> {
    let is_on_way = |(location, _): &&(Location, String)| location.role.is_some();
    let too_many = (1 + finding.related.iter().filter(is_on_way).count()).saturating_sub(MAX_PLACES);
    let mut includes = finding
        .related
        .iter()
        .filter(|(location, _)| location.role == Some(Role::Include))
        .count();
    let dropped = too_many.min(includes);
    finding.related.iter().filter(move |(location, _)| {
        if location.role == Some(Role::Rendered) {
            return focus(location) != focus(&finding.location);
        }
        if location.role != Some(Role::Include) {
            return true;
        }
        includes -= 1;
        // The innermost ones tell the most.
        includes >= dropped
    })
}

/// The line that is meant, without indentation: text is printed as it stands in the template.
fn focus(location: &Location) -> Option<&str> {
    let excerpt = location.excerpt.as_ref()?;
    let line = location.line.checked_sub(excerpt.first_line)?;
    Some(excerpt.text.lines().nth(line as usize)?.trim())
}

/// The path that stands above an excerpt.
fn path_of(location: &Location) -> String {
    match location.role {
        Some(Role::Rendered) => format!("{} (rendered)", location.file),
        _ => location.file.to_string(),
    }
}

fn place<'a>(location: &'a Location, path: &'a str, kind: AnnotationKind, label: &'a str) -> Element<'a> {
    match &location.excerpt {
        Some(excerpt) => Snippet::source(excerpt.text.as_str())
            .line_start(excerpt.first_line as usize)
            .path(path)
            .fold(false)
            .annotation(kind.span(excerpt.range.clone()).label(label))
            .into(),
        None => Origin::path(path).into(),
    }
}

/// `3 errors, 1 warning in 12 objects`.
pub(super) fn summary(report: &Report) -> String {
    let found = report.counts().words();
    let objects = plural(report.objects.len(), "object");
    let objects = match report.environments.as_slice() {
        [] => objects,
        [only] => format!("{objects} of `{only}`"),
        all => format!("{objects} of {} environments", all.len()),
    };
    let suppressed = match report.suppressed {
        0 => String::new(),
        count => format!(" ({count} suppressed)"),
    };
    let known = match &report.known {
        None => String::new(),
        Some(Known { count: 1, are }) => format!("; 1 finding is {are}"),
        Some(Known { count, are }) => format!("; {count} findings are {are}"),
    };
    let is_new = if report.known.is_some() { "new " } else { "" };
    if found.is_empty() {
        format!("{objects} checked, nothing {is_new}found{suppressed}{known}")
    } else {
        format!("{objects} checked: {found}{suppressed}{known}")
    }
}
