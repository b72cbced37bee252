//! Rights that are given or taken.

use super::{Impact, Reason, Update};

pub(super) fn of(update: &Update<'_>) -> Option<Reason> {
    let group = "rbac.authorization.k8s.io";
    if update.is(group, &["Role", "ClusterRole"])
        && (update.touches(&["rules"]) || update.touches(&["aggregationRule"]))
    {
        return Some(Reason::new(Impact::Permissions, "what the role allows changes"));
    }
    if update.is(group, &["RoleBinding", "ClusterRoleBinding"]) && update.touches(&["subjects"]) {
        return Some(Reason::new(Impact::Permissions, "who has the role changes"));
    }
    None
}
