//! What roles allow, rule by rule.

use crate::lint::prelude::*;
use crate::manifest::GroupKind;

const GROUP: &str = "rbac.authorization.k8s.io";

/// The kinds that allow.
pub(super) const ROLES: &[GroupKind<'static>] = &[(GROUP, "ClusterRole"), (GROUP, "Role")];

/// The kinds that give roles to accounts.
pub(super) const BINDINGS: &[GroupKind<'static>] = &[(GROUP, "ClusterRoleBinding"), (GROUP, "RoleBinding")];

/// Verbs that change something.
pub(super) const WRITE: &[&str] = &["create", "update", "patch", "delete", "deletecollection"];

/// One rule of a role.
#[derive(Debug)]
pub(super) struct Grant<'m> {
    /// Where it is.
    pub(super) route: Route,
    node: NodeRef<'m>,
}

/// The rules of a role.
pub(super) fn grants(role: &Manifest) -> impl Iterator<Item = Grant<'_>> {
    let rules = role.node().get("rules").into_iter().flat_map(NodeRef::items);
    rules.enumerate().map(|(index, node)| Grant {
        route: Route::root().then("rules").then(index),
        node,
    })
}

impl<'m> Grant<'m> {
    /// The words of one of its lists, with their routes.
    pub(super) fn words(&self, list: &'static str) -> impl Iterator<Item = (Route, &'m str)> + use<'m> {
        let route = self.route.then(list);
        let items = self.node.get(list).into_iter().flat_map(NodeRef::items);
        items
            .enumerate()
            .map(move |(index, item)| (route.then(index), item.str()))
    }

    /// Whether it names single objects.
    pub(super) fn is_narrow(&self) -> bool {
        self.words("resourceNames").next().is_some()
    }

    /// The first verb of some that it allows.
    pub(super) fn verb(&self, verbs: &[&str]) -> Option<&'m str> {
        self.words("verbs")
            .map(|(_, verb)| verb)
            .find(|verb| *verb == "*" || verbs.contains(verb))
    }

    /// The place of a resource of a group that it names. A rule for all resources is `wildcard-in-rules`.
    pub(super) fn resource(&self, group: &str, resources: &[&str]) -> Option<(Route, &'m str)> {
        let of_group = self
            .words("apiGroups")
            .any(|(_, named)| named == "*" || named == group);
        of_group
            .then(|| {
                self.words("resources")
                    .find(|(_, named)| resources.contains(named))
            })
            .flatten()
    }
}

/// Whether a role allows everything, whatever it is called.
pub(super) fn allows_everything(role: &Manifest) -> bool {
    grants(role).any(|grant| {
        let has = |list, wanted: &str| grant.words(list).any(|(_, word)| word == wanted);
        let every_verb = ["create", "delete", "get", "list", "patch", "update", "watch"];
        has("apiGroups", "*")
            && has("resources", "*")
            && (has("verbs", "*") || every_verb.iter().all(|verb| has("verbs", verb)))
    })
}

/// Whether a role or binding is one that the API server makes, and makes again when it is changed.
pub(super) fn is_of_kubernetes(manifest: &Manifest) -> bool {
    let name = &*manifest.id.name;
    name.starts_with("system:") || matches!(name, "admin" | "cluster-admin" | "edit" | "view")
}

/// Reports each rule of a role that allows one of some verbs on one of some resources of a group.
pub(super) fn report(
    role: &Manifest,
    out: &mut Sink<'_>,
    (group, resources): (&str, &[&str]),
    verbs: &[&str],
    what_for: &str,
    help: &str,
) {
    if is_of_kubernetes(role) {
        return;
    }
    for grant in grants(role).filter(|grant| !grant.is_narrow()) {
        if let (Some((route, resource)), Some(verb)) = (grant.resource(group, resources), grant.verb(verbs)) {
            let (kind, name) = (&role.id.kind, &role.id.name);
            out.value(
                route,
                format!("{kind} `{name}` allows `{verb}` on `{resource}`: {what_for}"),
                help,
            );
        }
    }
}

/// The subjects of a binding, with their routes.
pub(super) fn subjects(binding: &Manifest) -> impl Iterator<Item = (Route, NodeRef<'_>)> {
    let list = binding
        .node()
        .get("subjects")
        .into_iter()
        .flat_map(NodeRef::items);
    list.enumerate()
        .map(|(index, node)| (Route::root().then("subjects").then(index), node))
}
