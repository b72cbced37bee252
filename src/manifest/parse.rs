//! Text to objects: every document of a stream, every item of a `List`.

use std::ops::Range;
use std::sync::Arc;

use plimsoll_yaml::{Cause, DecodeError, Doc, DuplicateKey, Kind, Limits, NodeRef, SyntaxError};

use super::{Manifest, ManifestId, ManifestSet, ObjectId};
use crate::finding::{Anchor, Edit, Finding, Fix, Group, RuleMeta, Safety, Severity, Stage};
use crate::source::{SourceId, SourceKind, SourceMap, Span};

/// The text is not YAML.
pub static YAML_SYNTAX: RuleMeta = RuleMeta {
    name: "yaml-syntax",
    group: Group::Yaml,
    stage: Stage::Yaml,
    severity: Severity::Error,
    default: true,
    summary: "text that is not YAML as Helm and kubectl read it",
    peers: &[],
    fix: None,
    page: include_str!("../../fixtures/rules/yaml-syntax.md"),
};

/// One mapping has the same key twice.
pub static DUPLICATE_KEY: RuleMeta = RuleMeta {
    name: "duplicate-key",
    group: Group::Yaml,
    stage: Stage::Yaml,
    severity: Severity::Error,
    default: true,
    summary: "the same key twice in one mapping: all but the last are lost",
    peers: &["kubeconform:strict"],
    fix: Some(Safety::Safe),
    page: include_str!("../../fixtures/rules/duplicate-key.md"),
};

/// A document is not a mapping, so it can't be an object.
pub static NOT_AN_OBJECT: RuleMeta = RuleMeta {
    name: "not-an-object",
    group: Group::Yaml,
    stage: Stage::Yaml,
    severity: Severity::Error,
    default: true,
    summary: "a document that is text or a list where a Kubernetes object is expected",
    peers: &[],
    fix: None,
    page: include_str!("../../fixtures/rules/not-an-object.md"),
};

/// What to do with documents that do not look like Kubernetes objects at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Strangers {
    /// The text comes from standard input, or a chart printed it: everything in it must be an object.
    Report,
    /// The user, or pre-commit, named the file: what has none of an object's keys is another tool's YAML.
    SkipUnrelated,
    /// The text was met on a walk through a folder or a Markdown file: other YAML is not our business.
    Skip,
}

/// How many objects deep `List` may hold `List`.
const MAX_LIST_DEPTH: u32 = 8;

/// Reads the objects of one text.
///
/// `range` is the part of the source to read (all of it but for blocks of a Markdown file). A document that is broken
/// costs only itself; an empty one is passed over in silence, as kubectl does.
pub fn parse(
    text: &str,
    source: SourceId,
    range: Range<u32>,
    strangers: Strangers,
    manifests: &mut ManifestSet,
    findings: &mut Vec<Finding>,
) {
    let Some(slice) = text.get(range.start as usize..range.end as usize) else {
        return;
    };
    parse_shared(
        Arc::from(slice),
        source,
        range.start,
        strangers,
        manifests,
        findings,
    );
}

/// Reads texts that belong to nothing else: what tests and tools write. All that is no object is a finding.
pub fn parse_alone<'t>(texts: impl IntoIterator<Item = &'t str>) -> (ManifestSet, Vec<Finding>) {
    let sources = SourceMap::default();
    let (mut manifests, mut findings) = (ManifestSet::default(), Vec::new());
    for text in texts {
        let source = sources.add("manifest.yaml", text, SourceKind::File);
        parse_shared(
            Arc::from(text),
            source,
            0,
            Strangers::Report,
            &mut manifests,
            &mut findings,
        );
    }
    (manifests, findings)
}

/// [`parse`] for a text that is already shared and read whole: nothing is copied.
pub fn parse_shared(
    text: Arc<str>,
    source: SourceId,
    offset: u32,
    strangers: Strangers,
    manifests: &mut ManifestSet,
    findings: &mut Vec<Finding>,
) {
    let stream = plimsoll_yaml::parse(text, &Limits::default());
    findings.extend(
        stream
            .errors
            .iter()
            .map(|error| syntax_finding(error, source, offset)),
    );
    for doc in stream.docs {
        let doc = Arc::new(doc);
        let root = doc.root();
        let is_stranger = match strangers {
            Strangers::Report => false,
            Strangers::SkipUnrelated => is_unrelated(root),
            Strangers::Skip => !looks_like_an_object(root),
        };
        if is_stranger {
            continue;
        }
        if root.kind() != Kind::Mapping {
            if !root.is_null() {
                findings.push(not_an_object(root, source, offset));
            }
            continue;
        }
        let undecodable = doc.check();
        if !undecodable.is_empty() {
            findings.extend(
                undecodable
                    .iter()
                    .map(|error| decode_finding(error, &doc, source, offset)),
            );
            continue;
        }
        report_duplicates(&doc, source, offset, findings);
        push_object(&doc, root, source, offset, 0, manifests);
    }
}

/// A finding for text that is not YAML, with the likely cause as help.
pub fn syntax_finding(error: &SyntaxError, source: SourceId, offset: u32) -> Finding {
    let span = Span::in_part(source, offset, error.span);
    Finding::new(
        &YAML_SYNTAX,
        Anchor::Text(span),
        told(error.cause, &error.message),
    )
    .help(error.help())
}

/// A finding for what is YAML, and no reader makes a value of: a tag that does not fit, a mapping as a key.
pub fn decode_finding(error: &DecodeError, doc: &Doc, source: SourceId, offset: u32) -> Finding {
    let anchor = Anchor::Text(Span::in_part(source, offset, error.span));
    let cause = error.cause(doc.source());
    Finding::new(&YAML_SYNTAX, anchor, told(cause, &error.message)).help(cause.help())
}

/// What is wrong in plain words, and then in go-yaml's, which is what Helm and kubectl print.
fn told(cause: Cause, message: &str) -> String {
    match cause.what() {
        Some(what) => format!("{what} ({message})"),
        None => message.to_owned(),
    }
}

/// Findings for the keys that a document repeats.
pub fn report_duplicates(doc: &Doc, source: SourceId, offset: u32, findings: &mut Vec<Finding>) {
    let anchor = |span| Anchor::Text(Span::in_part(source, offset, span));
    for duplicate in doc.duplicate_keys() {
        let key = doc.source().get(duplicate.again.range()).unwrap_or_default();
        let edit = Edit::RemoveRepeated(Span::in_part(source, offset, duplicate.first));
        let mut finding = Finding::new(
            &DUPLICATE_KEY,
            anchor(duplicate.again),
            format!("the key `{key}` is in this mapping twice"),
        )
        .help(format!(
            "keep one `{key}`: YAML readers drop all but the last, and a strict server refuses it"
        ))
        .related(anchor(duplicate.first), "first here");
        finding.mend(if is_same_twice(doc, duplicate) {
            Fix::safe(edit)
        } else {
            Fix::risky(edit)
        });
        findings.push(finding);
    }
}

/// Whether a key that is repeated has the same value, in the same words, both times.
fn is_same_twice(doc: &Doc, duplicate: DuplicateKey) -> bool {
    let value = |key: plimsoll_yaml::Span| {
        // A node is numbered by its place: the value of a key comes right behind it.
        let value = doc.get_node(doc.scalar_at(key.start)?.id() + 1)?;
        Some(value.source_text().trim_end())
    };
    value(duplicate.first).is_some_and(|first| value(duplicate.again) == Some(first))
}

fn not_an_object(root: NodeRef<'_>, source: SourceId, offset: u32) -> Finding {
    let found = if root.kind() == Kind::Sequence {
        "a list"
    } else {
        "plain text"
    };
    Finding::new(
        &NOT_AN_OBJECT,
        Anchor::Text(Span::in_part(source, offset, root.span())),
        format!("this document is {found}, not a Kubernetes object"),
    )
    .help(
        "an object is a mapping that starts with `apiVersion:` and `kind:`; separate objects by a line `---`",
    )
}

/// Whether a mapping has none of the keys that every object has.
fn is_unrelated(root: NodeRef<'_>) -> bool {
    root.is_mapping()
        && ["apiVersion", "kind", "metadata"]
            .iter()
            .all(|key| root.get(key).is_none())
}

/// Whether a document found by chance is meant as a Kubernetes object: it has `kind` or `apiVersion`, or the
/// `metadata` and `spec` of one whose header was forgotten; or it is a list of what has both.
fn looks_like_an_object(root: NodeRef<'_>) -> bool {
    if let Some(first) = root.item(0) {
        return first.get("apiVersion").is_some() && first.get("kind").is_some();
    }
    let has = |key: &str| root.get(key).is_some();
    has("apiVersion") && (has("kind") || has("metadata") || has("spec"))
        || has("kind") && (has("metadata") || has("spec"))
        || has("metadata") && has("spec")
}

fn push_object(
    doc: &Arc<Doc>,
    node: NodeRef<'_>,
    source: SourceId,
    offset: u32,
    depth: u32,
    manifests: &mut ManifestSet,
) {
    let id = ObjectId::of(node);
    // `List` and the typed lists of the API (`ConfigMapList`) are taken apart as kubectl does.
    let items = node.get("items").filter(|items| items.kind() == Kind::Sequence);
    if let Some(items) = items.filter(|_| id.kind.ends_with("List") && depth < MAX_LIST_DEPTH) {
        for item in items.items().filter(|item| item.kind() == Kind::Mapping) {
            push_object(doc, item, source, offset, depth + 1, manifests);
        }
        return;
    }
    manifests.push(Manifest {
        number: ManifestId(0),
        id,
        doc: Arc::clone(doc),
        root: node.id(),
        source,
        offset,
    });
}
