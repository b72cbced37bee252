//! What other releases of the same environment bring: a reference to it is in order.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{GroupKind, ManifestSet};

/// Objects by kind and name, each with the namespaces it is in.
#[derive(Debug, Default)]
pub struct Neighbors(BTreeMap<(String, Arc<str>, Arc<str>), BTreeSet<String>>);

impl Neighbors {
    /// Adds the objects of a release; those that name no namespace are in `namespace`.
    pub fn add(&mut self, manifests: &ManifestSet, namespace: &str) {
        for manifest in manifests {
            let id = &manifest.id;
            let key = (id.group().to_owned(), Arc::clone(&id.kind), Arc::clone(&id.name));
            let namespace = id.namespace.as_deref().unwrap_or(namespace);
            self.0.entry(key).or_default().insert(namespace.to_owned());
        }
    }

    /// Whether one of them is called so; without a namespace, in any.
    pub fn have(&self, (group, kind): GroupKind<'_>, namespace: Option<&str>, name: &str) -> bool {
        if self.0.is_empty() {
            return false;
        }
        let key = (group.to_owned(), Arc::from(kind), Arc::from(name));
        self.0
            .get(&key)
            .is_some_and(|namespaces| namespace.is_none_or(|namespace| namespaces.contains(namespace)))
    }
}
