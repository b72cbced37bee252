//! The values a user gives: files, then the `--set` family in Helm's order, whatever the order on the command line.
//!
//! Upstream: `MergeValues` of `pkg/cli/values/options.go`.

use std::ops::Range;

use plimsoll_yaml::Limits;

use super::coalesce::merge_maps;
use super::set::{self, Kind};
use super::tree::{Layer, Place, TableId, Tree};
use super::{INVALID_FLAG, INVALID_VALUES};
use crate::chart::HelmCompat;
use crate::finding::{Anchor, Finding};
use crate::manifest::parse::syntax_finding;
use crate::source::{SourceId, SourceKind, SourceMap, Span};

/// A values file, read.
#[derive(Debug, Clone)]
pub struct ValuesFile {
    /// The path as the user gave it; `-` for standard input.
    pub path: String,
    /// Its bytes, or why it cannot be read.
    pub bytes: Result<Vec<u8>, String>,
}

/// Everything a user says about values, in the order of the command line within each kind.
#[derive(Debug, Clone, Default)]
pub struct Layers {
    /// `-f`
    pub files: Vec<ValuesFile>,
    /// `--set-json`
    pub set_json: Vec<String>,
    /// `--set`
    pub set: Vec<String>,
    /// `--set-string`
    pub set_string: Vec<String>,
    /// `--set-file`
    pub set_file: Vec<String>,
    /// `--set-literal`
    pub set_literal: Vec<String>,
}

/// Reads the file that `--set-file` names; the error is shown.
pub type FileReader<'a> = &'a dyn Fn(&str) -> Result<Vec<u8>, String>;

/// Merges the layers into one tree.
pub(super) fn merge(
    layers: &Layers,
    compat: HelmCompat,
    sources: &SourceMap,
    read_file: FileReader<'_>,
    findings: &mut Vec<Finding>,
) -> Tree {
    let mut tree = Tree::new();
    for file in &layers.files {
        match &file.bytes {
            Err(message) => {
                let message = format!("cannot read the values file `{}`: {message}", file.path);
                findings.push(
                    Finding::new(&INVALID_VALUES, Anchor::File(file.path.clone()), message)
                        .help("check the path given to `-f`"),
                );
            }
            Ok(bytes) => match text(&file.path, bytes, sources) {
                Err(finding) => findings.push(finding),
                Ok(source) => {
                    let read = read_document(&mut tree, source, sources, Layer::File, compat, findings);
                    let root = tree.root();
                    let merged = merge_maps(&mut tree, root, read);
                    tree.set_root(merged);
                }
            },
        }
    }
    for flag in &layers.set_json {
        set_json(&mut tree, flag, compat, sources, findings);
    }
    let mut apply = |flag: &str, name: &str, kind: Kind<'_>| {
        let source = sources.add(name, flag, SourceKind::Flag);
        let root = tree.root();
        if let Err(error) = set::set(flag, source, kind, &mut tree, root) {
            findings.push(broken_flag(name, source, flag, error.at, &error.message));
        }
    };
    for flag in &layers.set {
        apply(flag, "--set", Kind::Typed);
    }
    for flag in &layers.set_string {
        apply(flag, "--set-string", Kind::Text);
    }
    for flag in &layers.set_file {
        apply(flag, "--set-file", Kind::File(read_file));
    }
    for flag in &layers.set_literal {
        apply(flag, "--set-literal", Kind::Literal);
    }
    tree
}

fn set_json(
    tree: &mut Tree,
    flag: &str,
    compat: HelmCompat,
    sources: &SourceMap,
    findings: &mut Vec<Finding>,
) {
    const NAME: &str = "--set-json";
    let source = sources.add(NAME, flag, SourceKind::Flag);
    let object = flag.trim();
    if compat.set_json_takes_objects() && object.starts_with('{') {
        match serde_json::from_str::<serde_json::Value>(object) {
            Ok(value) => {
                let end = u32::try_from(flag.len()).unwrap_or(u32::MAX);
                let origin = super::tree::Origin {
                    layer: Layer::Flag,
                    value: Some(Span::new(source, 0, end)),
                    key: None,
                };
                if let Some(table) = set::from_json(tree, value, origin).as_table() {
                    let merged = merge_maps(tree, tree.root(), table);
                    tree.set_root(merged);
                }
            }
            Err(error) => findings.push(broken_flag(NAME, source, flag, 0, &error.to_string())),
        }
    } else if let Err(error) = set::set(flag, source, Kind::Json, tree, tree.root()) {
        findings.push(broken_flag(NAME, source, flag, error.at, &error.message));
    }
}

fn broken_flag(name: &str, source: SourceId, flag: &str, at: usize, message: &str) -> Finding {
    let offset = |at: usize| u32::try_from(at.min(flag.len())).unwrap_or(u32::MAX);
    Finding::new(
        &INVALID_FLAG,
        Anchor::Text(Span::new(source, offset(at.saturating_sub(1)), offset(at))),
        format!("`{name} {flag}` cannot be read: {message}"),
    )
    .help(
        "write `key=value`, `a.b[0]=value`, several joined by commas; escape a comma, dot or bracket by `\\`",
    )
}

/// The text of a values file as a source.
pub(super) fn text(path: &str, bytes: &[u8], sources: &SourceMap) -> Result<SourceId, Finding> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(sources.add(path, text, SourceKind::File)),
        Err(error) => Err(Finding::new(
            &INVALID_VALUES,
            Anchor::File(path.to_owned()),
            format!(
                "`{path}` is not UTF-8 text: the byte at offset {} is not part of a character",
                error.valid_up_to()
            ),
        )
        .help("save the file as UTF-8")),
    }
}

/// The values of a file's text: of all its documents in Helm 4, of the first in Helm 3.
pub(crate) fn read_document(
    tree: &mut Tree,
    source: SourceId,
    sources: &SourceMap,
    layer: Layer,
    compat: HelmCompat,
    findings: &mut Vec<Finding>,
) -> TableId {
    let text = std::sync::Arc::clone(sources.get(source).text());
    let mut merged = tree.add_table(super::tree::Table::new());
    let parts = if compat.merges_documents_of_values() {
        documents(&text)
    } else {
        Ok(std::iter::once(0..text.len()).collect())
    };
    let parts = match parts {
        Ok(parts) => parts,
        Err(at) => {
            let start = u32::try_from(at.start).unwrap_or(u32::MAX);
            let end = u32::try_from(at.end).unwrap_or(u32::MAX);
            findings.push(
                Finding::new(
                    &INVALID_VALUES,
                    Anchor::Text(Span::new(source, start, end)),
                    "text on the line of a `---`; Helm takes such a values file for broken",
                )
                .help("put the values on the lines below `---`"),
            );
            return merged;
        }
    };
    for part in parts {
        let offset = u32::try_from(part.start).unwrap_or(u32::MAX);
        let shared = if part.len() == text.len() {
            std::sync::Arc::clone(&text)
        } else {
            std::sync::Arc::from(&text[part])
        };
        let stream = plimsoll_yaml::parse(shared, &Limits::default());
        if let Some(error) = stream.errors.iter().find(|error| error.doc_index == 0) {
            findings.push(syntax_finding(error, source, offset));
            continue;
        }
        let Some(doc) = stream.docs.first().filter(|doc| doc.index() == 0) else {
            continue;
        };
        match tree.add_document(
            doc.root(),
            Place {
                source,
                offset,
                layer,
            },
        ) {
            Ok(table) => merged = merge_maps(tree, merged, table),
            Err(error) => findings.push(
                Finding::new(
                    &INVALID_VALUES,
                    Anchor::Text(Span::in_part(source, offset, error.span)),
                    error.message,
                )
                .help("a values file is a mapping: `key: value`"),
            ),
        }
    }
    merged
}

/// The parts of a text between its `---` lines.
///
/// Upstream: `YAMLReader.Read` of `k8s.io/apimachinery/pkg/util/yaml/decoder.go`, which looks at lines, not at YAML.
///
/// # Errors
/// The bytes of text that follows a `---` on its line and is no comment.
fn documents(text: &str) -> Result<Vec<Range<usize>>, Range<usize>> {
    if !text.starts_with("---") && !text.contains("\n---") {
        return Ok(std::iter::once(0..text.len()).collect());
    }
    let mut parts = Vec::new();
    let mut start = 0;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let end = at + line.len();
        if let Some(rest) = line.strip_prefix("---") {
            let rest = rest.trim();
            if !rest.is_empty() && !rest.starts_with('#') {
                return Err(at..end);
            }
            // The separator that opens a document stays with it.
            if at > start {
                parts.push(start..at);
                start = end;
            }
        }
        at = end;
    }
    if start < text.len() {
        parts.push(start..text.len());
    }
    Ok(parts)
}
