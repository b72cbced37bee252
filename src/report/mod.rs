//! What people and machines read. One format, one file; each is a pure function of the [`Report`].

pub mod diff_human;
pub mod diff_json;
mod human;
mod json;

use std::io;
use std::sync::Arc;

use crate::finding::Severity;
use crate::finding::locate::Located;
use crate::manifest::ObjectId;

/// The format of a report.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// For people: excerpts, help, a summary line
    #[default]
    Human,
    /// For machines: a stable contract, `schemas/report.schema.json`
    Json,
}

/// Everything one `check` has to say.
#[derive(Debug, Default)]
pub struct Report {
    /// What was found, in the order it is shown.
    pub findings: Vec<Located>,
    /// The objects that were checked.
    pub objects: Vec<Checked>,
    /// How many findings were accepted by a suppression, and are not shown.
    pub suppressed: usize,
    /// The findings that were there before and are not shown, if anybody asked for new ones only.
    pub known: Option<Known>,
}

/// An object that was checked.
#[derive(Debug, Clone)]
pub struct Checked {
    /// The file it is in, as the user knows it.
    pub file: Arc<str>,
    /// What it is.
    pub id: ObjectId,
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
        self.objects.extend(other.objects);
        self.suppressed += other.suppressed;
    }

    /// How many findings of each weight.
    pub fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        for finding in &self.findings {
            match finding.severity {
                Severity::Error => counts.errors += 1,
                Severity::Warning => counts.warnings += 1,
                Severity::Info => counts.infos += 1,
            }
        }
        counts
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
    }
}

/// `1 error`, `3 errors`.
pub fn plural(count: usize, word: &str) -> String {
    if count == 1 {
        format!("1 {word}")
    } else {
        format!("{count} {word}s")
    }
}
