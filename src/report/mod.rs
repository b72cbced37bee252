//! What people and machines read. One format, one file; each is a pure function of the [`Report`].

mod cases;
mod checkstyle;
pub mod diff;
pub mod diff_html;
pub mod diff_human;
pub mod diff_json;
pub mod diff_markdown;
pub mod diff_unified;
pub mod forecast_human;
pub mod forecast_json;
mod github;
mod gitlab;
mod html;
mod human;
mod json;
mod junit;
mod markdown;
mod order;
mod point;
mod rdjson;
mod sarif;
mod tap;
mod text;
pub mod values;
mod xml;

use std::io;
use std::sync::Arc;

use crate::finding::environments;
use crate::finding::locate::Located;
use crate::finding::{Severity, judge};
use crate::manifest::ObjectId;

/// The format of a report.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// For people: excerpts, help, a summary line
    #[default]
    Human,
    /// For machines: a stable contract, `schemas/report.schema.json`
    Json,
    /// SARIF 2.1.0: code scanning of GitHub, Azure DevOps and editors
    Sarif,
    /// GitHub workflow commands: annotations on the lines of a pull request
    Github,
    /// GitLab's code quality report
    Gitlab,
    /// JUnit XML: Jenkins, GitLab, CircleCI, Azure Pipelines
    Junit,
    /// Test Anything Protocol 14
    Tap,
    /// Checkstyle XML: Jenkins' warnings, many editors
    Checkstyle,
    /// Reviewdog's diagnostic format
    Rdjson,
    /// A comment for a pull request, at most 65,536 characters
    Markdown,
    /// One page for a browser: findings to filter, objects and their relations
    Html,
}

impl Format {
    /// Whether a report of this format shows [`Report::relations`].
    pub const fn needs_relations(self) -> bool {
        matches!(self, Self::Html)
    }
}

/// Everything one `check` has to say.
#[derive(Debug, Default)]
pub struct Report {
    /// What was found, in the order it is shown.
    pub findings: Vec<Located>,
    /// The objects that were checked.
    pub objects: Vec<Checked>,
    /// How the objects concern each other, if anybody asked ([`Format::needs_relations`]).
    pub relations: Vec<Relation>,
    /// How many findings were accepted by a suppression, and are not shown.
    pub suppressed: usize,
    /// The findings that were there before and are not shown, if anybody asked for new ones only.
    pub known: Option<Known>,
    /// The least severity that fails the run; without one, nothing does.
    pub fail_on: Option<Severity>,
    /// The environments of the project that were checked; none outside of projects.
    pub environments: Vec<Arc<str>>,
}

/// An object that was checked.
#[derive(Debug, Clone)]
pub struct Checked {
    /// The file it is in, as the user knows it.
    pub file: Arc<str>,
    /// What it is.
    pub id: ObjectId,
}

/// What one object has to do with another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Relation {
    /// The place in [`Report::objects`] of the object that does something.
    pub from: usize,
    /// The place of the other one.
    pub to: usize,
    /// What it does, between the names of both: `selects`.
    pub what: &'static str,
}

/// Findings that are not shown because they are known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// How many.
    pub count: usize,
    /// What that makes them, for the summary: `older than origin/main`.
    pub are: String,
}

/// How many findings of each weight.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Findings of [`Severity::Error`].
    pub errors: usize,
    /// Findings of [`Severity::Warning`].
    pub warnings: usize,
    /// Findings of [`Severity::Info`].
    pub infos: usize,
}

impl Report {
    /// Adds what another part of the run has to say.
    pub fn add(&mut self, other: Self) {
        self.findings.extend(other.findings);
        let before = self.objects.len();
        self.relations
            .extend(other.relations.into_iter().map(|relation| Relation {
                from: relation.from + before,
                to: relation.to + before,
                ..relation
            }));
        self.objects.extend(other.objects);
        self.suppressed += other.suppressed;
    }

    /// Says that all findings are of an environment.
    pub fn found_in(&mut self, environment: &Arc<str>) {
        for finding in &mut self.findings {
            finding.environments.names.push(Arc::clone(environment));
        }
    }

    /// Tells what environments share once, which [`crate::known`] counts in each.
    pub fn join_environments(&mut self) {
        if !self.environments.is_empty() {
            self.findings = environments::join(std::mem::take(&mut self.findings), &self.environments);
        }
    }

    /// Makes one finding of those that one change mends.
    pub fn fold(&mut self) {
        judge::fold(&mut self.findings);
    }

    /// Whether one finding fails the run.
    pub fn is_failure(&self, finding: &Located) -> bool {
        self.fail_on.is_some_and(|least| finding.severity >= least)
    }

    /// Whether the run fails.
    pub fn fails(&self) -> bool {
        self.findings.iter().any(|finding| self.is_failure(finding))
    }

    /// How many findings of each weight.
    pub fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        for finding in &self.findings {
            counts.add(finding.severity);
        }
        counts
    }
}

impl Counts {
    /// Counts one more.
    fn add(&mut self, severity: Severity) {
        match severity {
            Severity::Error => self.errors += 1,
            Severity::Warning => self.warnings += 1,
            Severity::Info => self.infos += 1,
        }
    }

    /// `3 errors, 1 warning`; nothing for none.
    fn words(self) -> String {
        [
            (self.errors, "error"),
            (self.warnings, "warning"),
            (self.infos, "hint"),
        ]
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| plural(count, word))
        .collect::<Vec<_>>()
        .join(", ")
    }
}

/// Writes the report in a format; `color` only matters to people.
///
/// # Errors
/// When the output cannot be written.
pub fn write(report: &Report, format: Format, color: bool, out: &mut dyn io::Write) -> io::Result<()> {
    match format {
        Format::Human => human::write(report, color, out),
        Format::Json => json::write(report, out),
        Format::Sarif => sarif::write(report, out),
        Format::Github => github::write(report, out),
        Format::Gitlab => gitlab::write(report, out),
        Format::Junit => junit::write(report, out),
        Format::Tap => tap::write(report, out),
        Format::Checkstyle => checkstyle::write(report, out),
        Format::Rdjson => rdjson::write(report, out),
        Format::Markdown => markdown::write(report, out),
        Format::Html => html::write(report, out),
    }
}

/// What programs read, on lines of its own, with a line break at the end.
fn write_json(wire: &impl serde::Serialize, out: &mut dyn io::Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, wire)?;
    writeln!(out)
}

/// `1 error`, `3 errors`.
pub fn plural(count: usize, word: &str) -> String {
    if count == 1 {
        format!("1 {word}")
    } else {
        format!("{count} {word}s")
    }
}
