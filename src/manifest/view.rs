//! Read-only views of what many kinds share: the pods they make, the containers in them, the ports they open.

use k8s_openapi::Resource as _;
use k8s_openapi::api::{apps::v1 as apps, batch::v1 as batch, core::v1 as core};
use plimsoll_yaml::{NodeRef, Scalar};

use super::image::Reference;
use super::selector::{self, Labels, Selector};
use super::{Manifest, Route};
use crate::finding::{Anchor, Part};

/// The node at a path of keys such as `securityContext.privileged`, if it is there and not null.
pub fn get<'m>(mut node: NodeRef<'m>, path: &str) -> Option<NodeRef<'m>> {
    let mut rest = path;
    // Rules ask thousands of times, mostly by short keys: `str::split` takes longer to start than to search.
    while let Some(dot) = rest.bytes().position(|byte| byte == b'.') {
        node = node.get(&rest[..dot])?;
        rest = &rest[dot + 1..];
    }
    node.get(rest).filter(|node| !node.is_null())
}

/// An object that makes pods, seen from its pods.
#[derive(Debug)]
pub struct Workload<'m> {
    /// The object.
    pub manifest: &'m Manifest,
    /// The namespace its pods run in.
    pub namespace: &'m str,
    /// Where the pod's `metadata` and `spec` are: `spec.template` in most kinds, the root in a Pod.
    pub template: Route,
    /// The pod's labels.
    pub labels: Labels<'m>,
    /// Which pods it takes for its own; `None` for kinds that make their own selector, or when it cannot be read.
    pub selector: Option<Selector<'m>>,
    /// Init containers and containers, in that order.
    pub containers: Vec<Container<'m>>,
    spec: Option<NodeRef<'m>>,
}

/// How long a container lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Runs as long as the pod.
    Main,
    /// An init container with `restartPolicy: Always`: runs as long as the pod, beside the main ones.
    Sidecar,
    /// Runs to its end before the others start.
    Init,
}

/// One container of a pod.
#[derive(Debug)]
pub struct Container<'m> {
    /// Its tree.
    pub node: NodeRef<'m>,
    /// Where it is in its object.
    pub route: Route,
    /// How long it lives.
    pub role: Role,
    /// Ports it says it opens.
    pub ports: Vec<Port<'m>>,
}

/// An item of one of a container's lists, such as a variable of its `env`. Knows its place, and makes a route of it
/// only when a rule has something to say.
#[derive(Debug, Clone, Copy)]
pub struct Item<'c, 'm> {
    container: &'c Container<'m>,
    list: &'static str,
    index: usize,
    /// Its tree.
    pub node: NodeRef<'m>,
}

impl<'m> Item<'_, 'm> {
    /// The node at a path of keys of the item, if it is there and not null.
    pub fn get(&self, path: &str) -> Option<NodeRef<'m>> {
        get(self.node, path)
    }

    /// The text of a field, or nothing.
    pub fn text(&self, key: &str) -> &'m str {
        self.node.get(key).map_or("", NodeRef::str)
    }

    /// Where it is in its object.
    pub fn route(&self) -> Route {
        self.container.route.then(self.list).then(self.index)
    }

    /// The route of a path of keys of the item.
    pub fn at(&self, path: &str) -> Route {
        self.route().below(path)
    }
}

/// A port that a container says it opens. The list informs; it opens nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Port<'m> {
    /// Its name, if it has one.
    pub name: Option<&'m str>,
    /// Its number.
    pub number: i64,
    /// `TCP` unless it says otherwise.
    pub protocol: &'m str,
}

/// A port as a probe or a Service asks for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PortRef<'m> {
    /// By name.
    Name(&'m str),
    /// By number.
    Number(i64),
}

impl<'m> PortRef<'m> {
    /// Reads an int-or-string port; a string of digits is a name to the server, and no port has such a name.
    pub fn of(node: NodeRef<'m>) -> Option<Self> {
        match node.resolve() {
            Scalar::Int(number) => Some(Self::Number(number)),
            _ if node.is_scalar() && !node.is_null() && !node.str().is_empty() => {
                Some(Self::Name(node.str()))
            }
            _ => None,
        }
    }
}

/// A volume of a pod. Knows its place, and makes a route of it only when a rule has something to say.
#[derive(Debug, Clone, Copy)]
pub struct Volume<'w, 'm> {
    workload: &'w Workload<'m>,
    index: usize,
    /// Its tree.
    pub node: NodeRef<'m>,
}

impl<'m> Volume<'_, 'm> {
    /// Where it is in its object.
    pub fn route(&self) -> Route {
        self.workload.route("volumes").then(self.index)
    }

    /// Its name, or nothing.
    pub fn name(&self) -> &'m str {
        self.node.get("name").map_or("", NodeRef::str)
    }

    /// The node's path that a `hostPath` volume brings in.
    pub fn host_path(&self) -> Option<&'m str> {
        get(self.node, "hostPath.path").map(NodeRef::str)
    }
}

/// The protocol of a container's or a Service's port, with the API server's default.
pub fn protocol(port: NodeRef<'_>) -> &str {
    port.get("protocol")
        .map(NodeRef::str)
        .filter(|protocol| !protocol.is_empty())
        .unwrap_or("TCP")
}

/// Where a kind keeps its pods.
pub(crate) fn template_route(manifest: &Manifest) -> Option<&'static str> {
    let id = &manifest.id;
    match (id.group(), &*id.kind) {
        ("argoproj.io", "Rollout") | ("apps.openshift.io", "DeploymentConfig") => Some("spec.template"),
        // A group without a dot is Kubernetes' own; `v1` of a Deployment, or `app/v1`, is a mistake, and the kind says
        // what is meant.
        (group, _) if group.contains('.') => None,
        (_, core::Pod::KIND) => Some(""),
        (_, core::PodTemplate::KIND) => Some("template"),
        (
            _,
            core::ReplicationController::KIND
            | apps::Deployment::KIND
            | apps::DaemonSet::KIND
            | apps::ReplicaSet::KIND
            | apps::StatefulSet::KIND
            | batch::Job::KIND,
        ) => Some("spec.template"),
        (_, batch::CronJob::KIND) => Some("spec.jobTemplate.spec.template"),
        _ => None,
    }
}

impl<'m> Workload<'m> {
    /// The view of an object that makes pods; `None` for any other. What has no template yet, or a template without a
    /// spec, has replicas and is referred to all the same.
    pub fn of(manifest: &'m Manifest, namespace: &'m str) -> Option<Self> {
        let template = Route::parse(template_route(manifest)?).ok()?;
        let pod = manifest.at(&template);
        let spec = pod
            .and_then(|pod| pod.get("spec"))
            .filter(|spec| spec.is_mapping());
        let labels = selector::labels(pod.and_then(|pod| get(pod, "metadata.labels")));
        let spec_route = template.then("spec");
        let mut workload = Self {
            manifest,
            namespace,
            template,
            labels,
            selector: None,
            containers: Vec::new(),
            spec,
        };
        workload.selector = workload.read_selector();
        for (key, init) in [("initContainers", true), ("containers", false)] {
            let list = spec_route.then(key);
            let items = spec.and_then(|spec| spec.get(key));
            let items = items.into_iter().flat_map(NodeRef::items).enumerate();
            workload.containers.extend(
                items
                    .filter(|(_, node)| node.is_mapping())
                    .map(|(index, node)| Container::of(node, list.then(index), init)),
            );
        }
        Some(workload)
    }

    fn read_selector(&self) -> Option<Selector<'m>> {
        let spec = self.manifest.node().get("spec")?;
        match &*self.manifest.id.kind {
            core::ReplicationController::KIND | "DeploymentConfig" => {
                spec.get("selector").map(Selector::of_map)
            }
            apps::Deployment::KIND
            | apps::DaemonSet::KIND
            | apps::ReplicaSet::KIND
            | apps::StatefulSet::KIND
            | "Rollout" => Selector::of_label_selector(spec.get("selector")?),
            batch::Job::KIND if spec.get("manualSelector").and_then(NodeRef::as_bool) == Some(true) => {
                Selector::of_label_selector(spec.get("selector")?)
            }
            _ => None,
        }
    }

    /// ``Deployment `web` ``.
    pub fn title(&self) -> String {
        format!("{} `{}`", self.manifest.id.kind, self.manifest.id.name)
    }

    /// Whether the pods are meant to end: then nothing waits for them to be ready, and nothing restarts them for good.
    pub fn runs_to_completion(&self) -> bool {
        matches!(&*self.manifest.id.kind, batch::Job::KIND | batch::CronJob::KIND)
            || self.is_pod()
                && self
                    .get("restartPolicy")
                    .is_some_and(|policy| matches!(policy.str(), "Never" | "OnFailure"))
    }

    /// Whether it says what its pods are like. A template may be left out where the pods are another workload's
    /// (`workloadRef` of a Rollout), and OpenShift takes a DeploymentConfig that has none.
    pub fn describes_pods(&self) -> bool {
        !matches!(&*self.manifest.id.kind, "Rollout" | "DeploymentConfig")
            || self.manifest.at(&self.template).is_some()
    }

    /// Whether it runs only when somebody tests a release (`helm test`), and serves nobody.
    pub fn is_test(&self) -> bool {
        // `test-success` is what Helm 2 called it.
        self.manifest.hook().is_some_and(|hook| hook.starts_with("test"))
    }

    /// Whether its pods only hold room for others, and do nothing.
    pub fn is_placeholder(&self) -> bool {
        let mut running = self.running().peekable();
        running.peek().is_some() && running.all(Container::is_pause)
    }

    /// Whether it is a Pod written by hand, which no controller keeps.
    pub fn is_pod(&self) -> bool {
        &*self.manifest.id.kind == core::Pod::KIND
    }

    /// The pod's `spec`.
    pub fn spec(&self) -> Option<NodeRef<'m>> {
        self.spec
    }

    /// The node at a path of keys of the pod's `spec`, if it is there and not null.
    pub fn get(&self, path: &str) -> Option<NodeRef<'m>> {
        get(self.spec?, path)
    }

    /// Whether a field of the pod's `spec` is there and true.
    pub fn is_true(&self, path: &str) -> bool {
        self.get(path).and_then(NodeRef::as_bool) == Some(true)
    }

    /// The route of a path of keys of the pod's `spec`.
    pub fn route(&self, path: &str) -> Route {
        self.template.then("spec").below(path)
    }

    /// The pod's volumes.
    pub fn volumes(&self) -> impl Iterator<Item = Volume<'_, 'm>> {
        let items = self.get("volumes").into_iter().flat_map(NodeRef::items);
        items.enumerate().map(move |(index, node)| Volume {
            workload: self,
            index,
            node,
        })
    }

    /// Whether the pods run on Windows, where most of `securityContext` has no meaning.
    pub fn is_windows(&self) -> bool {
        let says = |node: Option<NodeRef<'_>>| node.is_some_and(|node| node.str() == "windows");
        says(self.get("os.name"))
            || says(
                self.get("nodeSelector")
                    .and_then(|labels| labels.get("kubernetes.io/os")),
            )
    }

    /// A field of the security context that holds for a container: its own, or else the pod's. With its route.
    pub fn security(&self, container: &Container<'m>, field: &str) -> Option<(NodeRef<'m>, Route)> {
        let path = format!("securityContext.{field}");
        let own = container.get(&path).map(|node| (node, container.at(&path)));
        own.or_else(|| self.get(&path).map(|node| (node, self.route(&path))))
    }

    /// How many pods it keeps; the API server's default when it does not say. `None` for kinds without a count.
    pub fn replicas(&self) -> Option<i64> {
        match &*self.manifest.id.kind {
            apps::Deployment::KIND
            | apps::StatefulSet::KIND
            | apps::ReplicaSet::KIND
            | core::ReplicationController::KIND
            | "DeploymentConfig"
            | "Rollout" => {
                let written = self
                    .manifest
                    .node()
                    .get("spec")
                    .and_then(|spec| spec.get("replicas"));
                Some(written.and_then(NodeRef::as_i64).unwrap_or(1))
            }
            _ => None,
        }
    }

    /// A place in the workload.
    pub fn at(&self, route: Route, part: Part) -> Anchor {
        Anchor::Route(self.manifest.number, route, part)
    }

    /// The port of a container that runs as long as the pod, if one says it opens it.
    pub fn port(&self, wanted: PortRef<'_>) -> Option<Port<'m>> {
        self.running()
            .flat_map(|container| &container.ports)
            .find(|port| port.is(wanted))
            .copied()
    }

    /// Whether a Service that asks for this port reaches a container: a name only among ports of its protocol, as
    /// `endpointslice.FindPort` looks it up.
    pub fn serves(&self, wanted: PortRef<'_>, protocol: &str) -> bool {
        let mut ports = self.running().flat_map(|container| &container.ports);
        ports.any(|port| {
            port.is(wanted) && (matches!(wanted, PortRef::Number(_)) || port.protocol == protocol)
        })
    }

    /// The containers that run as long as the pod.
    pub fn running(&self) -> impl Iterator<Item = &Container<'m>> {
        self.containers
            .iter()
            .filter(|container| container.role != Role::Init)
    }
}

impl Port<'_> {
    /// Whether this is the port asked for.
    pub fn is(&self, wanted: PortRef<'_>) -> bool {
        match wanted {
            PortRef::Name(name) => self.name == Some(name),
            PortRef::Number(number) => self.number == number,
        }
    }
}

impl<'m> Container<'m> {
    fn of(node: NodeRef<'m>, route: Route, init: bool) -> Self {
        let restarts = node
            .get("restartPolicy")
            .is_some_and(|policy| policy.str() == "Always");
        let role = match (init, restarts) {
            (false, _) => Role::Main,
            (true, true) => Role::Sidecar,
            (true, false) => Role::Init,
        };
        let ports = node
            .get("ports")
            .into_iter()
            .flat_map(NodeRef::items)
            .filter_map(|port| {
                Some(Port {
                    name: port.get("name").map(NodeRef::str).filter(|name| !name.is_empty()),
                    number: port.get("containerPort")?.as_i64()?,
                    protocol: protocol(port),
                })
            });
        Self {
            node,
            route,
            role,
            ports: ports.collect(),
        }
    }

    /// Its name, or `?` when it has none.
    pub fn name(&self) -> &'m str {
        self.node.get("name").map_or("?", NodeRef::str)
    }

    /// The node at a path of keys of the container, if it is there and not null.
    pub fn get(&self, path: &str) -> Option<NodeRef<'m>> {
        get(self.node, path)
    }

    /// The route of a path of keys of the container.
    pub fn at(&self, path: &str) -> Route {
        self.route.below(path)
    }

    /// Whether a field is there and true.
    pub fn is_true(&self, path: &str) -> bool {
        self.get(path).and_then(NodeRef::as_bool) == Some(true)
    }

    /// The items of one of its lists, such as `env`, `envFrom`, `args` or `volumeMounts`.
    pub fn items(&self, list: &'static str) -> impl Iterator<Item = Item<'_, 'm>> {
        let nodes = self.node.get(list).into_iter().flat_map(NodeRef::items);
        nodes.enumerate().map(move |(index, node)| Item {
            container: self,
            list,
            index,
            node,
        })
    }

    /// The name of the program it starts, if it says so: the last part of the first word's path.
    pub fn program(&self) -> Option<&'m str> {
        let words = ["command", "args"]
            .into_iter()
            .find_map(|list| self.node.get(list)?.item(0));
        words?.str().rsplit('/').next()
    }

    /// Its image, if it names one.
    pub fn image(&self) -> Option<&'m str> {
        let image = self.node.get("image").map(NodeRef::str);
        image.filter(|image| !image.is_empty())
    }

    /// Whether Istio's injector writes the rest of it when the pod is made: probes, resources, ports (`image: auto`).
    pub fn is_injected(&self) -> bool {
        self.image() == Some("auto")
    }

    /// Whether it only holds the pod's place: `registry.k8s.io/pause`, which does nothing and cannot be asked.
    pub fn is_pause(&self) -> bool {
        let base = self.image().map(|image| Reference::of(image).base());
        base.is_some_and(|base| base == "pause" || base.starts_with("pause-"))
    }

    /// ``container `web` of Deployment `shop` ``.
    pub fn title(&self, workload: &Workload<'_>) -> String {
        format!("container `{}` of {}", self.name(), workload.title())
    }
}
