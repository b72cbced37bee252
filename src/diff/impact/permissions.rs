//! Rights that are given or taken.

use serde_json::Value;

use super::{Impact, Reason, Single, Update, at, items, list, text};

const GROUP: &str = "rbac.authorization.k8s.io";
const ROLES: [&str; 2] = ["Role", "ClusterRole"];
const BINDINGS: [&str; 2] = ["RoleBinding", "ClusterRoleBinding"];

/// Grants of one role that are compared; a role with more is only said to change.
const MOST_GRANTS: usize = 5_000;

pub(super) fn of(update: &Update<'_, '_>, reasons: &mut Vec<Reason>) {
    if update.is(GROUP, &ROLES) {
        if let Some(change) = update.change(&["rules"]) {
            let (impact, message) = compared(update.old, update.new);
            reasons.push(Reason::new(impact, message).at(Some(change)));
        }
        if let Some(change) = update.change(&["aggregationRule"]) {
            let message = "`aggregationRule` changes: the rights of other roles are collected in this one";
            reasons.push(Reason::new(Impact::Permissions, message).at(Some(change)));
        }
    } else if update.is(GROUP, &BINDINGS)
        && let Some(change) = update.change(&["subjects"])
    {
        let (old, new) = (subjects(update.old), subjects(update.new));
        let without = |some: &[String], others: &[String]| -> Vec<String> {
            some.iter()
                .filter(|subject| !others.contains(subject))
                .cloned()
                .collect()
        };
        let (lost, gained) = (without(&old, &new), without(&new, &old));
        let role = role(update.new);
        let message = match (gained.is_empty(), lost.is_empty()) {
            (false, true) => format!("widened: {role} are given to {}", list(&gained)),
            (true, false) => format!("narrowed: {role} are taken from {}", list(&lost)),
            (false, false) => format!(
                "widened and narrowed: {role} are given to {} and taken from {}",
                list(&gained),
                list(&lost)
            ),
            (true, true) => format!("who has {role} is written in another way"),
        };
        reasons.push(Reason::new(Impact::Permissions, message).at(Some(change)));
    } else if let Some((old, new)) = update.workloads() {
        let account = |workload: &crate::manifest::view::Workload<'_>| {
            workload
                .get("serviceAccountName")
                .map_or("default", plimsoll_yaml::NodeRef::str)
                .to_owned()
        };
        let (old, new) = (account(old), account(new));
        if old != new {
            let message = format!(
                "its pods act as the ServiceAccount `{new}` instead of `{old}`, with that account's rights"
            );
            reasons.push(Reason::new(Impact::Permissions, message));
        }
    }
}

/// A binding that comes gives rights.
pub(super) fn of_addition(added: &Single<'_, '_>, reasons: &mut Vec<Reason>) {
    if added.is(GROUP, &BINDINGS) {
        let message = format!(
            "widened: {} are given to {}",
            role(added.value),
            list(&subjects(added.value))
        );
        reasons.push(Reason::new(Impact::Permissions, message));
    }
}

/// A binding that goes takes them.
pub(super) fn of_removal(removed: &Single<'_, '_>, reasons: &mut Vec<Reason>) {
    if removed.is(GROUP, &BINDINGS) {
        let message = format!(
            "narrowed: {} are taken from {}",
            role(removed.value),
            list(&subjects(removed.value))
        );
        reasons.push(Reason::new(Impact::Permissions, message));
    }
}

fn subjects(binding: &Value) -> Vec<String> {
    let subjects = items(binding, &["subjects"]).iter();
    subjects
        .map(|subject| format!("{} `{}`", text(subject, "kind"), text(subject, "name")))
        .collect()
}

fn role(binding: &Value) -> String {
    let role = at(binding, &["roleRef"]).unwrap_or(&Value::Null);
    format!("the rights of {} `{}`", text(role, "kind"), text(role, "name"))
}

/// One right: verb, group and resource with the name of an object, or verb and URL.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Grant<'v> {
    verb: &'v str,
    group: &'v str,
    resource: &'v str,
    /// The only object of it; `""` for all.
    name: &'v str,
}

impl Grant<'_> {
    /// Whether who has this has the other one too.
    fn covers(&self, other: &Self) -> bool {
        let matches = |own: &str, others: &str| own == "*" || own == others;
        matches(self.verb, other.verb)
            && matches(self.group, other.group)
            && (matches(self.resource, other.resource) || covers_subresource(self.resource, other.resource))
            && (self.name.is_empty() || self.name == other.name)
    }
}

/// `*/scale` covers `deployments/scale`; `/api/*` covers `/api/v1`.
fn covers_subresource(own: &str, other: &str) -> bool {
    own.strip_prefix('*')
        .is_some_and(|end| end.starts_with('/') && other.ends_with(end))
        || own
            .strip_suffix('*')
            .is_some_and(|start| start.starts_with('/') && other.starts_with(start))
}

impl std::fmt::Display for Grant<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "`{}` on `{}`", self.verb, self.resource)?;
        if !self.group.is_empty() {
            write!(f, " of `{}`", self.group)?;
        }
        if !self.name.is_empty() {
            write!(f, " named `{}`", self.name)?;
        }
        Ok(())
    }
}

/// All rights a role gives; `None` if there are too many to compare.
fn grants(role: &Value) -> Option<Vec<Grant<'_>>> {
    let mut found = Vec::new();
    for rule in items(role, &["rules"]) {
        let words =
            |key: &str| -> Vec<&str> { items(rule, &[key]).iter().filter_map(Value::as_str).collect() };
        let names = match words("resourceNames") {
            names if names.is_empty() => vec![""],
            names => names,
        };
        for verb in words("verbs") {
            for resource in words("nonResourceURLs") {
                found.push(Grant {
                    verb,
                    group: "",
                    resource,
                    name: "",
                });
            }
            for group in words("apiGroups") {
                for resource in words("resources") {
                    found.extend(names.iter().map(|name| Grant {
                        verb,
                        group,
                        resource,
                        name,
                    }));
                    if found.len() > MOST_GRANTS {
                        return None;
                    }
                }
            }
        }
    }
    Some(found)
}

/// What of `some` none of `others` covers. Grants with a wildcard are few, all others are looked up.
fn beyond<'v>(some: &[Grant<'v>], others: &[Grant<'v>]) -> Vec<String> {
    let exact: std::collections::HashSet<_> = others
        .iter()
        .map(|grant| (grant.verb, grant.group, grant.resource, grant.name))
        .collect();
    let broad: Vec<&Grant<'_>> = others
        .iter()
        .filter(|grant| {
            [grant.verb, grant.group, grant.resource]
                .iter()
                .any(|part| part.contains('*'))
        })
        .collect();
    some.iter()
        .filter(|grant| {
            !exact.contains(&(grant.verb, grant.group, grant.resource, grant.name))
                && !exact.contains(&(grant.verb, grant.group, grant.resource, ""))
                && !broad.iter().any(|other| other.covers(grant))
        })
        .map(ToString::to_string)
        .collect()
}

fn compared(old: &Value, new: &Value) -> (Impact, String) {
    let (Some(old), Some(new)) = (grants(old), grants(new)) else {
        return (
            Impact::Permissions,
            "`rules` changes: the role gives other rights".to_owned(),
        );
    };
    let (lost, gained) = (beyond(&old, &new), beyond(&new, &old));
    let message = match (gained.is_empty(), lost.is_empty()) {
        (false, true) => format!("widened: `rules` gives {} too", list(&gained)),
        (true, false) => format!("narrowed: `rules` no longer gives {}", list(&lost)),
        (false, false) => format!(
            "widened and narrowed: `rules` gives {} and no longer {}",
            list(&gained),
            list(&lost)
        ),
        (true, true) => {
            return (
                Impact::None,
                "`rules` is written in another way and gives the same rights".to_owned(),
            );
        }
    };
    (Impact::Permissions, message)
}
