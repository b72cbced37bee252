//! All objects with their relations: what makes pods, and which Services and workloads select them.
//!
//! Read-only, built once. Cost is linear in objects and in the pods that are really selected: a selector is looked up by
//! its rarest label in its namespace, and equal selectors of a namespace share one result.

use std::collections::HashMap;

use super::selector::{Labels, Selector};
use super::view::{Service, Workload, WorkloadKind, descend, is_custom};
use super::{Manifest, ManifestId, ManifestSet};

/// A namespace as it is written; objects without one are together in the namespace of whoever applies them.
type Namespace<'m> = Option<&'m str>;

/// The number of a workload of the fleet, in reading order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WorkloadId(u32);

/// A workload with what relates it to others.
#[derive(Debug)]
struct Member<'m> {
    workload: Workload<'m>,
    labels: Labels<'m>,
    /// Index into `selections`, of its own selector.
    selects: Option<usize>,
}

#[derive(Debug)]
struct Port<'m> {
    service: Service<'m>,
    selects: Option<usize>,
}

/// What one selector selects in one namespace.
#[derive(Debug)]
struct Selection<'m> {
    selector: Selector<'m>,
    /// In reading order.
    pods: Vec<WorkloadId>,
    /// Services with this selector, as indices.
    services: Vec<usize>,
}

/// How many replicas a workload has, and who says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Replicas {
    /// `spec.replicas`.
    Fixed(i64),
    /// Nobody; the server takes 1.
    Default,
    /// A HorizontalPodAutoscaler, at least so many.
    AtLeast(i64),
    /// Something that cannot be read here.
    Unknown,
}

impl Replicas {
    /// The number, if there is one.
    pub fn count(self) -> Option<i64> {
        match self {
            Self::Fixed(count) | Self::AtLeast(count) => Some(count),
            Self::Default => Some(1),
            Self::Unknown => None,
        }
    }
}

/// All objects of a [`ManifestSet`] with their relations.
#[derive(Debug)]
pub struct Fleet<'m> {
    manifests: &'m ManifestSet,
    members: Vec<Member<'m>>,
    /// By number of the manifest.
    member_of: Vec<Option<WorkloadId>>,
    ports: Vec<Port<'m>>,
    service_of: Vec<Option<u32>>,
    selections: Vec<Selection<'m>>,
    /// The selections that hold a workload and that some Service makes, by number of the workload.
    served_by: Vec<Vec<usize>>,
    index: LabelIndex<'m>,
    scaled: HashMap<(Namespace<'m>, &'m str, &'m str), Replicas>,
    defaults: HashMap<Namespace<'m>, Vec<&'m Manifest>>,
    custom: HashMap<Namespace<'m>, Vec<&'m Manifest>>,
    complete: bool,
}

impl<'m> Fleet<'m> {
    /// Relates all objects of a set.
    pub fn build(manifests: &'m ManifestSet) -> Self {
        let mut fleet = Self {
            manifests,
            members: Vec::new(),
            member_of: vec![None; manifests.len()],
            ports: Vec::new(),
            service_of: vec![None; manifests.len()],
            selections: Vec::new(),
            served_by: Vec::new(),
            index: LabelIndex::default(),
            scaled: HashMap::new(),
            defaults: HashMap::new(),
            custom: HashMap::new(),
            complete: true,
        };
        for manifest in manifests {
            fleet.add(manifest);
        }
        fleet.relate();
        fleet
    }

    /// Says that some of the input could not be read, so that nobody concludes from what is not there.
    #[must_use]
    pub fn incomplete(mut self, incomplete: bool) -> Self {
        self.complete = !incomplete;
        self
    }

    /// Whether all of the input could be read.
    pub fn is_complete(&self) -> bool {
        self.complete
    }

    fn add(&mut self, manifest: &'m Manifest) {
        let position = manifest.number.0 as usize;
        let namespace = manifest.id.namespace.as_deref();
        if let Some(workload) = Workload::of(manifest) {
            let id = WorkloadId(u32::try_from(self.members.len()).unwrap_or(u32::MAX));
            let labels = Labels::of(workload.labels());
            self.index.add(id, namespace, &labels);
            self.member_of[position] = Some(id);
            self.members.push(Member { workload, labels, selects: None });
        } else if let Some(service) = Service::of(manifest) {
            self.service_of[position] = u32::try_from(self.ports.len()).ok();
            self.ports.push(Port { service, selects: None });
        } else if let Some((kind, name, replicas)) = scaler(manifest) {
            self.scaled.insert((namespace, kind, name), replicas);
        } else if &*manifest.id.kind == "LimitRange" {
            self.defaults.entry(namespace).or_default().push(manifest);
        }
        if is_custom(&manifest.id) {
            self.custom.entry(namespace).or_default().push(manifest);
        }
    }

    fn relate(&mut self) {
        let mut known: HashMap<(Namespace<'m>, Selector<'m>), usize> = HashMap::new();
        let mut selections: Vec<Selection<'m>> = Vec::new();
        let mut select = |fleet: &Self, namespace: Namespace<'m>, selector: Selector<'m>| {
            let entry = known.entry((namespace, selector));
            if let std::collections::hash_map::Entry::Occupied(entry) = &entry {
                return *entry.get();
            }
            let selector = entry.key().1.clone();
            let pods = fleet.select(namespace, &selector);
            selections.push(Selection { selector, pods, services: Vec::new() });
            *entry.or_insert(selections.len() - 1)
        };
        let of_members: Vec<Option<usize>> = self
            .members
            .iter()
            .map(|member| {
                let selector = own_selector(member.workload).filter(|selector| !selector.is_empty())?;
                Some(select(self, member.workload.manifest.id.namespace.as_deref(), selector))
            })
            .collect();
        let of_services: Vec<Option<usize>> = self
            .ports
            .iter()
            .map(|port| {
                let selector = Selector::of_pairs(port.service.selector_node()?)?;
                Some(select(self, port.service.manifest.id.namespace.as_deref(), selector))
            })
            .collect();
        for (member, selects) in self.members.iter_mut().zip(of_members) {
            member.selects = selects;
        }
        self.served_by = vec![Vec::new(); self.members.len()];
        for (number, selects) in of_services.into_iter().enumerate() {
            self.ports[number].selects = selects;
            let Some(at) = selects else { continue };
            selections[at].services.push(number);
            if selections[at].services.len() == 1 {
                for pod in &selections[at].pods {
                    self.served_by[pod.0 as usize].push(at);
                }
            }
        }
        self.selections = selections;
    }

    /// The workloads of a namespace whose pods a selector selects, in reading order.
    fn select(&self, namespace: Namespace<'m>, selector: &Selector<'m>) -> Vec<WorkloadId> {
        let candidates = self.index.candidates(namespace, selector);
        candidates.iter().copied().filter(|id| self.matches(*id, selector)).collect()
    }

    fn matches(&self, id: WorkloadId, selector: &Selector<'_>) -> bool {
        let member = &self.members[id.0 as usize];
        selector.pairs().iter().all(|(key, value)| match member.labels.get(key) {
            Some(found) => found == value,
            None => controller_sets(member.workload, key, value),
        }) && selector.expressions_hold(&member.labels)
    }

    /// The objects.
    pub fn manifests(&self) -> &'m ManifestSet {
        self.manifests
    }

    /// All workloads in reading order.
    pub fn workloads(&self) -> impl Iterator<Item = Workload<'m>> + '_ {
        self.members.iter().map(|member| member.workload)
    }

    /// The workload that an object is.
    pub fn workload(&self, manifest: ManifestId) -> Option<Workload<'m>> {
        let id = (*self.member_of.get(manifest.0 as usize)?)?;
        Some(self.members[id.0 as usize].workload)
    }

    /// The Service that an object is.
    pub fn service(&self, manifest: ManifestId) -> Option<Service<'m>> {
        let number = (*self.service_of.get(manifest.0 as usize)?)?;
        Some(self.ports[number as usize].service)
    }

    /// The labels a workload's pods are made with.
    pub fn labels(&self, workload: Workload<'m>) -> &Labels<'m> {
        static NONE: Labels<'static> = Labels::none();
        self.member(workload).map_or(&NONE, |member| &member.labels)
    }

    fn member(&self, workload: Workload<'m>) -> Option<&Member<'m>> {
        let id = (*self.member_of.get(workload.manifest.number.0 as usize)?)?;
        self.members.get(id.0 as usize)
    }

    /// What a workload's own selector is; `None` for those without one, an empty one, or one the server refuses.
    pub fn selector(&self, workload: Workload<'m>) -> Option<&Selector<'m>> {
        Some(&self.selections[self.member(workload)?.selects?].selector)
    }

    /// The workloads, itself included, whose pods a workload's selector selects.
    pub fn selected_by_workload(&self, workload: Workload<'m>) -> impl Iterator<Item = Workload<'m>> + '_ {
        let selection = self.member(workload).and_then(|member| member.selects);
        self.pods_of_selection(selection)
    }

    /// Whether a workload's selector selects the pods of another.
    pub fn selects(&self, workload: Workload<'m>, other: Workload<'m>) -> bool {
        let selection = self.member(workload).and_then(|member| member.selects);
        let other = self.member_of.get(other.manifest.number.0 as usize).copied().flatten();
        match (selection, other) {
            (Some(selection), Some(other)) => self.selections[selection].pods.binary_search(&other).is_ok(),
            _ => false,
        }
    }

    /// What a Service selects by; `None` without a selector.
    pub fn service_selector(&self, service: Service<'m>) -> Option<&Selector<'m>> {
        Some(&self.selections[self.port(service)?.selects?].selector)
    }

    fn port(&self, service: Service<'m>) -> Option<&Port<'m>> {
        let number = (*self.service_of.get(service.manifest.number.0 as usize)?)?;
        self.ports.get(number as usize)
    }

    /// The workloads whose pods a Service selects, in reading order.
    pub fn pods_of(&self, service: Service<'m>) -> impl Iterator<Item = Workload<'m>> + '_ {
        let selection = self.port(service).and_then(|port| port.selects);
        self.pods_of_selection(selection)
    }

    fn pods_of_selection(&self, selection: Option<usize>) -> impl Iterator<Item = Workload<'m>> + '_ {
        let pods = selection.map_or(&[][..], |selection| &self.selections[selection].pods);
        pods.iter().map(|id| self.members[id.0 as usize].workload)
    }

    /// The Services that select a workload's pods.
    pub fn services_of(&self, workload: Workload<'m>) -> impl Iterator<Item = Service<'m>> + '_ {
        let member = self.member_of.get(workload.manifest.number.0 as usize).copied().flatten();
        let selections = member.map_or(&[][..], |id| &self.served_by[id.0 as usize][..]);
        selections
            .iter()
            .flat_map(|selection| &self.selections[*selection].services)
            .map(|number| self.ports[*number].service)
    }

    /// Whether the input has a workload in a namespace.
    pub fn has_workloads(&self, namespace: Option<&str>) -> bool {
        self.index.namespaces.get(&namespace).is_some_and(|workloads| !workloads.is_empty())
    }

    /// Whether a selector selects pods of any namespace that might turn out to be this one: an object without a
    /// namespace goes where it is applied to.
    pub fn might_select(&self, namespace: Option<&str>, selector: &Selector<'m>) -> bool {
        let selects = |namespace: Namespace<'m>| !self.select(namespace, selector).is_empty();
        if namespace.is_some() { selects(None) } else { self.index.names.iter().any(|name| selects(*name)) }
    }

    /// The workload of a namespace that has most of a selector's pairs, and at least one.
    pub fn nearest(&self, namespace: Option<&str>, selector: &Selector<'m>) -> Option<Workload<'m>> {
        /// So many workloads are looked at for each label: an answer for people need not be exhaustive.
        const ENOUGH: usize = 32;
        let mut votes: Vec<(WorkloadId, usize)> = Vec::new();
        for (key, value) in selector.pairs().iter() {
            for id in self.index.with(namespace, key, value).iter().take(ENOUGH) {
                match votes.iter_mut().find(|(known, _)| known == id) {
                    Some((_, count)) => *count += 1,
                    None => votes.push((*id, 1)),
                }
            }
        }
        let (id, _) = votes.into_iter().max_by_key(|(id, count)| (*count, std::cmp::Reverse(*id)))?;
        Some(self.members[id.0 as usize].workload)
    }

    /// The custom resources of a namespace: their operators may make pods that are not in the input.
    pub fn custom_resources(&self, namespace: Option<&str>) -> &[&'m Manifest] {
        self.custom.get(&namespace).map_or(&[], Vec::as_slice)
    }

    /// How many replicas a workload has.
    pub fn replicas(&self, workload: Workload<'m>) -> Replicas {
        let id = &workload.manifest.id;
        let written = workload.spec().and_then(|spec| spec.get("replicas")).filter(|replicas| !replicas.is_null());
        if let Some(scaled) = self.scaled.get(&(id.namespace.as_deref(), &*id.kind, &*id.name)) {
            return *scaled;
        }
        match written {
            Some(replicas) => replicas.as_i64().map_or(Replicas::Unknown, Replicas::Fixed),
            None => Replicas::Default,
        }
    }

    /// Whether a LimitRange of the namespace gives every container a request for a resource.
    pub fn has_default_request(&self, namespace: Option<&str>, resource: &str) -> bool {
        self.defaults.get(&namespace).into_iter().flatten().any(|range| {
            let limits = descend(range.node(), &["spec", "limits"]);
            limits.into_iter().flat_map(|limits| limits.items()).any(|limit| {
                limit.get("type").is_some_and(|kind| kind.str() == "Container")
                    && ["defaultRequest", "default"].iter().any(|list| descend(limit, &[list, resource]).is_some())
            })
        })
    }
}

fn own_selector(workload: Workload<'_>) -> Option<Selector<'_>> {
    let node = workload.selector_node()?;
    match workload.kind {
        WorkloadKind::ReplicationController => Selector::of_pairs(node),
        kind if kind.has_selector() => Selector::of(node),
        _ => None,
    }
}

/// Whether a controller puts this label on the pods it makes, though no template has it.
fn controller_sets(workload: Workload<'_>, key: &str, value: &str) -> bool {
    use WorkloadKind as K;
    let name = &*workload.manifest.id.name;
    match key {
        "pod-template-hash" => matches!(workload.kind, K::Deployment | K::ReplicaSet),
        "rollouts-pod-template-hash" => workload.kind == K::Rollout,
        "controller-revision-hash" => matches!(workload.kind, K::StatefulSet | K::DaemonSet),
        "pod-template-generation" => workload.kind == K::DaemonSet,
        "apps.kubernetes.io/pod-index" => workload.kind == K::StatefulSet,
        "statefulset.kubernetes.io/pod-name" => {
            let ordinal = value.strip_prefix(name).and_then(|rest| rest.strip_prefix('-'));
            workload.kind == K::StatefulSet
                && ordinal.is_some_and(|ordinal| !ordinal.is_empty() && ordinal.bytes().all(|b| b.is_ascii_digit()))
        }
        "job-name" | "batch.kubernetes.io/job-name" => match workload.kind {
            K::Job => value == name,
            K::CronJob => value.starts_with(name),
            _ => false,
        },
        "controller-uid" | "batch.kubernetes.io/controller-uid" | "batch.kubernetes.io/job-completion-index" => {
            matches!(workload.kind, K::Job | K::CronJob)
        }
        _ => false,
    }
}

/// What an autoscaler scales: kind, name and the least replicas it keeps.
fn scaler(manifest: &Manifest) -> Option<(&str, &str, Replicas)> {
    let replicas = match &*manifest.id.kind {
        "HorizontalPodAutoscaler" => {
            let least = descend(manifest.node(), &["spec", "minReplicas"]).filter(|least| !least.is_null());
            match least {
                Some(least) => least.as_i64().map_or(Replicas::Unknown, Replicas::AtLeast),
                None => Replicas::AtLeast(1),
            }
        }
        // KEDA goes down to what its trigger says, zero included.
        "ScaledObject" => Replicas::Unknown,
        _ => return None,
    };
    let target = descend(manifest.node(), &["spec", "scaleTargetRef"])?;
    let kind = target.get("kind").map_or("Deployment", |kind| kind.str());
    Some((kind, target.get("name")?.str(), replicas))
}

/// Workloads by namespace, and by each label of their pods.
#[derive(Debug, Default)]
struct LabelIndex<'m> {
    namespaces: HashMap<Namespace<'m>, Vec<WorkloadId>>,
    /// The namespaces in reading order, so that nothing depends on the order of a hash map.
    names: Vec<Namespace<'m>>,
    labels: HashMap<(Namespace<'m>, &'m str, &'m str), Vec<WorkloadId>>,
}

impl<'m> LabelIndex<'m> {
    fn add(&mut self, id: WorkloadId, namespace: Namespace<'m>, labels: &Labels<'m>) {
        let workloads = self.namespaces.entry(namespace).or_default();
        if workloads.is_empty() {
            self.names.push(namespace);
        }
        workloads.push(id);
        for (key, value) in labels.iter() {
            self.labels.entry((namespace, key, value)).or_default().push(id);
        }
    }

    fn with(&self, namespace: Option<&str>, key: &str, value: &str) -> &[WorkloadId] {
        self.labels.get(&(namespace, key, value)).map_or(&[], Vec::as_slice)
    }

    /// The workloads that can match at all: those with the selector's rarest label. Labels that only controllers set are
    /// on no template, so they narrow nothing.
    fn candidates(&self, namespace: Option<&str>, selector: &Selector<'_>) -> &[WorkloadId] {
        let all = self.namespaces.get(&namespace).map_or(&[][..], Vec::as_slice);
        selector
            .pairs()
            .iter()
            .filter(|(key, _)| !set_by_controllers(key))
            .map(|(key, value)| self.with(namespace, key, value))
            .min_by_key(|workloads| workloads.len())
            .unwrap_or(all)
    }
}

/// Whether some controller may put a label with this key on its pods.
fn set_by_controllers(key: &str) -> bool {
    matches!(
        key,
        "pod-template-hash"
            | "rollouts-pod-template-hash"
            | "controller-revision-hash"
            | "pod-template-generation"
            | "apps.kubernetes.io/pod-index"
            | "statefulset.kubernetes.io/pod-name"
            | "job-name"
            | "batch.kubernetes.io/job-name"
            | "controller-uid"
            | "batch.kubernetes.io/controller-uid"
            | "batch.kubernetes.io/job-completion-index"
    )
}

#[cfg(test)]
mod tests {
    use super::{Fleet, ManifestSet, Replicas};
    use crate::manifest::parse::{Strangers, parse};
    use crate::source::{SourceKind, SourceMap};

    fn manifests(text: &str) -> ManifestSet {
        let sources = SourceMap::default();
        let id = sources.add("test.yaml", text, SourceKind::File);
        let (mut set, mut findings) = (ManifestSet::default(), Vec::new());
        let end = u32::try_from(text.len()).unwrap_or(0);
        parse(text, id, 0..end, Strangers::Report, &mut set, &mut findings);
        assert!(findings.is_empty(), "{findings:?}");
        set
    }

    fn selected(text: &str) -> Vec<(String, Vec<String>)> {
        let set = manifests(text);
        let fleet = Fleet::build(&set);
        let services = set.iter().filter_map(|manifest| fleet.service(manifest.number));
        services
            .map(|service| {
                let pods = fleet.pods_of(service).map(|workload| workload.to_string()).collect();
                (service.manifest.id.name.to_string(), pods)
            })
            .collect()
    }

    const PODS: &str = "
apiVersion: v1
kind: Pod
metadata: {name: a, namespace: x, labels: {app: web, color: blue}}
spec: {containers: [{name: c, image: i:1}]}
---
apiVersion: v1
kind: Pod
metadata: {name: b, namespace: x, labels: {app: web, color: green}}
spec: {containers: [{name: c, image: i:1}]}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db, namespace: y}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: c, image: i:1}]}
---
";

    #[test]
    fn services_select_in_their_namespace() {
        let services = "
apiVersion: v1
kind: Service
metadata: {name: all, namespace: x}
spec: {selector: {app: web}}
---
apiVersion: v1
kind: Service
metadata: {name: green, namespace: x}
spec: {selector: {app: web, color: green}}
---
apiVersion: v1
kind: Service
metadata: {name: none, namespace: z}
spec: {selector: {app: web}}
---
apiVersion: v1
kind: Service
metadata: {name: empty, namespace: x}
spec: {selector: {}}
---
apiVersion: v1
kind: Service
metadata: {name: db-0, namespace: y}
spec: {selector: {statefulset.kubernetes.io/pod-name: db-0}}
---
apiVersion: v1
kind: Service
metadata: {name: other-0, namespace: y}
spec: {selector: {statefulset.kubernetes.io/pod-name: other-0}}
";
        let found = selected(&format!("{PODS}{services}"));
        let expected: [(&str, &[&str]); 6] = [
            ("all", &["Pod x/a", "Pod x/b"]),
            ("green", &["Pod x/b"]),
            ("none", &[]),
            ("empty", &[]),
            ("db-0", &["StatefulSet y/db"]),
            ("other-0", &[]),
        ];
        let expected =
            expected.map(|(name, pods)| (name.to_owned(), pods.iter().map(|pod| (*pod).to_owned()).collect::<Vec<_>>()));
        assert_eq!(found, expected);
    }

    #[test]
    fn expressions_as_kubernetes_reads_them() {
        let workload = |expression: &str| {
            let text = format!(
                "apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: d, namespace: x}}\nspec:\n  selector:\n    \
                 matchExpressions: [{expression}]\n  template: {{spec: {{containers: []}}}}\n---\n"
            );
            let set = manifests(&format!("{PODS}{text}"));
            let fleet = Fleet::build(&set);
            let deployment = fleet.workloads().find(|workload| workload.manifest.id.name.as_ref() == "d");
            let deployment = deployment.expect("the Deployment is a workload");
            fleet.selector(deployment)?;
            Some(fleet.selected_by_workload(deployment).map(|found| found.manifest.id.name.to_string()).collect())
        };
        let cases: [(&str, Option<&[&str]>); 8] = [
            ("{key: color, operator: In, values: [blue, red]}", Some(&["a"])),
            ("{key: color, operator: NotIn, values: [blue]}", Some(&["b", "d"])),
            ("{key: color, operator: Exists}", Some(&["a", "b"])),
            ("{key: app, operator: DoesNotExist}", Some(&["d"])),
            ("{key: color, operator: In, values: []}", None),
            ("{key: color, operator: Exists, values: [a]}", None),
            ("{key: color, operator: Equals, values: [blue]}", None),
            ("{key: app, operator: Exists}, {key: color, operator: In, values: [green]}", Some(&["b"])),
        ];
        for (expression, expected) in cases {
            let expected = expected.map(|names| names.iter().map(|name| (*name).to_owned()).collect::<Vec<String>>());
            assert_eq!(workload(expression), expected, "{expression}");
        }
    }

    #[test]
    fn an_autoscaler_overrides_replicas() {
        let set = manifests(
            "
apiVersion: apps/v1
kind: Deployment
metadata: {name: d}
spec: {replicas: 5, template: {spec: {containers: []}}}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: d}
spec: {minReplicas: 2, scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: d}}
",
        );
        let fleet = Fleet::build(&set);
        let replicas: Vec<_> = fleet.workloads().map(|workload| fleet.replicas(workload)).collect();
        assert_eq!(replicas, [Replicas::AtLeast(2)]);
    }
}
