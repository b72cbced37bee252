//! Pods that are replaced step by step.

use serde_json::json;

use super::{Impact, Reason, Update, at};

pub(super) fn of(update: &Update<'_>) -> Option<Reason> {
    if !update.is("apps", &["Deployment", "StatefulSet", "DaemonSet"])
        || !update.touches(&["spec", "template"])
    {
        return None;
    }
    if at(update.new, &["spec", "strategy", "type"]) == Some(&json!("Recreate")) {
        return None;
    }
    if at(update.new, &["spec", "updateStrategy", "type"]) == Some(&json!("OnDelete")) {
        let message =
            "the pod template changes, but `OnDelete` leaves the pods as they are until someone deletes them";
        return Some(Reason::new(Impact::InPlace, message));
    }
    Some(Reason::new(
        Impact::RollingRestart,
        "the pod template changes: every pod is replaced",
    ))
}
