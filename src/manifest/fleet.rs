//! All objects of a unit with their relations: who selects whom.
//!
//! Read-only. Built in one pass; every question is answered through an index, so that rules stay linear in objects.

use std::collections::{BTreeMap, HashMap};

use super::selector::{Labels, Requirement, Selector};
use super::view::Workload;
use super::{Manifest, ManifestId, ManifestSet};

/// The number of a workload in its [`Fleet`].
pub type WorkloadId = usize;

/// The index over a [`ManifestSet`].
#[derive(Debug)]
pub struct Fleet<'m> {
    manifests: &'m ManifestSet,
    default_namespace: &'m str,
    workloads: Vec<Workload<'m>>,
    by_manifest: BTreeMap<ManifestId, WorkloadId>,
    namespaces: HashMap<&'m str, Namespace<'m>>,
    /// Services that select a workload's pods, by workload.
    services: Vec<Vec<ManifestId>>,
}

/// The workloads of a namespace, in reading order, and by the labels of their pods. The maps are never iterated, so
/// their order cannot leak.
#[derive(Debug, Default)]
struct Namespace<'m> {
    workloads: Vec<WorkloadId>,
    by_label: HashMap<&'m str, HashMap<&'m str, Vec<WorkloadId>>>,
}

impl<'m> Fleet<'m> {
    /// Indexes all objects; those without a namespace are in `default_namespace`, where they would be applied.
    pub fn build(manifests: &'m ManifestSet, default_namespace: &'m str) -> Self {
        let mut fleet = Self {
            manifests,
            default_namespace,
            workloads: Vec::new(),
            by_manifest: BTreeMap::new(),
            namespaces: HashMap::new(),
            services: Vec::new(),
        };
        for manifest in manifests {
            let namespace = fleet.namespace(manifest);
            let Some(workload) = Workload::of(manifest, namespace) else { continue };
            let number = fleet.workloads.len();
            let index = fleet.namespaces.entry(namespace).or_default();
            index.workloads.push(number);
            for (&key, &value) in &workload.labels {
                index.by_label.entry(key).or_default().entry(value).or_default().push(number);
            }
            fleet.by_manifest.insert(manifest.number, number);
            fleet.workloads.push(workload);
        }
        fleet.services = vec![Vec::new(); fleet.workloads.len()];
        for service in manifests.iter().filter(|manifest| &*manifest.id.kind == "Service") {
            let Some(selector) = service_selector(service) else { continue };
            for workload in fleet.select(fleet.namespace(service), &selector) {
                fleet.services[workload].push(service.number);
            }
        }
        fleet
    }

    /// All objects.
    pub fn manifests(&self) -> &'m ManifestSet {
        self.manifests
    }

    /// The namespace an object is applied to.
    pub fn namespace(&self, manifest: &'m Manifest) -> &'m str {
        manifest.id.namespace.as_deref().unwrap_or(self.default_namespace)
    }

    /// All workloads, in reading order.
    pub fn workloads(&self) -> &[Workload<'m>] {
        &self.workloads
    }

    /// The workload view of an object.
    pub fn workload(&self, manifest: ManifestId) -> Option<&Workload<'m>> {
        self.by_manifest.get(&manifest).map(|&number| &self.workloads[number])
    }

    /// The workloads of a namespace.
    pub fn workloads_in(&self, namespace: &str) -> impl Iterator<Item = &Workload<'m>> {
        self.namespaces
            .get(namespace)
            .into_iter()
            .flat_map(|index| &index.workloads)
            .map(|&number| &self.workloads[number])
    }

    /// The workloads whose pods a selector matches, in reading order.
    pub fn select(&self, namespace: &str, selector: &Selector<'_>) -> Vec<WorkloadId> {
        self.candidates(namespace, selector).filter(|&number| selector.matches(&self.workloads[number].labels)).collect()
    }

    /// The first workload whose pods a selector matches, of those that `wanted` allows.
    pub fn first_selected(
        &self,
        namespace: &str,
        selector: &Selector<'_>,
        wanted: impl Fn(&Workload<'m>) -> bool,
    ) -> Option<&Workload<'m>> {
        self.candidates(namespace, selector)
            .map(|number| &self.workloads[number])
            .find(|workload| wanted(workload) && selector.matches(&workload.labels))
    }

    /// The rarest of the labels that must match exactly leaves the fewest workloads to look at.
    fn candidates<'f>(&'f self, namespace: &str, selector: &Selector<'_>) -> impl Iterator<Item = WorkloadId> + use<'f, 'm> {
        let mut fewest: &'f [WorkloadId] = &[];
        if let Some(index) = self.namespaces.get(namespace) {
            fewest = &index.workloads;
            for (key, value) in selector.exact() {
                let labeled = index.by_label.get(key).and_then(|values| values.get(value)).map_or(&[][..], Vec::as_slice);
                if labeled.len() < fewest.len() {
                    fewest = labeled;
                }
            }
        }
        fewest.iter().copied()
    }

    /// The workloads whose pods a Service sends traffic to.
    pub fn behind(&self, service: &'m Manifest) -> Vec<&Workload<'m>> {
        service_selector(service)
            .map(|selector| self.select(self.namespace(service), &selector))
            .unwrap_or_default()
            .into_iter()
            .map(|number| &self.workloads[number])
            .collect()
    }

    /// The Services that send traffic to a workload's pods.
    pub fn services_of(&self, workload: &Workload<'_>) -> impl Iterator<Item = &'m Manifest> {
        let number = self.by_manifest.get(&workload.manifest.number);
        number.into_iter().flat_map(|&number| &self.services[number]).map(|&service| self.manifests.get(service))
    }
}

/// The selector of a Service that has one. An empty selector is none: the Service's endpoints are made by hand.
pub fn service_selector(service: &Manifest) -> Option<Selector<'_>> {
    let spec = service.node().get("spec")?;
    let external = spec.get("type").is_some_and(|kind| kind.str() == "ExternalName");
    let mut selector = Selector::of_map(spec.get("selector").filter(|_| !external)?);
    // Labels that controllers put on pods as they make them are in no template.
    selector.0.retain(|requirement| !matches!(requirement, Requirement::In(key, _) if MADE_BY_CONTROLLERS.contains(key)));
    (!selector.is_empty()).then_some(selector)
}

const MADE_BY_CONTROLLERS: &[&str] = &[
    "apps.kubernetes.io/pod-index",
    "batch.kubernetes.io/controller-uid",
    "batch.kubernetes.io/job-completion-index",
    "batch.kubernetes.io/job-name",
    "controller-revision-hash",
    "controller-uid",
    "job-name",
    "pod-template-hash",
    "statefulset.kubernetes.io/pod-name",
];

/// How many exact labels of a selector a pod carries.
pub fn likeness(selector: &Selector<'_>, labels: &Labels<'_>) -> usize {
    selector.exact().filter(|(key, value)| labels.get(key) == Some(value)).count()
}
