//! What a pod asks for, after the server's defaults and those of the LimitRanges of its namespace.

use super::amounts::Amounts;
use super::limit_range::LimitRange;
use crate::admission::at::At;
use crate::manifest::Route;

/// One container's resources.
#[derive(Debug)]
pub(super) struct Container {
    pub(super) name: String,
    pub(super) requests: Amounts,
    pub(super) limits: Amounts,
    /// The limits that are written, without defaults.
    pub(super) written: Amounts,
    /// `resources`, from the pod.
    pub(super) route: Route,
    is_init: bool,
    is_sidecar: bool,
}

/// A pod's resources.
#[derive(Debug)]
pub(super) struct PodResources {
    /// Containers, then init containers.
    pub(super) containers: Vec<Container>,
    /// What the pod as a whole says (`spec.resources`).
    own: Option<(Amounts, Amounts)>,
    overhead: Amounts,
}

impl PodResources {
    /// Reads a pod: `SetDefaults_Pod` (requests that are not given are the limits), then LimitRanger's defaults.
    pub(super) fn read(spec: &At<'_, '_>, ranges: &[LimitRange<'_>]) -> Self {
        let mut containers = Vec::new();
        for (list, is_init) in [("containers", false), ("initContainers", true)] {
            for container in spec.get(list).items() {
                let resources = container.get("resources");
                let written = Amounts::of(&resources.get("limits"));
                let mut limits = written.clone();
                let mut requests = Amounts::of(&resources.get("requests"));
                requests.default_to(&limits);
                for range in ranges {
                    limits.default_to(&range.default_limits);
                    requests.default_to(&range.default_requests);
                }
                containers.push(Container {
                    name: container.get("name").str().to_owned(),
                    requests,
                    limits,
                    written,
                    route: resources.route(),
                    is_init,
                    is_sidecar: is_init && container.get("restartPolicy").str() == "Always",
                });
            }
        }
        let own = spec.get("resources");
        Self {
            containers,
            own: own.is_given().then(|| {
                let limits = Amounts::of(&own.get("limits"));
                let mut requests = Amounts::of(&own.get("requests"));
                requests.default_to(&limits);
                (requests, limits)
            }),
            overhead: Amounts::of(&spec.get("overhead")),
        }
    }

    /// Whether the pod as a whole says what it needs, so that its containers need not.
    pub(super) fn has_own(&self) -> bool {
        let is_set = |list: &Amounts| list.0.keys().any(|name| is_of_pods(name));
        self.own
            .as_ref()
            .is_some_and(|(requests, limits)| is_set(requests) || is_set(limits))
    }

    /// `isBestEffort`: nothing is asked for, of CPU and memory.
    pub(super) fn is_best_effort(&self) -> bool {
        let is_nothing = |list: &Amounts| !list.0.keys().any(|name| matches!(&**name, "cpu" | "memory"));
        !self.has_own()
            && self
                .containers
                .iter()
                .all(|container| is_nothing(&container.requests) && is_nothing(&container.limits))
    }

    /// `podRequests`.
    pub(super) fn requests(&self) -> Amounts {
        self.sum(|container| &container.requests, |(requests, _)| requests)
    }

    /// `podLimits`.
    pub(super) fn limits(&self) -> Amounts {
        self.sum(|container| &container.limits, |(_, limits)| limits)
    }

    /// What running the pod costs beside its containers (a runtime class).
    pub(super) fn overhead(&self) -> &Amounts {
        &self.overhead
    }

    /// Containers and sidecars together, or what one init container needs beside the sidecars before it, if that is more.
    fn sum(
        &self,
        of: impl Fn(&Container) -> &Amounts,
        own: impl Fn(&(Amounts, Amounts)) -> &Amounts,
    ) -> Amounts {
        let mut all = Amounts::default();
        for container in self.containers.iter().filter(|container| !container.is_init) {
            all.add(of(container));
        }
        let (mut sidecars, mut most) = (Amounts::default(), Amounts::default());
        for container in self.containers.iter().filter(|container| container.is_init) {
            let mut needed = sidecars.clone();
            needed.add(of(container));
            if container.is_sidecar {
                all.add(of(container));
                sidecars = needed.clone();
            }
            most.max(&needed);
        }
        all.max(&most);
        for (name, amount) in self.own.iter().flat_map(|both| &own(both).0) {
            if is_of_pods(name) {
                all.0.insert(name.clone(), *amount);
            }
        }
        all
    }
}

/// Whether a pod as a whole may ask for it.
fn is_of_pods(resource: &str) -> bool {
    matches!(resource, "cpu" | "memory") || resource.starts_with("hugepages-")
}
