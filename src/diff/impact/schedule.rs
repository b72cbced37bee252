//! Work that runs at other times.

use super::{Impact, Reason, Update};

pub(super) fn of(update: &Update<'_>) -> Option<Reason> {
    let times = [["spec", "schedule"], ["spec", "timeZone"], ["spec", "suspend"]];
    let is_moved = update.is("batch", &["CronJob"]) && times.iter().any(|field| update.touches(field));
    is_moved.then(|| Reason::new(Impact::Schedule, "it runs at other times"))
}
