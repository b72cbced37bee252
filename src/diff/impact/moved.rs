//! Objects that get another name or kind. The server knows no renames: one object goes, another one comes.

use super::{Impact, Reason, Single, Update, dangling, data, items};

pub(super) fn of(update: &Update<'_, '_>, reasons: &mut Vec<Reason>) {
    let (old, new) = (&update.before.id, &update.after.id);
    let from = |what: &str, old: &str, new: &str| format!("its {what} goes from `{old}` to `{new}`");
    let changed = if old.kind != new.kind {
        from("kind", &old.kind, &new.kind)
    } else if old.name != new.name {
        from("name", &old.name, &new.name)
    } else {
        let namespace =
            |id: &crate::manifest::ObjectId| id.namespace.as_deref().unwrap_or("unset").to_owned();
        from("namespace", &namespace(old), &namespace(new))
    };
    let (impact, effect) = match (new.group(), &*new.kind) {
        ("batch", "Job") => (
            Impact::InPlace,
            "the old one and its pods go, and the new one runs once",
        ),
        ("batch", "CronJob") => (
            Impact::InPlace,
            "the old one goes with the runs it began, and the new one runs from now on",
        ),
        _ if update.workloads().is_some() => (
            Impact::Recreate,
            "all pods of the old one stop and those of the new one start, and nothing makes one wait for the other",
        ),
        ("", "Service") => (
            Impact::Traffic,
            "its name in the cluster's DNS and its address change for every client",
        ),
        _ => (Impact::InPlace, "the old one goes and a new one comes"),
    };
    reasons.push(Reason::new(impact, format!("{changed}: {effect}")));
    if old.kind != new.kind && !items(update.new, &["spec", "volumeClaimTemplates"]).is_empty() {
        let message = "the pods of a StatefulSet get claims of their own: data in volumes of the old object does not come along";
        reasons.push(Reason::new(Impact::Data, message));
    }
    let gone = Single {
        object: old,
        value: update.old,
        manifest: update.before,
        around: update.around,
    };
    // What a Secret held is what the new one holds.
    if &*old.kind != "Secret" {
        data::of_removal(&gone, reasons);
    }
    dangling::of_removal(&gone, reasons);
}
