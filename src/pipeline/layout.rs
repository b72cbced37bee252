//! Rendered documents to the files of a folder, as a layout names them.

use std::collections::BTreeMap;

use super::project::{RenderedDocument, RenderedUnit};
use crate::config::Stencil;
use crate::render::output;

/// The blanks of a layout.
pub const BLANKS: &[&str] = &["env", "release", "namespace", "kind", "name", "source"];
/// One file an object.
pub const BY_OBJECT: &str = "{{ env }}/{{ release }}/{{ kind }}-{{ name }}.yaml";
/// One file a template, as `helm template --output-dir` writes them.
pub const BY_TEMPLATE: &str = "{{ env }}/{{ release }}/{{ source }}";

/// The files that hold what releases render to, by their paths with slashes. Documents of one path share the file, in their
/// order.
pub fn files(units: &[RenderedUnit], layout: &Stencil) -> BTreeMap<String, Vec<u8>> {
    let mut files: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    for unit in units {
        for document in unit.documents.iter().filter(|document| !document.kind.is_empty()) {
            let file = files.entry(path(unit, document, layout)).or_default();
            output::push(file, &document.source, &document.text);
        }
    }
    files
}

/// The path of a document. What a blank stands for cannot lead out of the folder, and makes no folders but for `source`.
fn path(unit: &RenderedUnit, document: &RenderedDocument, layout: &Stencil) -> String {
    let namespace = document.namespace.as_deref().unwrap_or(&unit.namespace);
    let filled = |blank: &str| match blank {
        "env" => plain(&unit.environment),
        "release" => plain(&unit.release),
        "namespace" => plain(namespace),
        "kind" => plain(&document.kind),
        "name" => plain(&document.name),
        _ => document
            .source
            .split('/')
            .map(plain)
            .collect::<Vec<_>>()
            .join("/"),
    };
    let path = layout.fill(filled);
    let parts = path.split('/').filter(|part| !matches!(*part, "" | "." | ".."));
    parts.collect::<Vec<_>>().join("/")
}

/// A name as part of a path that every file system takes.
fn plain(name: &str) -> String {
    let is_plain = |char: &char| char.is_alphanumeric() || matches!(char, '-' | '_' | '.');
    name.chars()
        .map(|char| if is_plain(&char) { char } else { '_' })
        .collect()
}

/// All documents as one stream, each with its template, and each release with its name.
pub fn stream(units: &[RenderedUnit]) -> Vec<u8> {
    let mut out = Vec::new();
    for unit in units.iter().filter(|unit| !unit.documents.is_empty()) {
        out.extend_from_slice(format!("# {} in {}\n", unit.release, unit.environment).as_bytes());
        for document in &unit.documents {
            output::push(&mut out, &document.source, &document.text);
        }
    }
    out
}
