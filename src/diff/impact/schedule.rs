//! Work that runs at other times.

use serde_json::json;

use super::{Impact, Reason, Update, at, shown};

pub(super) fn of(update: &Update<'_, '_>, reasons: &mut Vec<Reason>) {
    if !update.is("batch", &["CronJob"]) {
        return;
    }
    for field in ["schedule", "timeZone"] {
        let keys = ["spec", field];
        if let Some(change) = update.change(&keys) {
            let (old, new) = (shown(at(update.old, &keys)), shown(at(update.new, &keys)));
            let message =
                format!("`spec.{field}` goes from `{old}` to `{new}`: the next run is at another time");
            reasons.push(Reason::new(Impact::Schedule, message).at(Some(change)));
        }
    }
    if let Some(change) = update.change(&["spec", "suspend"]) {
        let is_suspended = at(update.new, &["spec", "suspend"]) == Some(&json!(true));
        let message = if is_suspended {
            "`spec.suspend` is set: no further run starts, one that runs now goes on"
        } else {
            "`spec.suspend` is taken away: runs start again, and those missed meanwhile may start at once (`startingDeadlineSeconds`)"
        };
        reasons.push(Reason::new(Impact::Schedule, message).at(Some(change)));
    }
}
