//! What the user pointed at: charts, manifest files, Markdown files, standard input.
//!
//! A folder with a `Chart.yaml` is a chart and is not looked into any further; everything else below the given paths
//! that is YAML, JSON or Markdown is manifests. All manifests of one call are one unit: a Service in one file may
//! select the pods of another.

pub mod project;
pub mod schemas;

use std::collections::BTreeSet;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::{fs, io};

use walkdir::WalkDir;

use crate::finding::{Anchor, Finding, Group, RuleMeta, Severity, Stage};
use crate::manifest::parse::Strangers;

/// The most files one run reads.
pub const MAX_FILES: usize = 10_000;
/// The most bytes one run reads, all files together.
pub const MAX_BYTES: u64 = 100 * 1024 * 1024;

/// A path cannot be read.
pub static UNREADABLE_INPUT: RuleMeta = RuleMeta {
    name: "unreadable-input",
    group: Group::Yaml,
    stage: Stage::Yaml,
    severity: Severity::Error,
    default: true,
    summary: "a file or folder that cannot be read: missing, no permission, not UTF-8, a link that leads in a circle",
    peers: &[],
    fix: None,
    page: include_str!("../../fixtures/rules/unreadable-input.md"),
};

/// The input is larger than one run reads.
pub static INPUT_TOO_LARGE: RuleMeta = RuleMeta {
    name: "input-too-large",
    group: Group::Yaml,
    stage: Stage::Yaml,
    severity: Severity::Error,
    default: true,
    summary: "more files or bytes than one run reads: 10,000 files, 100 MiB",
    peers: &[],
    fix: None,
    page: include_str!("../../fixtures/rules/input-too-large.md"),
};

/// How a manifest file is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Syntax {
    /// A stream of documents; JSON is YAML.
    Yaml,
    /// Prose with fenced blocks.
    Markdown,
}

/// One text that may hold manifests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ManifestFile {
    /// Where it is; `-` is standard input.
    pub path: PathBuf,
    /// How to read it.
    pub syntax: Syntax,
    /// What to do with documents that are no objects.
    pub strangers: Strangers,
}

/// Everything the user pointed at, sorted within each given path.
#[derive(Debug, Default)]
pub struct Inputs {
    /// Chart folders and archives.
    pub charts: Vec<PathBuf>,
    /// Texts with manifests.
    pub manifests: Vec<ManifestFile>,
}

/// The path that means standard input.
pub const STDIN: &str = "-";

/// The first of the given paths that is not there: then the call is wrong, and nothing is checked.
pub fn missing(paths: &[PathBuf]) -> Option<&Path> {
    paths
        .iter()
        .map(PathBuf::as_path)
        .find(|path| path.as_os_str() != STDIN && !path.exists())
}

/// Finds charts and manifest files below the given paths, which are all there.
pub fn discover(paths: &[PathBuf]) -> (Inputs, Vec<Finding>) {
    let mut inputs = Inputs::default();
    let mut findings = Vec::new();
    let mut seen = BTreeSet::new();
    for path in paths {
        if path.as_os_str() == STDIN {
            inputs.manifests.push(ManifestFile {
                path: path.clone(),
                syntax: Syntax::Yaml,
                strangers: Strangers::Report,
            });
        } else if path.is_dir() {
            walk(path, &mut seen, &mut inputs, &mut findings);
        } else {
            named_file(path, &mut seen, &mut inputs);
        }
    }
    if inputs.manifests.len() > MAX_FILES {
        findings.push(too_many(inputs.manifests.len()));
        inputs.manifests.truncate(MAX_FILES);
    }
    (inputs, findings)
}

/// A file that the user named is read whatever it is called.
fn named_file(path: &Path, seen: &mut BTreeSet<PathBuf>, inputs: &mut Inputs) {
    if !seen.insert(path.to_path_buf()) {
        return;
    }
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    if name.ends_with(".tgz") || name.ends_with(".tar.gz") {
        inputs.charts.push(path.to_path_buf());
    } else if name == "Chart.yaml" {
        inputs.charts.push(
            path.parent()
                .filter(|parent| *parent != Path::new(""))
                .unwrap_or(Path::new("."))
                .to_path_buf(),
        );
    } else if let Some(chart) = chart_above(path) {
        // A pre-commit hook names the files that changed; a template is checked with its chart.
        if seen.insert(chart.clone()) {
            inputs.charts.push(chart);
        }
    } else {
        let (syntax, strangers) = match syntax_of(path) {
            Some(Syntax::Markdown) => (Syntax::Markdown, Strangers::Skip),
            _ => (Syntax::Yaml, Strangers::SkipUnrelated),
        };
        inputs.manifests.push(ManifestFile {
            path: path.to_path_buf(),
            syntax,
            strangers,
        });
    }
}

/// The nearest folder above a file that is a chart; the outermost one when charts are nested, because a subchart is
/// rendered by its parent.
fn chart_above(path: &Path) -> Option<PathBuf> {
    let mut found = None;
    for folder in path.ancestors().skip(1) {
        let folder = if folder == Path::new("") {
            Path::new(".")
        } else {
            folder
        };
        if folder.join("Chart.yaml").is_file() {
            found = Some(folder.to_path_buf());
        } else if found.is_some() && folder.file_name().is_none_or(|name| name != "charts") {
            break;
        }
    }
    found
}

fn walk(root: &Path, seen: &mut BTreeSet<PathBuf>, inputs: &mut Inputs, findings: &mut Vec<Finding>) {
    let mut entries = WalkDir::new(root)
        .follow_links(true)
        .sort_by_file_name()
        .into_iter();
    while let Some(entry) = entries.next() {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                findings.push(unreadable_entry(root, &error));
                continue;
            }
        };
        let path = entry.path();
        if entry.file_type().is_dir() {
            if entry.depth() > 0 && is_not_ours(entry.file_name().to_string_lossy().as_ref()) {
                entries.skip_current_dir();
            } else if path.join("Chart.yaml").is_file() {
                if seen.insert(path.to_path_buf()) {
                    inputs.charts.push(path.to_path_buf());
                }
                entries.skip_current_dir();
            }
        } else if let Some(syntax) = syntax_of(path) {
            if entry.file_type().is_file() && seen.insert(path.to_path_buf()) {
                inputs.manifests.push(ManifestFile {
                    path: path.to_path_buf(),
                    syntax,
                    strangers: Strangers::Skip,
                });
            }
            if inputs.manifests.len() > MAX_FILES {
                return;
            }
        }
    }
}

/// Hidden folders, and those where tools keep other people's files.
fn is_not_ours(folder: &str) -> bool {
    folder.starts_with('.') && folder.len() > 1
        || matches!(folder, "node_modules" | "target" | "vendor" | "__pycache__")
}

fn syntax_of(path: &Path) -> Option<Syntax> {
    match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
        "yaml" | "yml" | "json" => Some(Syntax::Yaml),
        "md" | "markdown" => Some(Syntax::Markdown),
        _ => None,
    }
}

/// A finding for a file that cannot be read, with the system's own words.
pub fn unreadable(path: &Path, error: &io::Error) -> Finding {
    let shown = path.display().to_string();
    let message = format!("cannot read `{shown}`: {error}");
    Finding::new(&UNREADABLE_INPUT, Anchor::File(shown), message).help("check the path and its permissions")
}

/// A finding for bytes that are not UTF-8.
fn not_utf8(path: &Path, offset: usize) -> Finding {
    let shown = path.display().to_string();
    let message =
        format!("`{shown}` is not UTF-8 text: the byte at offset {offset} is not part of a character");
    Finding::new(&UNREADABLE_INPUT, Anchor::File(shown), message)
        .help("save the file as UTF-8, or leave it out if it is not a manifest")
}

/// A finding for a file that would take the run over its bound.
fn too_large(path: &Path, bytes: u64) -> Finding {
    let shown = path.display().to_string();
    let message =
        format!("`{shown}` ({bytes} bytes) would take this run over {MAX_BYTES} bytes, so it is not read");
    Finding::new(&INPUT_TOO_LARGE, Anchor::File(shown), message).help("check fewer files in one run")
}

fn too_many(count: usize) -> Finding {
    Finding::new(
        &INPUT_TOO_LARGE,
        Anchor::File(".".to_owned()),
        format!("found {count} files or more; one run reads {MAX_FILES}, so the rest is not checked"),
    )
    .help("check fewer folders in one run")
}

fn unreadable_entry(root: &Path, error: &walkdir::Error) -> Finding {
    let path = error.path().unwrap_or(root).display().to_string();
    let message = match error.loop_ancestor() {
        Some(ancestor) => {
            format!(
                "`{path}` is a link that leads back to `{}`, a folder above it",
                ancestor.display()
            )
        }
        None => match error.io_error() {
            Some(io) => format!("cannot read `{path}`: {io}"),
            None => format!("cannot read `{path}`"),
        },
    };
    Finding::new(&UNREADABLE_INPUT, Anchor::File(path), message)
        .help("remove the link, or check the folder's permissions")
}

/// Reads one text, `-` from standard input, and takes its size from what the run may still read.
///
/// # Errors
/// A finding: it cannot be read, is not UTF-8, or is over the bound.
pub fn read(path: &Path, budget: &mut u64) -> Result<Arc<str>, Finding> {
    let failed = |error: io::Error| unreadable(path, &error);
    let bytes = if path.as_os_str() == STDIN {
        bounded(io::stdin().lock(), 64 * 1024, *budget).map_err(failed)?
    } else {
        let file = fs::File::open(path).map_err(failed)?;
        let size = file.metadata().map_err(failed)?.len();
        bounded(
            file,
            usize::try_from(size.min(*budget)).unwrap_or_default(),
            *budget,
        )
        .map_err(failed)?
    };
    let length = bytes.len() as u64;
    *budget = budget
        .checked_sub(length)
        .ok_or_else(|| too_large(path, length))?;
    String::from_utf8(bytes)
        .map(Arc::from)
        .map_err(|error| not_utf8(path, error.utf8_error().valid_up_to()))
}

/// Reads at most one byte more than allowed: enough to know that it is too much.
fn bounded(reader: impl io::Read, expected: usize, budget: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(expected + 1);
    reader.take(budget.saturating_add(1)).read_to_end(&mut bytes)?;
    Ok(bytes)
}
