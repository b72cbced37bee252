//! The report for people: source excerpts as rustc draws them, and a summary line.

use std::io;

use annotate_snippets::{AnnotationKind, Element, Level, Origin, Renderer, Snippet};

use super::{Known, Report, plural};
use crate::finding::Severity;
use crate::finding::locate::{Located, Location};

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

fn write_finding(finding: &Located, renderer: &Renderer, out: &mut dyn io::Write) -> io::Result<()> {
    let level = match finding.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Info => Level::INFO,
    };
    let label = finding.field.as_deref().unwrap_or_default();
    let mut group = level
        .primary_title(finding.message.as_str())
        .id(finding.rule.name)
        .element(place(&finding.location, AnnotationKind::Primary, label));
    for (location, message) in &finding.related {
        group = group.element(place(location, AnnotationKind::Context, message));
    }
    if finding.location.rendered {
        group = group.element(
            Level::NOTE.message("this is the template's output: lines are those of the rendered text"),
        );
    }
    if let Some(help) = &finding.help {
        group = group.element(Level::HELP.message(help.as_str()));
    }
    writeln!(out, "{}\n", renderer.render(&[group]))
}

fn place<'a>(location: &'a Location, kind: AnnotationKind, label: &'a str) -> Element<'a> {
    match &location.excerpt {
        Some(excerpt) => Snippet::source(excerpt.text.as_str())
            .line_start(excerpt.first_line as usize)
            .path(&*location.file)
            .fold(false)
            .annotation(kind.span(excerpt.range.clone()).label(label))
            .into(),
        None => Origin::path(&*location.file).into(),
    }
}

/// `3 errors, 1 warning in 12 objects`.
fn summary(report: &Report) -> String {
    let counts = report.counts();
    let found = [
        (counts.errors, "error"),
        (counts.warnings, "warning"),
        (counts.infos, "hint"),
    ]
    .into_iter()
    .filter(|(count, _)| *count > 0)
    .map(|(count, word)| plural(count, word))
    .collect::<Vec<_>>()
    .join(", ");
    let objects = plural(report.objects.len(), "object");
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
