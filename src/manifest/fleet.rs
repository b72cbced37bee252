//! All objects of a unit with their relations: who selects whom.
//!
//! Read-only. Built in one pass; every question is answered through an index, so that rules stay linear in objects.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use plimsoll_yaml::NodeRef;

use super::neighbors::Neighbors;
use super::select::{KindName, Pattern};
use super::selector::{Labels, Requirement, Selector, labels};
use super::view::Workload;
use super::{Manifest, ManifestId, ManifestSet};

mod budgets;
mod claims;
mod objects;
mod relations;

use objects::Objects;

pub use super::GroupKind;

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
    /// All workloads, whatever their namespace.
    everywhere: PodIndex<'m>,
    /// What selects a workload's pods, by workload.
    selected_by: Vec<SelectedBy>,
    /// Autoscalers by namespace, kind and name of their target.
    scaled: HashMap<(&'m str, &'m str, &'m str), usize>,
    scalers: Vec<Vec<Scaler<'m>>>,
    objects: Objects<'m>,
    /// API groups that the input defines: it brings their operator.
    defined_groups: BTreeSet<&'m str>,
    is_complete: bool,
    is_partial: bool,
    externals: Vec<&'m External>,
    neighbors: Option<&'m Neighbors>,
}

/// Objects that are made elsewhere, as a user says.
#[derive(Debug, Clone)]
pub struct External {
    /// Their kind.
    pub kind: KindName,
    /// Their names.
    pub names: Vec<Pattern>,
    /// Their namespaces; none for all.
    pub namespaces: Vec<Pattern>,
}

impl External {
    fn matches(&self, kind: GroupKind<'_>, namespace: Option<&str>, name: &str) -> bool {
        let any = |patterns: &[Pattern], text| patterns.iter().any(|pattern| pattern.matches(text));
        self.kind.matches(kind)
            && any(&self.names, name)
            && (self.namespaces.is_empty()
                || namespace.is_none_or(|namespace| any(&self.namespaces, namespace)))
    }
}

/// The objects that select the pods of one workload.
#[derive(Debug, Default, Clone)]
struct SelectedBy {
    services: Vec<ManifestId>,
    budgets: Vec<ManifestId>,
    policies: Vec<ManifestId>,
}

/// An autoscaler and the bounds it keeps a workload in.
#[derive(Debug, Clone, Copy)]
pub struct Scaler<'m> {
    /// The HorizontalPodAutoscaler or ScaledObject.
    pub manifest: &'m Manifest,
    /// The fewest replicas it allows.
    pub fewest: i64,
    /// The most, if it says so.
    pub most: Option<i64>,
}

/// What one namespace holds.
#[derive(Debug, Default)]
struct Namespace<'m> {
    pods: PodIndex<'m>,
    /// Services by their own labels; they are numbered as manifests.
    services: PodIndex<'m>,
    /// Names and API groups of custom resources whose controllers may make pods.
    custom_names: BTreeSet<&'m str>,
    custom_groups: BTreeSet<&'m str>,
    /// Resources for which a LimitRange gives containers a request that they do not make themselves.
    default_requests: Vec<&'m str>,
}

/// The manifest that a [`PodIndex`] of manifests means by a number.
fn number_of(number: usize) -> ManifestId {
    ManifestId(u32::try_from(number).unwrap_or(u32::MAX))
}

/// Workloads in reading order, and by the labels of their pods.
#[derive(Debug, Default)]
struct PodIndex<'m> {
    workloads: Vec<WorkloadId>,
    by_label: HashMap<&'m str, BTreeMap<&'m str, Vec<WorkloadId>>>,
}

impl<'m> PodIndex<'m> {
    fn add(&mut self, number: WorkloadId, labels: &Labels<'m>) {
        self.workloads.push(number);
        for (&key, &value) in labels {
            self.by_label
                .entry(key)
                .or_default()
                .entry(value)
                .or_default()
                .push(number);
        }
    }

    fn labeled(&self, key: &str, value: &str) -> &[WorkloadId] {
        self.by_label
            .get(key)
            .and_then(|values| values.get(value))
            .map_or(&[], Vec::as_slice)
    }

    /// The rarest of the labels that must match exactly leaves the fewest workloads to look at.
    fn candidates(&self, selector: &Selector<'_>) -> &[WorkloadId] {
        let labeled = selector.exact().map(|(key, value)| self.labeled(key, value));
        labeled
            .min_by_key(|labeled| labeled.len())
            .unwrap_or(&self.workloads)
    }
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
            everywhere: PodIndex::default(),
            selected_by: Vec::new(),
            scaled: HashMap::new(),
            scalers: Vec::new(),
            objects: Objects::default(),
            defined_groups: BTreeSet::new(),
            is_complete: false,
            is_partial: false,
            externals: Vec::new(),
            neighbors: None,
        };
        for manifest in manifests {
            fleet.add(manifest);
        }
        fleet.selected_by = vec![SelectedBy::default(); fleet.workloads.len()];
        for manifest in manifests {
            fleet.add_selecting(manifest);
        }
        fleet
    }

    /// Says that the input holds everything its objects refer to, so that what is not in it does not exist.
    #[must_use]
    pub fn complete(mut self, is_complete: bool) -> Self {
        self.is_complete = is_complete;
        self
    }

    /// Says that objects are missing that the input would hold, as when a template fails: then nothing is known to be absent.
    #[must_use]
    pub fn partial(mut self, is_partial: bool) -> Self {
        self.is_partial = is_partial;
        self
    }

    /// Says which objects are made elsewhere.
    #[must_use]
    pub fn with_externals(mut self, externals: Vec<&'m External>) -> Self {
        self.externals = externals;
        self
    }

    /// Says what other releases of the environment bring.
    #[must_use]
    pub fn with_neighbors(mut self, neighbors: &'m Neighbors) -> Self {
        self.neighbors = Some(neighbors);
        self
    }

    /// Notes which workloads an object selects.
    fn add_selecting(&mut self, manifest: &'m Manifest) {
        let (selector, list): (_, fn(&mut SelectedBy) -> &mut Vec<ManifestId>) =
            match manifest.id.group_kind() {
                ("", "Service") => (service_selector(manifest), |by| &mut by.services),
                ("policy", "PodDisruptionBudget") => (
                    manifest
                        .get("spec.selector")
                        .and_then(Selector::of_label_selector),
                    |by| &mut by.budgets,
                ),
                ("networking.k8s.io", "NetworkPolicy") => (
                    manifest
                        .get("spec.podSelector")
                        .and_then(Selector::of_label_selector),
                    |by| &mut by.policies,
                ),
                _ => return,
            };
        for number in selector
            .map(|selector| self.select(self.namespace(manifest), &selector))
            .unwrap_or_default()
        {
            list(&mut self.selected_by[number]).push(manifest.number);
        }
    }

    fn add(&mut self, manifest: &'m Manifest) {
        let namespace = self.namespace(manifest);
        self.objects.add(manifest, namespace);
        if let Some(workload) = Workload::of(manifest, namespace) {
            let number = self.workloads.len();
            self.namespaces
                .entry(namespace)
                .or_default()
                .pods
                .add(number, &workload.labels);
            self.everywhere.add(number, &workload.labels);
            self.by_manifest.insert(manifest.number, number);
            self.workloads.push(workload);
            return;
        }
        match (manifest.id.group(), &*manifest.id.kind) {
            ("", "Service") => {
                let number = manifest.number.0 as usize;
                let index = &mut self.namespaces.entry(namespace).or_default().services;
                index.add(number, &labels(manifest.get("metadata.labels")));
            }
            ("apiextensions.k8s.io", "CustomResourceDefinition") => {
                self.defined_groups
                    .extend(manifest.get("spec.group").map(NodeRef::str));
            }
            ("", "LimitRange") => {
                let defaults = &mut self.namespaces.entry(namespace).or_default().default_requests;
                defaults.extend(default_requests(manifest));
            }
            ("autoscaling", "HorizontalPodAutoscaler") => {
                self.add_scaler(manifest, "minReplicas", 1, "maxReplicas");
            }
            ("keda.sh", "ScaledObject") => {
                self.add_scaler(manifest, "minReplicaCount", 0, "maxReplicaCount");
            }
            _ if may_make_pods(manifest) => {
                let index = self.namespaces.entry(namespace).or_default();
                index.custom_names.insert(&manifest.id.name);
                index.custom_groups.insert(manifest.id.group());
            }
            _ => {}
        }
    }

    fn add_scaler(&mut self, manifest: &'m Manifest, fewest: &str, default: i64, most: &str) {
        let Some(spec) = manifest.node().get("spec") else {
            return;
        };
        let target = |key: &str| {
            spec.get("scaleTargetRef")
                .and_then(|target| target.get(key))
                .map(NodeRef::str)
        };
        let Some(name) = target("name") else { return };
        let kind = target("kind").unwrap_or("Deployment");
        let bound = |key| spec.get(key).and_then(NodeRef::as_i64);
        let scaler = Scaler {
            manifest,
            fewest: bound(fewest).unwrap_or(default),
            most: bound(most),
        };
        let target = (self.namespace(manifest), kind, name);
        let number = *self.scaled.entry(target).or_insert(self.scalers.len());
        if number == self.scalers.len() {
            self.scalers.push(Vec::new());
        }
        self.scalers[number].push(scaler);
    }

    /// All objects.
    pub fn manifests(&self) -> &'m ManifestSet {
        self.manifests
    }

    /// The namespace of objects that name none.
    pub fn default_namespace(&self) -> &'m str {
        self.default_namespace
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
        self.by_manifest
            .get(&manifest)
            .map(|&number| &self.workloads[number])
    }

    /// Whether a namespace has workloads.
    pub fn has_workloads(&self, namespace: &str) -> bool {
        self.namespaces
            .get(namespace)
            .is_some_and(|index| !index.pods.workloads.is_empty())
    }

    /// Whether the workloads of a namespace would be in the input: some are, or it is said to be complete.
    pub fn would_hold_workloads(&self, namespace: &str) -> bool {
        !self.is_partial && (self.is_complete || self.has_workloads(namespace))
    }

    /// The workloads whose pods a selector matches, in reading order.
    pub fn select(&self, namespace: &str, selector: &Selector<'_>) -> Vec<WorkloadId> {
        let Some(index) = self.namespaces.get(namespace) else {
            return Vec::new();
        };
        let candidates = index.pods.candidates(selector).iter().copied();
        candidates
            .filter(|&number| selector.matches(&self.workloads[number].labels))
            .collect()
    }

    /// The first workload whose pods a selector matches, of those that `wanted` allows.
    pub fn first_selected(
        &self,
        namespace: &str,
        selector: &Selector<'_>,
        wanted: impl Fn(&Workload<'m>) -> bool,
    ) -> Option<&Workload<'m>> {
        self.first(&self.namespaces.get(namespace)?.pods, selector, wanted)
    }

    /// As [`first_selected`](Self::first_selected), in all namespaces: what a selector would match elsewhere.
    pub fn first_selected_anywhere(
        &self,
        selector: &Selector<'_>,
        wanted: impl Fn(&Workload<'m>) -> bool,
    ) -> Option<&Workload<'m>> {
        self.first(&self.everywhere, selector, wanted)
    }

    fn first(
        &self,
        index: &PodIndex<'m>,
        selector: &Selector<'_>,
        wanted: impl Fn(&Workload<'m>) -> bool,
    ) -> Option<&Workload<'m>> {
        let candidates = index
            .candidates(selector)
            .iter()
            .map(|&number| &self.workloads[number]);
        candidates
            .into_iter()
            .find(|workload| wanted(workload) && selector.matches(&workload.labels))
    }

    /// The workload of a namespace that has most of the labels a selector asks for; with none of them, one that has a
    /// label with nearly the same value. A guess for a hint: of many alike only the first are looked at.
    pub fn nearest(&self, namespace: &str, selector: &Selector<'_>) -> Option<&Workload<'m>> {
        let index = &self.namespaces.get(namespace)?.pods;
        let labeled = |(key, value)| index.labeled(key, value);
        let rarest = selector
            .exact()
            .map(labeled)
            .filter(|found| !found.is_empty())
            .min_by_key(|found| found.len());
        if let Some(rarest) = rarest {
            let workloads = rarest
                .iter()
                .take(WORTH_LOOKING_AT)
                .map(|&number| &self.workloads[number]);
            return workloads.max_by_key(|workload| {
                (
                    likeness(selector, &workload.labels),
                    std::cmp::Reverse(workload.manifest.number),
                )
            });
        }
        selector.exact().find_map(|(key, value)| {
            let values = index.by_label.get(key)?;
            let near = crate::suggest::nearest(value, values.keys().copied().take(WORTH_LOOKING_AT))?;
            values.get(near)?.first().map(|&number| &self.workloads[number])
        })
    }

    /// Whether the pods of a selector may be made by an operator: a custom resource of the namespace has its name, or
    /// the domain of its API group, in the selector.
    pub fn may_be_made_by_operator(&self, namespace: &str, selector: &Selector<'_>) -> bool {
        let Some(index) = self.namespaces.get(namespace) else {
            return false;
        };
        selector.exact().any(|(key, value)| {
            index.custom_names.contains(value)
                || key.split_once('/').is_some_and(|(domain, _)| {
                    let mut groups = index.custom_groups.iter().chain(&self.defined_groups);
                    groups.any(|group| is_same_domain(domain, group))
                })
        })
    }

    /// Whether a LimitRange of the namespace gives containers a request for a resource.
    pub fn has_default_request(&self, namespace: &str, resource: &str) -> bool {
        self.namespaces
            .get(namespace)
            .is_some_and(|index| index.default_requests.contains(&resource))
    }

    /// The autoscalers that target an object of this kind and name.
    pub fn scalers(&self, namespace: &str, kind: &str, name: &str) -> &[Scaler<'m>] {
        let number = self.scaled.get(&(namespace, kind, name)).copied();
        number.map_or(&[], |number| &self.scalers[number])
    }

    /// The autoscalers that target a workload.
    pub fn scalers_of(&self, workload: &Workload<'_>) -> &[Scaler<'m>] {
        let id = &workload.manifest.id;
        self.scalers(workload.namespace, &id.kind, &id.name)
    }

    /// The fewest replicas that an autoscaler allows a workload, if one targets it.
    pub fn scaled_to(&self, workload: &Workload<'_>) -> Option<i64> {
        self.scalers_of(workload).first().map(|scaler| scaler.fewest)
    }

    /// The fewest replicas a workload has when nothing fails: its autoscaler's lower bound, or else what it says.
    pub fn replicas(&self, workload: &Workload<'_>) -> Option<i64> {
        let written = workload.replicas()?;
        Some(self.scaled_to(workload).unwrap_or(written))
    }

    /// Whether a workload may have more than one pod: it says so, its autoscaler adds some, or it leaves the number to
    /// whoever scales it, without an autoscaler in the input that keeps it at one.
    pub fn may_have_several_pods(&self, workload: &Workload<'_>) -> bool {
        let Some(fewest) = self.replicas(workload) else {
            return false;
        };
        let most = match self.scalers_of(workload) {
            [] => workload.manifest.get("spec.replicas").is_some().then_some(fewest),
            [scaler, ..] => scaler.most,
        };
        most.is_none_or(|most| most > 1)
    }

    /// All objects of a kind, in reading order.
    pub fn of_kind<'f>(&'f self, kind: GroupKind<'f>) -> impl Iterator<Item = &'m Manifest> + use<'f, 'm> {
        self.objects
            .of_kind(kind.1)
            .iter()
            .map(|&number| self.manifests.get(number))
            .filter(move |manifest| manifest.id.group() == kind.0)
    }

    /// An object by kind and name, in a namespace or, for kinds of the whole cluster, in none.
    pub fn object(&self, kind: GroupKind<'_>, namespace: Option<&str>, name: &str) -> Option<&'m Manifest> {
        let number = self.objects.find(kind, namespace, name)?;
        Some(self.manifests.get(number))
    }

    /// Whether the input is where an object of this kind would be: it holds others of the kind in the namespace (none:
    /// anywhere), or was declared complete.
    pub fn would_hold(&self, kind: GroupKind<'_>, namespace: Option<&str>) -> bool {
        !self.is_partial && (self.is_complete || self.objects.holds(kind, namespace))
    }

    /// Whether the input holds an object of the kind.
    pub fn has_kind(&self, kind: GroupKind<'_>) -> bool {
        self.objects.holds(kind, None)
    }

    /// Whether some binding of the input gives a role to an account of this name, in whatever namespace.
    pub fn is_bound(&self, account: &str) -> bool {
        self.objects.is_bound(account)
    }

    /// Whether a Service of the namespace carries the labels a selector asks for.
    pub fn has_labeled_service(&self, namespace: &str, selector: &Selector<'_>) -> bool {
        let Some(index) = self.namespaces.get(namespace) else {
            return false;
        };
        let services = index.services.candidates(selector).iter();
        services
            .map(|&number| self.manifests.get(number_of(number)))
            .any(|service| selector.matches(&labels(service.get("metadata.labels"))))
    }

    /// Whether the input was declared to be all that there is.
    pub fn is_complete(&self) -> bool {
        self.is_complete
    }

    /// Whether what a reference names is not there, and the input is where it would be.
    pub fn is_missing(&self, kind: GroupKind<'_>, namespace: Option<&str>, name: &str) -> bool {
        self.would_hold(kind, namespace)
            && self.object(kind, namespace, name).is_none()
            && !self.objects.is_made(kind, namespace.unwrap_or_default(), name)
            && !self
                .externals
                .iter()
                .any(|external| external.matches(kind, namespace, name))
            && !self
                .neighbors
                .is_some_and(|neighbors| neighbors.have(kind, namespace, name))
            && !namespace.is_some_and(|namespace| self.is_named_after_custom(namespace, name))
    }

    /// Whether a name begins with that of a custom resource of the namespace, whose operator may make the object.
    fn is_named_after_custom(&self, namespace: &str, name: &str) -> bool {
        let Some(index) = self.namespaces.get(namespace) else {
            return false;
        };
        let ends = name.match_indices('-').map(|(at, _)| at);
        ends.chain([name.len()])
            .any(|end| index.custom_names.contains(&name[..end]))
    }

    /// The name in the input that was probably meant by a name that is not there.
    pub fn nearest_name(&self, kind: GroupKind<'_>, namespace: Option<&str>, name: &str) -> Option<&'m str> {
        let known = self
            .of_kind(kind)
            .take(WORTH_FILTERING)
            .filter(|manifest| namespace.is_none_or(|namespace| self.namespace(manifest) == namespace));
        crate::suggest::nearest(
            name,
            known.take(WORTH_LOOKING_AT).map(|manifest| &*manifest.id.name),
        )
    }

    /// The workloads whose pods a Service sends traffic to; those that run when somebody tests the release are not meant.
    pub fn behind(&self, service: &'m Manifest) -> Vec<&Workload<'m>> {
        service_selector(service)
            .map(|selector| self.select(self.namespace(service), &selector))
            .unwrap_or_default()
            .into_iter()
            .map(|number| &self.workloads[number])
            .filter(|workload| !workload.is_test())
            .collect()
    }

    /// The Services that send traffic to a workload's pods.
    pub fn services_of(&self, workload: &Workload<'_>) -> impl Iterator<Item = &'m Manifest> {
        self.selecting(workload, |by| &by.services)
    }

    /// The PodDisruptionBudgets that count a workload's pods.
    pub fn budgets_of(&self, workload: &Workload<'_>) -> impl Iterator<Item = &'m Manifest> {
        self.selecting(workload, |by| &by.budgets)
    }

    /// The NetworkPolicies that hold for a workload's pods.
    pub fn policies_of(&self, workload: &Workload<'_>) -> impl Iterator<Item = &'m Manifest> {
        self.selecting(workload, |by| &by.policies)
    }

    fn selecting(
        &self,
        workload: &Workload<'_>,
        list: impl Fn(&SelectedBy) -> &Vec<ManifestId>,
    ) -> impl Iterator<Item = &'m Manifest> {
        let number = self.by_manifest.get(&workload.manifest.number);
        number
            .into_iter()
            .flat_map(move |&number| list(&self.selected_by[number]))
            .map(|&manifest| self.manifests.get(manifest))
    }
}

/// How many objects a hint is worth passing over.
const WORTH_FILTERING: usize = 1024;

/// How many workloads or labels a hint is worth looking at.
const WORTH_LOOKING_AT: usize = 64;

/// Resources for which a LimitRange gives containers a request; a default limit is a default request too.
fn default_requests(limit_range: &Manifest) -> impl Iterator<Item = &str> {
    let limits = limit_range.node().get("spec").and_then(|spec| spec.get("limits"));
    limits
        .into_iter()
        .flat_map(NodeRef::items)
        .filter(|limit| limit.get("type").is_some_and(|kind| kind.str() == "Container"))
        .flat_map(|limit| {
            ["default", "defaultRequest"]
                .into_iter()
                .filter_map(move |key| limit.get(key))
        })
        .flat_map(NodeRef::merged_entries)
        .map(|(resource, _)| resource.str())
}

/// Whether an object is a custom resource that some operator may turn into pods.
fn may_make_pods(manifest: &Manifest) -> bool {
    let group = manifest.id.group();
    let is_custom =
        group.contains('.') && (!group.ends_with(".k8s.io") || group == "gateway.networking.k8s.io");
    let configures = ["Binding", "Config", "Monitor", "Policy", "Probe", "Route", "Rule"];
    is_custom
        && !WITHOUT_PODS.contains(&group)
        && !configures.iter().any(|suffix| manifest.id.kind.ends_with(suffix))
}

/// API groups of widely used custom resources that configure things and make no pods.
const WITHOUT_PODS: &[&str] = &[
    "acme.cert-manager.io",
    "bitnami.com",
    "cert-manager.io",
    "cilium.io",
    "external-secrets.io",
    "generators.external-secrets.io",
    "keda.sh",
    "kyverno.io",
    "networking.istio.io",
    "security.istio.io",
    "traefik.containo.us",
    "traefik.io",
];

/// Whether one domain is the other or below it: `cnpg.io` and `postgresql.cnpg.io`.
fn is_same_domain(left: &str, right: &str) -> bool {
    let (short, long) = if left.len() < right.len() {
        (left, right)
    } else {
        (right, left)
    };
    short.contains('.')
        && long
            .strip_suffix(short)
            .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

/// The selector of an object that is a Service and has one. An empty selector is none: the Service's endpoints are
/// made by hand.
pub fn service_selector(service: &Manifest) -> Option<Selector<'_>> {
    if !service.id.group().is_empty() || &*service.id.kind != "Service" {
        return None;
    }
    let spec = service.node().get("spec")?;
    let external = spec.get("type").is_some_and(|kind| kind.str() == "ExternalName");
    let mut selector = Selector::of_map(spec.get("selector").filter(|_| !external)?);
    // Labels that controllers put on pods as they make them are in no template.
    selector.0.retain(
        |requirement| !matches!(requirement, Requirement::In(key, _) if MADE_BY_CONTROLLERS.contains(key)),
    );
    (!selector.is_empty()).then_some(selector)
}

/// Whether a Service has no address of its own: its name gives those of the pods.
pub fn is_headless(service: &Manifest) -> bool {
    let address = service.get("spec.clusterIP");
    address.is_some_and(|address| address.str() == "None")
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
fn likeness(selector: &Selector<'_>, labels: &Labels<'_>) -> usize {
    selector
        .exact()
        .filter(|(key, value)| labels.get(key) == Some(value))
        .count()
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;
    use std::sync::Arc;

    use proptest::prelude::*;

    use super::{Fleet, service_selector};
    use crate::manifest::ManifestSet;
    use crate::manifest::parse::{Strangers, parse_shared};
    use crate::source::{SourceKind, SourceMap};

    fn read(text: &str) -> ManifestSet {
        let text: Arc<str> = Arc::from(text);
        let source = SourceMap::default().add("fleet.yaml", Arc::clone(&text), SourceKind::File);
        let (mut manifests, mut findings) = (ManifestSet::default(), Vec::new());
        parse_shared(text, source, 0, Strangers::Report, &mut manifests, &mut findings);
        assert_eq!(findings.len(), 0);
        manifests
    }

    /// A namespace and up to three labels, of few of each, so that objects often meet.
    fn placed_labels() -> impl Strategy<Value = (u8, Vec<(u8, u8)>)> {
        (0..3_u8, prop::collection::vec((0..3_u8, 0..3_u8), 1..4))
    }

    fn object(text: &mut String, head: &str, before: &str, namespace: u8, labels: &[(u8, u8)]) {
        let map: std::collections::BTreeMap<_, _> = labels.iter().copied().collect();
        let map: Vec<String> = map
            .iter()
            .map(|(key, value)| format!("k{key}: v{value}"))
            .collect();
        let place = if namespace == 0 {
            String::new()
        } else {
            format!(", namespace: n{namespace}")
        };
        let map = map.join(", ");
        writeln!(
            text,
            "---\n{head}\nmetadata: {{name: a{place}}}\nspec:\n{before}{{{map}}}"
        )
        .expect("a string");
    }

    proptest! {
        #[test]
        fn the_index_selects_what_a_walk_over_all_selects(
            workloads in prop::collection::vec(placed_labels(), 0..12),
            services in prop::collection::vec(placed_labels(), 0..12),
        ) {
            let mut text = String::new();
            for (namespace, labels) in &workloads {
                let template = "  template:\n    spec: {containers: []}\n    metadata:\n      labels: ";
                object(&mut text, "apiVersion: apps/v1\nkind: Deployment", template, *namespace, labels);
            }
            for (namespace, labels) in &services {
                object(&mut text, "apiVersion: v1\nkind: Service", "  selector: ", *namespace, labels);
            }
            let manifests = read(&text);
            let fleet = Fleet::build(&manifests, "n1");
            prop_assert_eq!(fleet.workloads().len(), workloads.len());
            for service in manifests.iter().filter(|manifest| &*manifest.id.kind == "Service") {
                let selector = service_selector(service).expect("it has labels");
                let namespace = fleet.namespace(service);
                let walked: Vec<usize> = (0..workloads.len())
                    .filter(|&number| {
                        let workload = &fleet.workloads()[number];
                        workload.namespace == namespace && selector.matches(&workload.labels)
                    })
                    .collect();
                prop_assert_eq!(fleet.select(namespace, &selector), &walked[..]);
                for (number, workload) in fleet.workloads().iter().enumerate() {
                    let serves = fleet.services_of(workload).any(|found| found.number == service.number);
                    prop_assert_eq!(serves, walked.contains(&number));
                }
            }
        }
    }
}
