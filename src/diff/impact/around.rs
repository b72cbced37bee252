//! What both sets say about an object's surroundings: who reads it, who names it, who selects it.

use std::collections::{HashMap, HashSet};
use std::sync::OnceLock;

use crate::live::{Judged, Refusal};
use crate::manifest::fleet::{Fleet, WorkloadId};
use crate::manifest::mentions::{self, Mention};
use crate::manifest::uses::{self, Use};
use crate::manifest::{Manifest, ManifestId, ManifestSet};
use crate::schema::SchemaStore;

/// The workload of a set that reads a ConfigMap or Secret, with how it does.
type Reader<'m> = (WorkloadId, Use<'m>);

/// An object that names another one, with where it does.
type Holder<'m> = (&'m Manifest, Mention<'m>);

/// Kind, namespace and name.
type Place<'m> = (&'m str, &'m str, &'m str);

/// Both sets with their relations. Indexes over them are made when a change asks for them, once.
pub(in crate::diff) struct Surroundings<'m> {
    pub(super) old: Fleet<'m>,
    pub(super) new: Fleet<'m>,
    pub(super) schemas: &'m SchemaStore,
    judged: Option<&'m Judged>,
    /// Workloads of the new set whose pod template differs.
    restarting: HashSet<ManifestId>,
    /// ConfigMaps and Secrets of the new set whose content differs, by kind, namespace and name.
    rewritten: HashSet<Place<'m>>,
    readers: OnceLock<HashMap<Place<'m>, Vec<Reader<'m>>>>,
    holders: OnceLock<HashMap<(&'m str, &'m str), Vec<Holder<'m>>>>,
}

impl<'m> Surroundings<'m> {
    /// Indexes both sets; objects that name no namespace are in `namespace`. `restarting` are the workloads of the new set whose pod template differs, `rewritten` its
    /// objects whose content differs.
    pub(in crate::diff) fn of(
        (old, new): (&'m ManifestSet, &'m ManifestSet),
        namespace: &'m str,
        schemas: &'m SchemaStore,
        restarting: HashSet<ManifestId>,
        rewritten: impl Iterator<Item = &'m Manifest>,
    ) -> Self {
        let (old, new) = rayon::join(|| Fleet::build(old, namespace), || Fleet::build(new, namespace));
        let rewritten = rewritten
            .map(|manifest| (&*manifest.id.kind, new.namespace(manifest), &*manifest.id.name))
            .collect();
        Self {
            old,
            new,
            schemas,
            judged: None,
            restarting,
            rewritten,
            readers: OnceLock::new(),
            holders: OnceLock::new(),
        }
    }

    /// With what the server itself says of objects of the new set.
    pub(in crate::diff) fn judged(self, judged: Option<&'m Judged>) -> Self {
        Self { judged, ..self }
    }

    /// What the server says against an object of the new set; `None` if it was not asked.
    pub(super) fn said(&self, new: &Manifest) -> Option<&'m [Refusal]> {
        self.judged?.get(&new.number).map(Vec::as_slice)
    }

    /// Whether the pods of a workload of the new set are replaced in this change.
    pub(super) fn is_restarting(&self, workload: ManifestId) -> bool {
        self.restarting.contains(&workload)
    }

    /// Whether a ConfigMap or Secret that a pod reads has another content in the new set.
    pub(super) fn is_rewritten(&self, used: &Use<'_>, namespace: &str) -> bool {
        self.rewritten.contains(&(used.kind, namespace, used.name))
    }

    /// The workloads of the new set that read a ConfigMap or Secret of it.
    pub(super) fn readers(&self, read: &'m Manifest) -> &[Reader<'m>] {
        let readers = self.readers.get_or_init(|| {
            let mut readers: HashMap<_, Vec<Reader<'m>>> = HashMap::new();
            for (number, workload) in self.new.workloads().iter().enumerate() {
                for used in uses::of(workload) {
                    let key = (used.kind, workload.namespace, used.name);
                    readers.entry(key).or_default().push((number, used));
                }
            }
            readers
        });
        let key = (&*read.id.kind, self.new.namespace(read), &*read.id.name);
        readers.get(&key).map_or(&[], Vec::as_slice)
    }

    /// The objects of the new set that name an object of the old one, with where they do.
    pub(super) fn holders<'s>(&'s self, named: &'m Manifest) -> impl Iterator<Item = &'s Holder<'m>> {
        let holders = self.holders.get_or_init(|| {
            let mut holders: HashMap<_, Vec<Holder<'m>>> = HashMap::new();
            for manifest in self.new.manifests() {
                let workload = self.new.workload(manifest.number);
                for mention in mentions::of(manifest, self.new.namespace(manifest), workload) {
                    let key = (mention.kind.1, mention.name);
                    holders.entry(key).or_default().push((manifest, mention));
                }
            }
            holders
        });
        let (group, kind) = named.id.group_kind();
        let is_namespaced = self.schemas.is_namespaced(group, named.id.version(), kind) != Some(false);
        let namespace = self.old.namespace(named);
        let found = holders
            .get(&(kind, &*named.id.name))
            .map_or(&[][..], Vec::as_slice);
        found.iter().filter(move |(_, mention)| {
            (mention.kind.0.is_empty() || mention.kind.0 == group)
                && (!is_namespaced || mention.namespace == namespace)
        })
    }
}
