//! Findings over `fixtures/schema`, and the walker against an independent validator.

mod agreement;
mod fixtures;

use std::sync::Arc;

use super::{SchemaStore, validate};
use crate::finding::Finding;
use crate::manifest::ManifestSet;
use crate::manifest::parse::{Strangers, parse};
use crate::source::{SourceKind, SourceMap};

/// Objects of a text, with the texts they were read from.
fn read(name: &str, text: &str) -> (ManifestSet, SourceMap) {
    let sources = SourceMap::default();
    let text: Arc<str> = Arc::from(text);
    let source = sources.add(name, Arc::clone(&text), SourceKind::File);
    let mut manifests = ManifestSet::default();
    let length = u32::try_from(text.len()).expect("fixtures are small");
    parse(
        &text,
        source,
        0..length,
        Strangers::Report,
        &mut manifests,
        &mut Vec::new(),
    );
    (manifests, sources)
}

/// Findings of this stage over a text, with its own CRDs.
fn findings_of(manifests: &ManifestSet) -> Vec<Finding> {
    let mut store = SchemaStore::default();
    store.add_crds(manifests);
    validate(manifests, &store)
}
