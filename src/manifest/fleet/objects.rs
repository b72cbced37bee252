//! Objects by kind and name, and what objects of other kinds make.

use std::collections::{HashMap, HashSet};

use plimsoll_yaml::NodeRef;

use crate::manifest::{GroupKind, Manifest, ManifestId};

/// The index over names.
#[derive(Debug, Default)]
pub(super) struct Objects<'m> {
    /// By kind, whatever the group: few groups have kinds of one name.
    by_kind: HashMap<&'m str, Vec<ManifestId>>,
    /// By kind, namespace and name.
    placed: HashMap<(GroupKind<'m>, &'m str, &'m str), ManifestId>,
    /// By kind and name, the first of them: for kinds that have no namespace.
    named: HashMap<(GroupKind<'m>, &'m str), ManifestId>,
    /// Kinds that the input holds at least one of.
    kinds: HashSet<GroupKind<'m>>,
    /// Kinds that a namespace holds at least one of.
    held: HashSet<(GroupKind<'m>, &'m str)>,
    /// Namespace and name of objects that a controller makes from another object of the input.
    made: HashSet<(GroupKind<'m>, &'m str, &'m str)>,
    /// Names of the accounts that bindings give roles to.
    bound: HashSet<&'m str>,
}

/// Where a kind names the Secret that its controller makes: group, kind, path of the name. Without a name there, the
/// Secret has the object's own.
const SECRET_MAKERS: &[(&str, &str, &str)] = &[
    ("bitnami.com", "SealedSecret", "spec.template.metadata.name"),
    ("cert-manager.io", "Certificate", "spec.secretName"),
    ("external-secrets.io", "ExternalSecret", "spec.target.name"),
    (
        "external-secrets.io",
        "ClusterExternalSecret",
        "spec.externalSecretName",
    ),
    ("isindir.github.com", "SopsSecret", "metadata.name"),
    ("kubernetes-client.io", "ExternalSecret", "metadata.name"),
    ("onepassword.com", "OnePasswordItem", "metadata.name"),
    ("ricoberger.de", "VaultSecret", "metadata.name"),
    (
        "secrets.hashicorp.com",
        "VaultDynamicSecret",
        "spec.destination.name",
    ),
    ("secrets.hashicorp.com", "VaultPKISecret", "spec.destination.name"),
    (
        "secrets.hashicorp.com",
        "VaultStaticSecret",
        "spec.destination.name",
    ),
];

const SECRET: GroupKind<'static> = ("", "Secret");

/// What the cluster puts into every namespace; its own Service is only in `default`.
const IN_EVERY_NAMESPACE: &[(GroupKind<'static>, &str)] = &[
    (("", "ServiceAccount"), "default"),
    (("", "ConfigMap"), "kube-root-ca.crt"),
    (("", "Service"), "kubernetes"),
];

impl<'m> Objects<'m> {
    pub(super) fn add(&mut self, manifest: &'m Manifest, namespace: &'m str) {
        let kind = manifest.id.group_kind();
        let name = &*manifest.id.name;
        self.by_kind.entry(kind.1).or_default().push(manifest.number);
        self.placed
            .entry((kind, namespace, name))
            .or_insert(manifest.number);
        self.named.entry((kind, name)).or_insert(manifest.number);
        self.kinds.insert(kind);
        self.held.insert((kind, namespace));
        if let ("rbac.authorization.k8s.io", "RoleBinding" | "ClusterRoleBinding") = kind {
            let subjects = manifest
                .node()
                .get("subjects")
                .into_iter()
                .flat_map(NodeRef::items);
            self.bound.extend(
                subjects
                    .filter_map(|subject| subject.get("name"))
                    .map(NodeRef::str),
            );
        }
        for (_, _, path) in SECRET_MAKERS
            .iter()
            .filter(|(group, name, _)| (*group, *name) == kind)
        {
            let made = manifest.get(path).map_or(name, NodeRef::str);
            self.made.insert((SECRET, namespace, made));
        }
    }

    /// All objects whose kind has this name, whatever their group.
    pub(super) fn of_kind(&self, kind: &str) -> &[ManifestId] {
        self.by_kind.get(kind).map_or(&[], Vec::as_slice)
    }

    pub(super) fn find(
        &self,
        kind: GroupKind<'_>,
        namespace: Option<&str>,
        name: &str,
    ) -> Option<ManifestId> {
        match namespace {
            Some(namespace) => self.placed.get(&(kind, namespace, name)).copied(),
            None => self.named.get(&(kind, name)).copied(),
        }
    }

    pub(super) fn is_bound(&self, account: &str) -> bool {
        self.bound.contains(account)
    }

    /// Whether the namespace, or without one the input, holds an object of the kind.
    pub(super) fn holds(&self, kind: GroupKind<'_>, namespace: Option<&str>) -> bool {
        match namespace {
            Some(namespace) => self.held.contains(&(kind, namespace)),
            None => self.kinds.contains(&kind),
        }
    }

    /// Whether something else than a manifest of the input makes an object of this name.
    pub(super) fn is_made(&self, kind: GroupKind<'_>, namespace: &str, name: &str) -> bool {
        IN_EVERY_NAMESPACE.contains(&(kind, name)) || self.made.contains(&(kind, namespace, name))
    }
}
