//! What an API server serves, and under which path: its discovery documents.
//!
//! Upstream: `k8s.io/client-go/discovery`: the aggregated documents of Kubernetes 1.26 and later (two requests), else one
//! document for each group and version.

use std::collections::HashMap;

use serde_json::Value;

use super::cluster::{Observer, escaped};
use super::{Error, Result};

/// Aggregated discovery, and what servers without it send for the same path.
const AGGREGATED: &str = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,\
                          application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json";

/// A kind as a server serves it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resource {
    /// The API group, empty for the core group.
    pub group: String,
    /// The version.
    pub version: String,
    /// The kind.
    pub kind: String,
    /// Its name in paths: `deployments`.
    pub name: String,
    /// Whether its objects are in namespaces.
    pub is_namespaced: bool,
    /// Whether its objects can be listed and removed.
    pub can_be_pruned: bool,
}

impl Resource {
    /// `apps/v1`.
    pub fn api_version(&self) -> String {
        match &*self.group {
            "" => self.version.clone(),
            group => format!("{group}/{}", self.version),
        }
    }

    /// `deployments.apps`, as RBAC's messages and `kubectl api-resources` name it.
    pub fn full_name(&self) -> String {
        match &*self.group {
            "" => self.name.clone(),
            group => format!("{}.{group}", self.name),
        }
    }

    /// The path of its objects; in one namespace if the kind has them.
    pub fn list_path(&self, namespace: &str) -> String {
        let root = if self.group.is_empty() { "api" } else { "apis" };
        let namespace = if self.is_namespaced {
            format!("/namespaces/{}", escaped(namespace))
        } else {
            String::new()
        };
        format!("{root}/{}{namespace}/{}", self.api_version(), self.name)
    }

    /// The path of an object.
    pub fn path(&self, namespace: &str, name: &str) -> String {
        format!("{}/{}", self.list_path(namespace), escaped(name))
    }
}

/// Everything that a server serves.
#[derive(Debug, Clone, Default)]
pub struct Resources {
    all: Vec<Resource>,
    by_kind: HashMap<(String, String, String), usize>,
    /// `v1.37.1`
    pub version: String,
}

impl Resources {
    /// Asks a server for everything it serves, and for its version.
    ///
    /// # Errors
    /// The server cannot be reached, or does not let us read what it serves.
    pub fn read(observer: &Observer) -> Result<Self> {
        let version = get(observer, "version")?["gitVersion"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        let (core, groups) = (get(observer, "api")?, get(observer, "apis")?);
        let mut resources = Self {
            version,
            ..Self::default()
        };
        let mut apart: Vec<String> = Vec::new();
        for document in [&core, &groups] {
            if document["kind"] == "APIGroupDiscoveryList" {
                for group in items(document, "items") {
                    resources.add_group(group);
                }
            } else {
                let versions = items(document, "versions").filter_map(Value::as_str);
                apart.extend(versions.map(|version| format!("api/{version}")));
                let versions = items(document, "groups").flat_map(|group| items(group, "versions"));
                let names = versions.filter_map(|version| version["groupVersion"].as_str());
                apart.extend(names.map(|name| format!("apis/{name}")));
            }
        }
        // A group whose own server is down is not there; the others are.
        for list in observer.each(&apart, |observer, path| observer.get(path))? {
            resources.add_list(&list.body);
        }
        Ok(resources)
    }

    /// A group of an aggregated document.
    fn add_group(&mut self, group: &Value) {
        let name = text(&group["metadata"], "name");
        for version in items(group, "versions") {
            for resource in items(version, "resources") {
                self.add(
                    (name, text(version, "version")),
                    (
                        text(&resource["responseKind"], "kind"),
                        text(resource, "resource"),
                    ),
                    resource["scope"] == "Namespaced",
                    resource,
                );
            }
        }
    }

    /// An `APIResourceList`.
    fn add_list(&mut self, list: &Value) {
        let group_version = text(list, "groupVersion");
        let of_list = group_version.rsplit_once('/').unwrap_or(("", group_version));
        for resource in items(list, "resources") {
            // Subresources stand beside what they are of.
            if !text(resource, "name").contains('/') {
                self.add(
                    of_list,
                    (text(resource, "kind"), text(resource, "name")),
                    resource["namespaced"] == true,
                    resource,
                );
            }
        }
    }

    fn add(
        &mut self,
        (group, version): (&str, &str),
        (kind, name): (&str, &str),
        is_namespaced: bool,
        resource: &Value,
    ) {
        let can = |verb: &str| items(resource, "verbs").any(|known| known == verb);
        if kind.is_empty() || !can("get") {
            return;
        }
        let place = self.all.len();
        let key = (group.to_owned(), version.to_owned(), kind.to_owned());
        self.by_kind.entry(key).or_insert(place);
        self.all.push(Resource {
            group: group.to_owned(),
            version: version.to_owned(),
            kind: kind.to_owned(),
            name: name.to_owned(),
            is_namespaced,
            can_be_pruned: can("list") && can("delete"),
        });
    }

    /// The resource of a kind in a version.
    pub fn find(&self, group: &str, version: &str, kind: &str) -> Option<&Resource> {
        let key = (group.to_owned(), version.to_owned(), kind.to_owned());
        self.all.get(*self.by_kind.get(&key)?)
    }

    /// All of them, in the server's order: of a group, the version it prefers comes first.
    pub fn iter(&self) -> impl Iterator<Item = &Resource> {
        self.all.iter()
    }
}

fn get(observer: &Observer, path: &str) -> Result<Value> {
    let answer = observer.get_as(path, AGGREGATED)?;
    if answer.is_good() && answer.body.is_object() {
        return Ok(answer.body);
    }
    let server = observer.address();
    Err(Error::new(format!(
        "`{server}` does not say what it serves at `/{path}` ({}): is it an API server? The ClusterRole `system:discovery` \
         allows to read it",
        answer.message()
    )))
}

fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value[key].as_str().unwrap_or_default()
}

fn items<'v>(value: &'v Value, key: &str) -> impl Iterator<Item = &'v Value> {
    value[key].as_array().into_iter().flatten()
}
