//! Where a project's configuration is, and its text.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::finding::{Finding, Group, RuleMeta, Severity, Stage};

/// A configuration that cannot be used.
pub static INVALID_CONFIGURATION: RuleMeta = RuleMeta {
    name: "invalid-configuration",
    group: Group::Yaml,
    stage: Stage::Yaml,
    severity: Severity::Error,
    default: true,
    summary: "a `plimsoll.yaml` that says what cannot be understood; nothing is checked with it",
    peers: &[],
    fix: None,
    page: include_str!("../../fixtures/rules/invalid-configuration.md"),
};

/// The name of a project's file.
pub const PROJECT_FILE: &str = "plimsoll.yaml";
/// The name of a chart's file, beside its `Chart.yaml`.
pub const CHART_FILE: &str = ".plimsoll.yaml";

/// The most bytes of a configuration.
const MAX_BYTES: u64 = 4 << 20;

/// The nearest configuration of a folder or of those it is in, up to the root of its git repository.
pub fn find(from: &Path) -> Option<PathBuf> {
    for folder in from.ancestors() {
        let file = folder.join(PROJECT_FILE);
        if file.is_file() {
            return Some(file);
        }
        if folder.join(".git").exists() {
            break;
        }
    }
    None
}

/// The configuration of a chart, if it is a folder that has one.
pub fn of_chart(chart: &Path) -> Option<PathBuf> {
    Some(chart.join(CHART_FILE)).filter(|file| file.is_file())
}

/// Reads a configuration.
///
/// # Errors
/// A finding: it cannot be read, is not UTF-8, or too large.
pub fn read(file: &Path) -> Result<Arc<str>, Finding> {
    let mut budget = MAX_BYTES;
    super::read(file, &mut budget)
}

/// The folder of a file, without links.
///
/// # Errors
/// It cannot be asked for.
pub fn folder_of(file: &Path) -> io::Result<PathBuf> {
    let file = fs::canonicalize(file)?;
    Ok(file.parent().unwrap_or(Path::new("/")).to_path_buf())
}
