//! Objects, as they were written: each keeps its tree with spans.

pub mod fleet;
pub mod id;
pub mod image;
pub mod ingress;
pub mod json;
pub mod lifetime;
pub mod markdown;
pub mod mentions;
pub mod neighbors;
pub mod parse;
pub mod quantity;
pub mod rollout;
mod route;
pub mod select;
pub mod selector;
pub mod uses;
pub mod view;

use std::collections::HashMap;
use std::sync::Arc;

use plimsoll_yaml::{Doc, Limits, NodeRef};
use serde_json::Value;

use crate::source::{SourceId, Span};

pub use id::{GroupKind, ObjectId};
pub use route::{Route, Step};

/// The number of a manifest in its [`ManifestSet`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ManifestId(pub u32);

/// One object and the text it was read from.
#[derive(Debug, Clone)]
pub struct Manifest {
    /// Its place in the set.
    pub number: ManifestId,
    /// What it is; parts that are missing are empty.
    pub id: ObjectId,
    /// The document that holds it; items of a `kind: List` share one.
    pub doc: Arc<Doc>,
    /// The object's own node: the document's root, or an item of a `List`.
    pub root: u32,
    /// The text `doc` was parsed from.
    pub source: SourceId,
    /// Byte offset of the document's text in that source: 0 unless it is a block inside a Markdown file.
    pub offset: u32,
}

impl Manifest {
    /// The object's tree.
    pub fn node(&self) -> NodeRef<'_> {
        self.doc.get_node(self.root).unwrap_or_else(|| self.doc.root())
    }

    /// The same object with another content. JSON is YAML; what cannot be read as such stays as it was written.
    #[must_use]
    pub fn holding(&self, value: &Value) -> Self {
        let text: Arc<str> = Arc::from(value.to_string());
        let mut stream = plimsoll_yaml::parse(text, &Limits::default());
        match stream.docs.pop() {
            Some(doc) if stream.errors.is_empty() => Self {
                doc: Arc::new(doc),
                root: 0,
                ..self.clone()
            },
            _ => self.clone(),
        }
    }

    /// The node at a route, if every step of it exists.
    pub fn at(&self, route: &Route) -> Option<NodeRef<'_>> {
        let mut node = self.node();
        for step in route.steps() {
            node = match step {
                Step::Key(key) => node.get(key)?,
                Step::Index(index) => node.item(*index as usize)?,
            };
        }
        Some(node)
    }

    /// The part of a route that leads to the deepest mapping or list on the way.
    pub fn deepest(&self, route: &Route) -> Route {
        let mut deepest = route.clone();
        while self.at(&deepest).is_none_or(NodeRef::is_scalar) && deepest.pop().is_some() {}
        deepest
    }

    /// The node at a path of keys such as `spec.selector`, if it is there and not null.
    pub fn get(&self, path: &str) -> Option<NodeRef<'_>> {
        view::get(self.node(), path)
    }

    /// When an installer runs the object as a hook, in the words of its annotation: `pre-upgrade`, `test`, `PreSync`.
    pub fn hook(&self) -> Option<&str> {
        let annotations = self.get("metadata.annotations")?;
        let hook = |name| {
            annotations
                .get(name)
                .filter(|node| !node.is_null())
                .map(NodeRef::str)
        };
        hook("helm.sh/hook").or_else(|| hook("argocd.argoproj.io/hook"))
    }

    /// The route of a path of keys.
    pub fn route(&self, path: &str) -> Route {
        Route::root().below(path)
    }

    /// A span of the document as a span of the run.
    pub fn span(&self, span: plimsoll_yaml::Span) -> Span {
        Span::in_part(self.source, self.offset, span)
    }
}

/// All objects of one unit of work (a release, or the manifests given together), in reading order.
#[derive(Debug, Clone, Default)]
pub struct ManifestSet {
    manifests: Vec<Manifest>,
    /// Where the objects begin that an installer sends together, in an order of its own.
    sent_together: Option<usize>,
}

impl ManifestSet {
    /// Adds an object and numbers it.
    pub fn push(&mut self, mut manifest: Manifest) {
        manifest.number = ManifestId(u32::try_from(self.manifests.len()).unwrap_or(u32::MAX));
        self.manifests.push(manifest);
    }

    /// Says that what is added from now on is what the templates of a release print.
    pub fn begin_release(&mut self) {
        self.sent_together = Some(self.manifests.len());
    }

    /// Whether an object is sent together with others, in an order that its installer chooses: what the templates of a
    /// chart print, but not what `crds/` holds.
    pub fn is_sent_together(&self, number: ManifestId) -> bool {
        self.sent_together.is_some_and(|first| number.0 as usize >= first)
    }

    /// The manifest of a number of this set.
    ///
    /// # Panics
    /// If the number came from another set, which is a bug.
    pub fn get(&self, number: ManifestId) -> &Manifest {
        &self.manifests[number.0 as usize]
    }

    /// All objects in reading order.
    pub fn iter(&self) -> std::slice::Iter<'_, Manifest> {
        self.manifests.iter()
    }

    /// The Namespaces by name; of several with one name the last, which is the one that stays.
    pub fn namespaces(&self) -> HashMap<&str, &Manifest> {
        let is_namespace =
            |manifest: &&Manifest| manifest.id.group().is_empty() && &*manifest.id.kind == "Namespace";
        self.iter()
            .filter(is_namespace)
            .map(|manifest| (&*manifest.id.name, manifest))
            .collect()
    }

    /// How many objects.
    pub fn len(&self) -> usize {
        self.manifests.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.manifests.is_empty()
    }
}

impl<'a> IntoIterator for &'a ManifestSet {
    type Item = &'a Manifest;
    type IntoIter = std::slice::Iter<'a, Manifest>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}
