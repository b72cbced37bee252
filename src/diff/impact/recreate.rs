//! Pods that all stop before the new ones start.

use serde_json::json;

use super::template::TemplateChange;
use super::{Impact, Reason, Update, at};

pub(super) fn of(update: &Update<'_, '_>, reasons: &mut Vec<Reason>) {
    let is_recreated = update.is("apps", &["Deployment"])
        && at(update.new, &["spec", "strategy", "type"]) == Some(&json!("Recreate"));
    if is_recreated {
        let Some(change) = TemplateChange::of(update).filter(|_| super::rolling_restart::runs_pods(update))
        else {
            return;
        };
        let message = format!(
            "{} and `spec.strategy.type` is `Recreate`: every pod stops before a new one starts, so nothing answers until the first is ready",
            change.sentence()
        );
        reasons.push(Reason::new(Impact::Recreate, message).at(change.first()));
    } else if update.is("", &["Pod"])
        && let Some(change) = TemplateChange::of(update)
    {
        let message = format!(
            "{} and no controller keeps a copy: the kubelet restarts the container in its place, and it is down meanwhile",
            change.sentence()
        );
        reasons.push(Reason::new(Impact::Recreate, message).at(change.first()));
    }
}
