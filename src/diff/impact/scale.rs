//! More or fewer pods of the same kind.

use super::{Impact, Reason, Update, at};

pub(super) fn of(update: &Update<'_>) -> Option<Reason> {
    if update.is("apps", &["Deployment", "StatefulSet", "ReplicaSet"])
        && update.touches(&["spec", "replicas"])
    {
        let count =
            |side| at(side, &["spec", "replicas"]).map_or_else(|| "unset".to_owned(), ToString::to_string);
        let message = format!("replicas: {} → {}", count(update.old), count(update.new));
        return Some(Reason::new(Impact::Scale, message));
    }
    let bounds = [["spec", "minReplicas"], ["spec", "maxReplicas"]];
    if update.is("autoscaling", &["HorizontalPodAutoscaler"])
        && bounds.iter().any(|bound| update.touches(bound))
    {
        return Some(Reason::new(Impact::Scale, "the bounds of the autoscaler change"));
    }
    None
}
