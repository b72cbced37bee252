//! Typed read-only views of objects: the pods a workload makes, Services, and their parts.
//!
//! A view is a node and the knowledge of where it stands, so that it can name a [`Place`] without any span. Views never
//! fail: what is missing or of the wrong type is absent, because the schema reports it.

mod container;
mod probe;
mod service;

use k8s_openapi::Resource;
use k8s_openapi::api::apps::v1::{DaemonSet, Deployment, ReplicaSet, StatefulSet};
use k8s_openapi::api::batch::v1::{CronJob, Job};
use k8s_openapi::api::core::v1::{Pod, ReplicationController};
use plimsoll_yaml::{NodeRef, Scalar};
use serde::de::DeserializeOwned;

use super::{Manifest, ManifestId, ObjectId, Route, Step};

pub use container::{Container, ContainerPort, Image, Role};
pub use probe::{Probe, ProbeKind};
pub use service::{Service, ServicePort};

/// A place in an object that a rule can point at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The object.
    pub manifest: ManifestId,
    /// The path in it.
    pub route: Route,
}

impl Place {
    /// The object as a whole.
    pub fn of(manifest: &Manifest) -> Self {
        Self { manifest: manifest.number, route: Route::root() }
    }

    /// What a key or an index below leads to.
    #[must_use]
    pub fn then(mut self, step: impl Into<Step>) -> Self {
        self.route.push(step);
        self
    }

    /// What a path of keys below leads to.
    #[must_use]
    pub fn down(mut self, keys: &[&str]) -> Self {
        for key in keys {
            self.route.push(*key);
        }
        self
    }
}

/// Reads a Kubernetes type from a node; `None` if it does not fit, which the schema reports.
pub fn typed<T: DeserializeOwned>(node: NodeRef<'_>) -> Option<T> {
    plimsoll_yaml::de::from_node(node).ok()
}

/// Walks a path of keys.
pub fn descend<'m>(node: NodeRef<'m>, keys: &[&str]) -> Option<NodeRef<'m>> {
    keys.iter().try_fold(node, |node, key| node.get(key))
}

/// The text of a scalar that is neither null nor empty.
fn text<'m>(node: Option<NodeRef<'m>>) -> Option<&'m str> {
    node.filter(|node| node.is_scalar() && !node.is_null()).map(NodeRef::str).filter(|text| !text.is_empty())
}

/// A port as a field of type int-or-string names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PortRef<'m> {
    /// By number.
    Number(i64),
    /// By the name of a container's port.
    Name(&'m str),
}

impl<'m> PortRef<'m> {
    /// Reads a port. A text of digits counts as a number: the kubelet reads it so, and the server refuses it as a name.
    pub fn of(node: NodeRef<'m>) -> Option<Self> {
        match node.resolve() {
            Scalar::Int(number) => Some(Self::Number(number)),
            Scalar::Str("") => None,
            Scalar::Str(text) => Some(text.parse().map_or(Self::Name(text), Self::Number)),
            _ => None,
        }
    }
}

impl std::fmt::Display for PortRef<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Number(number) => write!(f, "{number}"),
            Self::Name(name) => write!(f, "`{name}`"),
        }
    }
}

/// What makes pods.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum WorkloadKind {
    /// `apps` Deployment.
    Deployment,
    /// `apps` StatefulSet.
    StatefulSet,
    /// `apps` DaemonSet.
    DaemonSet,
    /// `apps` ReplicaSet.
    ReplicaSet,
    /// Core ReplicationController.
    ReplicationController,
    /// `batch` Job.
    Job,
    /// `batch` CronJob.
    CronJob,
    /// A pod by itself.
    Pod,
    /// Argo's drop-in replacement of a Deployment.
    Rollout,
    /// A custom resource that holds a pod template where Deployments have theirs.
    Custom,
}

impl WorkloadKind {
    fn of(id: &ObjectId, object: NodeRef<'_>) -> Option<Self> {
        const KINDS: [(&str, &str, WorkloadKind); 9] = [
            (Deployment::GROUP, Deployment::KIND, WorkloadKind::Deployment),
            (StatefulSet::GROUP, StatefulSet::KIND, WorkloadKind::StatefulSet),
            (DaemonSet::GROUP, DaemonSet::KIND, WorkloadKind::DaemonSet),
            (ReplicaSet::GROUP, ReplicaSet::KIND, WorkloadKind::ReplicaSet),
            (ReplicationController::GROUP, ReplicationController::KIND, WorkloadKind::ReplicationController),
            (Job::GROUP, Job::KIND, WorkloadKind::Job),
            (CronJob::GROUP, CronJob::KIND, WorkloadKind::CronJob),
            (Pod::GROUP, Pod::KIND, WorkloadKind::Pod),
            ("argoproj.io", "Rollout", WorkloadKind::Rollout),
        ];
        let group = id.group();
        if let Some((_, _, kind)) = KINDS.iter().find(|(of, kind, _)| *of == group && *kind == &*id.kind) {
            return Some(*kind);
        }
        let holds_pods = is_custom(id)
            && descend(object, &["spec", "template", "spec", "containers"]).is_some_and(NodeRef::is_sequence);
        holds_pods.then_some(Self::Custom)
    }

    /// The path of the pod template; a Pod is its own.
    fn template(self) -> &'static [&'static str] {
        match self {
            Self::Pod => &[],
            Self::CronJob => &["spec", "jobTemplate", "spec", "template"],
            _ => &["spec", "template"],
        }
    }

    /// Whether `spec.selector` says which pods are its own. Jobs make their own selector.
    pub fn has_selector(self) -> bool {
        use WorkloadKind as K;
        matches!(
            self,
            K::Deployment | K::StatefulSet | K::DaemonSet | K::ReplicaSet | K::ReplicationController | K::Rollout
        )
    }
}

/// Whether an object's kind is defined by somebody else than Kubernetes.
pub fn is_custom(id: &ObjectId) -> bool {
    let group = id.group();
    group.contains('.') && (!group.ends_with(".k8s.io") || group.ends_with(".x-k8s.io"))
}

/// An object that makes pods, or is one.
#[derive(Debug, Clone, Copy)]
pub struct Workload<'m> {
    /// The object.
    pub manifest: &'m Manifest,
    /// What it is.
    pub kind: WorkloadKind,
    template: NodeRef<'m>,
    pod: Option<NodeRef<'m>>,
}

impl<'m> Workload<'m> {
    /// The view of an object, if it makes pods and has a template for them.
    pub fn of(manifest: &'m Manifest) -> Option<Self> {
        let object = manifest.node();
        let kind = WorkloadKind::of(&manifest.id, object)?;
        let template = descend(object, kind.template()).filter(|template| template.is_mapping())?;
        let pod = template.get("spec").filter(|spec| spec.is_mapping());
        Some(Self { manifest, kind, template, pod })
    }

    /// The object's `spec`.
    pub fn spec(self) -> Option<NodeRef<'m>> {
        self.manifest.node().get("spec")
    }

    /// The object's `spec`, as a place.
    pub fn spec_place(self) -> Place {
        Place::of(self.manifest).then("spec")
    }

    /// The node of `spec.selector`.
    pub fn selector_node(self) -> Option<NodeRef<'m>> {
        self.spec()?.get("selector")
    }

    /// The labels its pods are made with.
    pub fn labels(self) -> Option<NodeRef<'m>> {
        descend(self.template, &["metadata", "labels"])
    }

    /// Where its pods' labels are.
    pub fn labels_place(self) -> Place {
        Place::of(self.manifest).down(self.kind.template()).down(&["metadata", "labels"])
    }

    /// Where its pods' `spec` is.
    pub fn pod_place(self) -> Place {
        Place::of(self.manifest).down(self.kind.template()).then("spec")
    }

    /// A field of its pods' `spec`.
    pub fn pod_field(self, key: &str) -> Option<NodeRef<'m>> {
        self.pod?.get(key)
    }

    /// All containers in the order the pod lists them: init containers, containers, ephemeral ones.
    pub fn containers(self) -> impl Iterator<Item = Container<'m>> {
        container::of(self)
    }

    /// The containers that run as long as the pod does: those of `containers`, and sidecars.
    pub fn running_containers(self) -> impl Iterator<Item = Container<'m>> {
        self.containers().filter(|container| matches!(container.role, Role::App | Role::Sidecar))
    }

    /// Whether its pods end by themselves: jobs, Helm's hooks, and pods that are not restarted when they succeed. Of a
    /// custom resource nobody knows, and this says so too.
    pub fn runs_to_completion(self) -> bool {
        match self.kind {
            WorkloadKind::Job | WorkloadKind::CronJob | WorkloadKind::Custom => true,
            WorkloadKind::Pod => {
                self.is_hook() || matches!(text(self.pod_field("restartPolicy")), Some("Never" | "OnFailure"))
            }
            _ => false,
        }
    }

    /// Whether Helm runs it beside the release: a test, a migration before the upgrade.
    pub fn is_hook(self) -> bool {
        descend(self.manifest.node(), &["metadata", "annotations", "helm.sh/hook"]).is_some()
    }

    /// Whether its pods use a claim for storage, by name or by a template of their own.
    pub fn has_claims(self) -> bool {
        let volumes = self.pod_field("volumes");
        let named = volumes
            .is_some_and(|volumes| volumes.items().any(|volume| volume.get("persistentVolumeClaim").is_some()));
        named || self.spec().is_some_and(|spec| spec.get("volumeClaimTemplates").is_some())
    }
}

impl std::fmt::Display for Workload<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.manifest.id.fmt(f)
    }
}
