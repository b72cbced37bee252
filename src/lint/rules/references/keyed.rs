//! ConfigMaps and Secrets that pods use, and the keys in them.

use crate::lint::prelude::*;
use crate::manifest::view;
use crate::suggest;

/// A ConfigMap or Secret that pods name.
pub(super) struct Used<'m> {
    pub(super) kind: &'static str,
    pub(super) name: &'m str,
    pub(super) is_optional: bool,
    /// Where the name is.
    pub(super) route: Route,
}

/// All ConfigMaps and Secrets that a workload's pods need to start.
pub(super) fn used<'m>(workload: &Workload<'m>) -> Vec<Used<'m>> {
    let mut found = Vec::new();
    let mut add = |kind, route: &Route, node: Option<NodeRef<'m>>, key: &str| {
        let Some(node) = node else { return };
        let name = node.get(key).map(NodeRef::str).filter(|name| !name.is_empty());
        found.extend(name.map(|name| Used {
            kind,
            name,
            is_optional: node.get("optional").and_then(NodeRef::as_bool) == Some(true),
            route: route.then(key),
        }));
    };
    for volume in workload.volumes() {
        for (path, kind, key) in [
            ("configMap", "ConfigMap", "name"),
            ("secret", "Secret", "secretName"),
        ] {
            add(kind, &volume.route.then(path), volume.node.get(path), key);
        }
        let sources = view::get(volume.node, "projected.sources")
            .into_iter()
            .flat_map(NodeRef::items);
        for (index, source) in sources.enumerate() {
            for (path, kind) in [("configMap", "ConfigMap"), ("secret", "Secret")] {
                let route = volume.route.below("projected.sources").then(index).then(path);
                add(kind, &route, source.get(path), "name");
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
                    add(kind, &item.at(path), item.get(path), "name");
                }
            }
        }
    }
    found
}

/// A key that an object of the input does not have.
pub(super) struct MissingKey {
    pub(super) message: String,
    pub(super) help: String,
}

/// Whether the ConfigMap or Secret is in the input and has no such key. One without any keys is filled by something
/// else.
pub(super) fn missing_key(
    fleet: &Fleet<'_>,
    workload: &Workload<'_>,
    kind: &str,
    name: &str,
    key: &str,
) -> Option<MissingKey> {
    let object = fleet.object(("", kind), Some(workload.namespace), name)?;
    let keys: Vec<&str> = ["data", "binaryData", "stringData"]
        .iter()
        .filter_map(|field| object.get(field))
        .flat_map(NodeRef::merged_entries)
        .map(|(key, _)| key.str())
        .collect();
    if keys.is_empty() || keys.contains(&key) {
        return None;
    }
    let help = match suggest::nearest(key, keys.iter().copied()) {
        Some(nearest) => format!("did you mean `{nearest}`?"),
        None => format!("it has {}", keys.join(", ")),
    };
    let message = format!("{kind} `{name}` has no key `{key}`");
    Some(MissingKey { message, help })
}
