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

/// Merges the layers into one tree, and says which texts they are.
pub(super) fn merge(
    layers: &Layers,
    compat: HelmCompat,
    sources: &SourceMap,
    read_file: FileReader<'_>,
    findings: &mut Vec<Finding>,
) -> (Tree, Vec<SourceId>) {
    let mut tree = Tree::new();
    let mut texts = Vec::new();
    let mut reader = Reader {
        compat,
        sources,
        read_file,
        findings,
    };
    for layer in layers.all() {
        if let Some(source) = reader.read(layer) {
            reader.lay(layer, source, &mut tree);
            texts.push(source);
        }
    }
    (tree, texts)
}

/// The layers, each by itself, of the texts that [`merge`] gave. What is wrong with them was said there.
pub(super) fn each(
    layers: &Layers,
    texts: &[SourceId],
    compat: HelmCompat,
    sources: &SourceMap,
    read_file: FileReader<'_>,
) -> Vec<Tree> {
    let mut reader = Reader {
        compat,
        sources,
        read_file,
        findings: &mut Vec::new(),
    };
    let alone = |(layer, source): (One<'_>, &SourceId)| {
        let mut tree = Tree::new();
        reader.lay(layer, *source, &mut tree);
        tree
    };
    layers.all().zip(texts).map(alone).collect()
}

/// One file or flag.
#[derive(Clone, Copy)]
enum One<'l> {
    File(&'l ValuesFile),
    Json(&'l str),
    /// The flag's name, its text, and how it is read; nothing for `--set-file`.
    Set(&'static str, &'l str, Option<Kind<'static>>),
}

impl Layers {
    /// Whether the user says nothing.
    pub fn is_empty(&self) -> bool {
        self.all().next().is_none()
    }

    /// All layers in Helm's order, the strongest last.
    fn all(&self) -> impl Iterator<Item = One<'_>> {
        fn set<'l>(
            flags: &'l [String],
            name: &'static str,
            kind: Option<Kind<'static>>,
        ) -> impl Iterator<Item = One<'l>> {
            flags.iter().map(move |flag| One::Set(name, flag, kind))
        }
        let files = self.files.iter().map(One::File);
        files
            .chain(self.set_json.iter().map(|flag| One::Json(flag)))
            .chain(set(&self.set, "--set", Some(Kind::Typed)))
            .chain(set(&self.set_string, "--set-string", Some(Kind::Text)))
            .chain(set(&self.set_file, "--set-file", None))
            .chain(set(&self.set_literal, "--set-literal", Some(Kind::Literal)))
    }
}

struct Reader<'a> {
    compat: HelmCompat,
    sources: &'a SourceMap,
    read_file: FileReader<'a>,
    findings: &'a mut Vec<Finding>,
}

impl Reader<'_> {
    /// The text of a layer, if it can be read.
    fn read(&mut self, layer: One<'_>) -> Option<SourceId> {
        let file = match layer {
            One::File(file) => file,
            One::Json(flag) => return Some(self.sources.add(SET_JSON, flag, SourceKind::Flag)),
            One::Set(name, flag, _) => return Some(self.sources.add(name, flag, SourceKind::Flag)),
        };
        let read = match &file.bytes {
            Ok(bytes) => text(&file.path, bytes, self.sources),
            Err(message) => {
                let message = format!("cannot read the values file `{}`: {message}", file.path);
                let finding = Finding::new(&INVALID_VALUES, Anchor::File(file.path.clone()), message);
                Err(finding.help("check the path given to `-f`"))
            }
        };
        read.map_err(|finding| self.findings.push(finding)).ok()
    }

    /// Lays one layer over a tree.
    fn lay(&mut self, layer: One<'_>, source: SourceId, tree: &mut Tree) {
        match layer {
            One::File(_) => {
                let read = read_document(
                    tree,
                    source,
                    self.sources,
                    Layer::File,
                    self.compat,
                    self.findings,
                );
                let merged = merge_maps(tree, tree.root(), read);
                tree.set_root(merged);
            }
            One::Json(flag) => set_json(tree, flag, source, self.compat, self.findings),
            One::Set(name, flag, kind) => {
                let kind = kind.unwrap_or(Kind::File(self.read_file));
                let root = tree.root();
                if let Err(error) = set::set(flag, source, kind, tree, root) {
                    let finding = broken_flag(name, source, flag, error.at, &error.message);
                    self.findings.push(finding);
                }
            }
        }
    }
}

const SET_JSON: &str = "--set-json";

fn set_json(tree: &mut Tree, flag: &str, source: SourceId, compat: HelmCompat, findings: &mut Vec<Finding>) {
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
            Err(error) => findings.push(broken_flag(SET_JSON, source, flag, 0, &error.to_string())),
        }
    } else if let Err(error) = set::set(flag, source, Kind::Json, tree, tree.root()) {
        findings.push(broken_flag(SET_JSON, source, flag, error.at, &error.message));
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
