//! ConfigMaps and Secrets that pods use, and how their content gets into a container.

use plimsoll_yaml::NodeRef;

use super::Route;
use super::view::{self, Workload};

/// How the content of a ConfigMap or Secret gets into a pod.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Way {
    /// A whole volume that is mounted: the kubelet writes its files anew when the object changes.
    Volume,
    /// Single files of a volume, mounted with `subPath`: written once, when the container starts.
    SubPath,
    /// Variables of the environment: read once, when the container starts.
    Environment,
}

/// One use of a ConfigMap or Secret by a pod.
#[derive(Debug, Clone)]
pub struct Use<'m> {
    /// `ConfigMap` or `Secret`.
    pub kind: &'static str,
    /// The object's name, in the pod's namespace.
    pub name: &'m str,
    /// Whether the pod starts without it.
    pub is_optional: bool,
    /// Where the name is in the workload.
    pub route: Route,
    /// How its content gets into the pod.
    pub way: Way,
}

/// All ConfigMaps and Secrets that a workload's pods read.
pub fn of<'m>(workload: &Workload<'m>) -> Vec<Use<'m>> {
    let mut found = Vec::new();
    let mut add = |kind, route: &Route, node: Option<NodeRef<'m>>, key: &str, way| {
        let Some(node) = node else { return };
        let name = node.get(key).map(NodeRef::str).filter(|name| !name.is_empty());
        found.extend(name.map(|name| Use {
            kind,
            name,
            is_optional: node.get("optional").and_then(NodeRef::as_bool) == Some(true),
            route: route.then(key),
            way,
        }));
    };
    for volume in workload.volumes() {
        let way = way_of(workload, volume.name());
        for (path, kind, key) in [
            ("configMap", "ConfigMap", "name"),
            ("secret", "Secret", "secretName"),
        ] {
            add(kind, &volume.route().then(path), volume.node.get(path), key, way);
        }
        let sources = view::get(volume.node, "projected.sources")
            .into_iter()
            .flat_map(NodeRef::items);
        for (index, source) in sources.enumerate() {
            for (path, kind) in [("configMap", "ConfigMap"), ("secret", "Secret")] {
                let route = volume.route().below("projected.sources").then(index).then(path);
                add(kind, &route, source.get(path), "name", way);
            }
        }
    }
    for container in &workload.containers {
        for (list, of_map, of_secret) in [
            ("envFrom", "configMapRef", "secretRef"),
            ("env", "valueFrom.configMapKeyRef", "valueFrom.secretKeyRef"),
        ] {
            for item in container.items(list) {
                for (path, kind) in [(of_map, "ConfigMap"), (of_secret, "Secret")] {
                    add(kind, &item.at(path), item.get(path), "name", Way::Environment);
                }
            }
        }
    }
    found
}

/// How the containers mount a volume: by `subPath` only if all of them do.
fn way_of(workload: &Workload<'_>, volume: &str) -> Way {
    let mut mounts = workload
        .containers
        .iter()
        .flat_map(|container| container.items("volumeMounts"))
        .filter(|mount| mount.text("name") == volume)
        .peekable();
    let is_part = |key: &str, mount: &view::Item<'_, '_>| !mount.text(key).is_empty();
    let is_mounted = mounts.peek().is_some();
    if is_mounted && mounts.all(|mount| is_part("subPath", &mount) || is_part("subPathExpr", &mount)) {
        Way::SubPath
    } else {
        Way::Volume
    }
}
