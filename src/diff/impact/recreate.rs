//! Pods that all stop before the new ones start.

use serde_json::json;

use super::{Impact, Reason, Update, at};

pub(super) fn of(update: &Update<'_>) -> Option<Reason> {
    let is_recreated = update.is("apps", &["Deployment"])
        && update.touches(&["spec", "template"])
        && at(update.new, &["spec", "strategy", "type"]) == Some(&json!("Recreate"));
    is_recreated.then(|| {
        let message =
            "the pod template changes and the strategy is `Recreate`: no pod runs until the new ones are up";
        Reason::new(Impact::Recreate, message)
    })
}
