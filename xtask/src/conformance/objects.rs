//! The objects of a text, as JSON to send.

use std::sync::Arc;

use plimsoll::manifest::ManifestSet;
use plimsoll::manifest::parse::{self, Strangers};
use plimsoll::manifest::{ObjectId, json};
use plimsoll::source::{SourceKind, SourceMap};
use serde_json::Value;

/// An object to send.
#[derive(Debug)]
pub(super) struct Object {
    id: ObjectId,
    json: Value,
}

/// All objects of a text that can be sent.
pub(super) fn read(text: &str) -> Vec<Object> {
    let sources = SourceMap::default();
    let text: Arc<str> = Arc::from(text);
    let source = sources.add("rendered.yaml", Arc::clone(&text), SourceKind::File);
    let (mut manifests, mut findings) = (ManifestSet::default(), Vec::new());
    parse::parse_shared(text, source, 0, Strangers::Report, &mut manifests, &mut findings);
    let sent = manifests.iter().filter_map(|manifest| {
        Some(Object {
            id: manifest.id.clone(),
            json: json::sent(manifest.node()).ok()?,
        })
    });
    sent.collect()
}

impl Object {
    pub(super) fn json(&self) -> &Value {
        &self.json
    }

    pub(super) fn group(&self) -> &str {
        self.id.group()
    }

    pub(super) fn version(&self) -> &str {
        self.id.version()
    }

    pub(super) fn kind(&self) -> &str {
        &self.id.kind
    }

    pub(super) fn name(&self) -> &str {
        &self.id.name
    }

    pub(super) fn namespace(&self) -> Option<&str> {
        self.id.namespace.as_deref()
    }

    pub(super) fn is_definition(&self) -> bool {
        self.kind() == "CustomResourceDefinition"
    }

    /// Whether it defines the kind of another one.
    pub(super) fn defines(&self, other: &Self) -> bool {
        let spec = &self.json["spec"];
        self.is_definition() && spec["group"] == other.group() && spec["names"]["kind"] == other.kind()
    }
}
