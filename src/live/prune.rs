//! What an installer would take away: objects of the same releases that the input no longer has.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::Question;
use crate::manifest::ManifestSet;
use crate::registry::discovery::{Resource, Resources};

const INSTANCE: &str = "app.kubernetes.io/instance";
const MANAGED_BY: &str = "app.kubernetes.io/managed-by";
const RELEASE_NAME: &str = "meta.helm.sh/release-name";
const RELEASE_NAMESPACE: &str = "meta.helm.sh/release-namespace";
const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// By what the objects of the input's releases are known.
#[derive(Debug, Default)]
pub struct Wanted {
    /// Values of the label `app.kubernetes.io/instance`.
    instances: BTreeSet<String>,
    /// Names and namespaces of Helm releases, by the annotations that Helm adds.
    releases: BTreeSet<(String, String)>,
    /// Where to look.
    namespaces: BTreeSet<String>,
    /// Group, kind, namespace and name of what the input has.
    kept: BTreeSet<(String, String, String, String)>,
}

impl Wanted {
    /// What to look for, by the input and what of it the cluster has.
    pub fn of<'q>(
        manifests: &ManifestSet,
        questions: impl Iterator<Item = (&'q Question<'q>, Option<&'q Value>)>,
        namespace: &str,
    ) -> Self {
        let mut wanted = Self::default();
        wanted.namespaces.insert(namespace.to_owned());
        for manifest in manifests {
            if let Some(instance) = manifest
                .get("metadata.labels")
                .and_then(|labels| labels.get(INSTANCE))
            {
                wanted.instances.insert(instance.str().to_owned());
            }
        }
        for (question, stored) in questions {
            let id = &question.manifest.id;
            if !question.namespace.is_empty() {
                wanted.namespaces.insert(question.namespace.clone());
            }
            wanted.kept.insert((
                id.group().to_owned(),
                id.kind.to_string(),
                question.namespace.clone(),
                id.name.to_string(),
            ));
            wanted.releases.extend(stored.and_then(release));
        }
        wanted
    }

    /// What to list: each kind once, in the version that the server prefers, in each namespace of the input.
    pub fn lists<'r>(&self, resources: &'r Resources) -> Vec<(&'r Resource, String)> {
        let mut selectors = Vec::new();
        let is_plain = |name: &&String| {
            let mut bytes = name.bytes();
            !name.is_empty()
                && bytes.all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
        };
        let instances: Vec<&str> = self
            .instances
            .iter()
            .filter(is_plain)
            .map(String::as_str)
            .collect();
        if !instances.is_empty() {
            selectors.push(format!("{INSTANCE}%20in%20({})", instances.join(",")));
        }
        if !self.releases.is_empty() {
            selectors.push(format!("{MANAGED_BY}%3DHelm"));
        }
        let mut seen = BTreeMap::new();
        let mut lists = Vec::new();
        for resource in resources.iter().filter(|resource| resource.can_be_pruned) {
            // Events tell of objects and are applied by nobody; both groups serve the same ones.
            if resource.kind == "Event" || seen.insert((&resource.group, &resource.kind), ()).is_some() {
                continue;
            }
            let namespaces: Vec<&str> = match resource.is_namespaced {
                true => self.namespaces.iter().map(String::as_str).collect(),
                false => vec![""],
            };
            for namespace in namespaces {
                for selector in &selectors {
                    let path = resource.list_path(namespace);
                    lists.push((resource, format!("{path}?labelSelector={selector}")));
                }
            }
        }
        lists
    }

    /// Whether a listed object is of these releases, was applied by somebody, and is not in the input.
    pub fn is_gone(&self, resource: &Resource, object: &Value) -> bool {
        let metadata = &object["metadata"];
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let release = release(object);
        let is_ours = match &release {
            Some(release) => self.releases.contains(release),
            None => self.instances.contains(&text(&metadata["labels"][INSTANCE])) && was_applied(metadata),
        };
        let identity = (
            resource.group.clone(),
            resource.kind.clone(),
            text(&metadata["namespace"]),
            text(&metadata["name"]),
        );
        let annotations = &metadata["annotations"];
        let stays =
            annotations["helm.sh/resource-policy"] == "keep" || annotations["helm.sh/hook"].is_string();
        let has_owner = metadata["ownerReferences"]
            .as_array()
            .is_some_and(|owners| !owners.is_empty());
        is_ours && !stays && !has_owner && !self.kept.contains(&identity)
    }
}

/// Name and namespace of the Helm release that an object is of.
fn release(object: &Value) -> Option<(String, String)> {
    let annotations = &object["metadata"]["annotations"];
    let of = |key: &str| annotations[key].as_str().map(str::to_owned);
    Some((of(RELEASE_NAME)?, of(RELEASE_NAMESPACE)?))
}

/// Whether somebody applied an object; a controller that makes objects creates them, and copies labels.
fn was_applied(metadata: &Value) -> bool {
    let entries = metadata["managedFields"].as_array();
    metadata["annotations"][LAST_APPLIED].is_string()
        || entries.into_iter().flatten().any(|entry| {
            entry["operation"] == "Apply" && entry["subresource"].as_str().is_none_or(str::is_empty)
        })
}
