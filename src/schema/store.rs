//! Which schemas hold in a run: the embedded ones of the chosen Kubernetes versions, and the CRDs of the input.

use std::fmt;

use super::bundle::{Bundle, KindEntry, KubernetesVersion, Scope, Versions};
use super::crd::{self, CustomKind};
use super::stored::StoredKind;
use crate::manifest::ManifestSet;

/// A version without embedded schemas.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownVersion {
    /// What was asked for.
    pub wanted: KubernetesVersion,
    /// What there is, oldest first.
    pub known: Vec<KubernetesVersion>,
}

impl fmt::Display for UnknownVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no schemas of Kubernetes {} are embedded", self.wanted)?;
        match (self.known.first(), self.known.last()) {
            (Some(first), Some(last)) => write!(f, "; there are {first} to {last}"),
            _ => Ok(()),
        }
    }
}

impl std::error::Error for UnknownVersion {}

/// The schemas of a run. Cheap to make: nothing is parsed before a kind is looked up.
#[derive(Debug)]
pub struct SchemaStore {
    pub(super) bundle: &'static Bundle<'static>,
    pub(super) versions: Versions,
    /// Sorted by group, version, kind; of equal ones the first found.
    custom: Vec<CustomKind>,
    /// Group, version and kind of everything in the project's store, read or not.
    pub(super) listed: Vec<(String, String, String)>,
    /// What a kind that nothing describes is.
    pub(super) unknown_kinds: UnknownKinds,
}

/// What is said of a custom kind that no schema describes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum UnknownKinds {
    /// An error.
    Error,
    /// A warning.
    #[default]
    Warn,
    /// Nothing.
    Ignore,
}

impl Default for SchemaStore {
    /// The schemas of the newest embedded version.
    fn default() -> Self {
        let bundle = Bundle::embedded();
        let versions = bundle
            .versions()
            .next_back()
            .map_or(Versions::NONE, |newest| bundle.only(newest));
        Self {
            bundle,
            versions,
            custom: Vec::new(),
            listed: Vec::new(),
            unknown_kinds: UnknownKinds::default(),
        }
    }
}

impl SchemaStore {
    /// The schemas of some Kubernetes versions; of the newest if none is named.
    ///
    /// # Errors
    /// A version has no embedded schemas.
    pub fn new(versions: &[KubernetesVersion]) -> Result<Self, UnknownVersion> {
        let mut store = Self::default();
        if versions.is_empty() {
            return Ok(store);
        }
        store.versions = Versions::NONE;
        for &wanted in versions {
            let only = store.bundle.only(wanted);
            if only.is_empty() {
                return Err(UnknownVersion {
                    wanted,
                    known: store.bundle.versions().collect(),
                });
            }
            store.versions = store.versions.or(only);
        }
        Ok(store)
    }

    /// The versions that are checked against, oldest first.
    pub fn versions(&self) -> Vec<KubernetesVersion> {
        self.bundle.list(self.versions).collect()
    }

    /// Says what a custom kind is that no schema describes.
    #[must_use]
    pub fn with_unknown_kinds(mut self, unknown_kinds: UnknownKinds) -> Self {
        self.unknown_kinds = unknown_kinds;
        self
    }

    /// Adds the kinds that CustomResourceDefinitions in the input define.
    pub fn add_crds(&mut self, manifests: &ManifestSet) {
        self.add(manifests.iter().flat_map(crd::kinds_of));
    }

    /// Adds kinds of the project's store. What the input defines itself goes first, so its CRDs are added before.
    pub fn add_stored(&mut self, kinds: impl IntoIterator<Item = StoredKind>) {
        self.add(kinds.into_iter().map(CustomKind::from));
    }

    /// Names kinds of the project's store that no object of the input is of: they are what may have been meant.
    pub fn add_listed(&mut self, names: impl IntoIterator<Item = (String, String, String)>) {
        self.listed.extend(names);
    }

    fn add(&mut self, kinds: impl Iterator<Item = CustomKind>) {
        let before = self.custom.len();
        self.custom.extend(kinds);
        if self.custom.len() > before {
            self.custom.sort_by(|a, b| key(a).cmp(&key(b)));
            self.custom.dedup_by(|later, first| key(later) == key(first));
        }
    }

    /// A kind that some CRD defines.
    pub fn custom(&self, group: &str, version: &str, kind: &str) -> Option<&CustomKind> {
        let found = self
            .custom
            .binary_search_by(|custom| key(custom).cmp(&(group, version, kind)))
            .ok()?;
        self.custom.get(found)
    }

    /// The kinds that CRDs define.
    pub fn customs(&self) -> &[CustomKind] {
        &self.custom
    }

    /// A built-in kind, in the newest of the chosen versions that has it.
    pub fn builtin(&self, group: &str, version: &str, kind: &str) -> Option<KindEntry<'static>> {
        self.bundle
            .kind(group, version, kind)
            .filter(|entry| !entry.present.and(self.versions).is_empty())
            .max_by_key(|entry| entry.present.and(self.versions).newest())
    }

    /// Whether objects of a kind live in a namespace; `None` if nothing is known of the kind.
    pub fn is_namespaced(&self, group: &str, version: &str, kind: &str) -> Option<bool> {
        if let Some(custom) = self.custom(group, version, kind) {
            return Some(custom.namespaced);
        }
        match self.builtin(group, version, kind)?.scope {
            Scope::Namespaced => Some(true),
            Scope::Cluster => Some(false),
            Scope::None => None,
        }
    }
}

fn key(custom: &CustomKind) -> (&str, &str, &str) {
    (&custom.group, &custom.version, &custom.kind)
}
