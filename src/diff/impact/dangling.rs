//! What still names an object that goes away.

use super::{Impact, Reason, Single};

/// References that a sentence is spent on.
const MOST: usize = 5;

pub(super) fn of_removal(removed: &Single<'_, '_>, reasons: &mut Vec<Reason>) {
    let around = removed.around;
    let namespace = around.old.namespace(removed.manifest);
    let is_there = |namespace| {
        around
            .new
            .object(removed.object.group_kind(), namespace, &removed.object.name)
            .is_some()
    };
    if is_there(Some(namespace)) {
        return;
    }
    let mut holders = around.holders(removed.manifest);
    for (holder, mention) in holders.by_ref().take(MOST) {
        let message = format!(
            "{} `{}` still names it (`{}`), and finds nothing there",
            holder.id.kind, holder.id.name, mention.route
        );
        reasons.push(Reason::new(Impact::Removed, message));
    }
    match holders.count() {
        0 => {}
        more => reasons.push(Reason::new(
            Impact::Removed,
            format!("and {more} more references to it stay"),
        )),
    }
}
