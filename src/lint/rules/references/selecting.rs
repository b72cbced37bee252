//! What objects share that select pods: a selector that finds none.

use crate::lint::prelude::*;
use crate::manifest::selector::Selector;

/// A selector that matches no pod of the input.
pub(super) struct Selecting<'m> {
    pub(super) selector: Selector<'m>,
    /// What to do, with the workload that was probably meant.
    pub(super) nearest: String,
}

/// The selector at a path of an object if it matches no pod, where the input has pods that it could match.
pub(super) fn unselecting<'m>(
    fleet: &Fleet<'m>,
    manifest: &'m Manifest,
    path: &str,
) -> Option<Selecting<'m>> {
    let namespace = fleet.namespace(manifest);
    let route = Route::parse(path).ok()?;
    let selector = Selector::of_label_selector(manifest.at(&route)?)?;
    if selector.is_empty()
        || !fleet.would_hold_workloads(namespace)
        || fleet.first_selected(namespace, &selector, |_| true).is_some()
        || fleet.may_be_made_by_operator(namespace, &selector)
    {
        return None;
    }
    // Without a namespace on one side, both may well come to the same one.
    let elsewhere = fleet.first_selected_anywhere(&selector, |workload| {
        workload.manifest.id.namespace.is_none() || manifest.id.namespace.is_none()
    });
    if elsewhere.is_some() {
        return None;
    }
    let nearest = match fleet.nearest(namespace, &selector) {
        Some(workload) => {
            let labels: Vec<String> = workload
                .labels
                .iter()
                .map(|(key, value)| format!("{key}={value}"))
                .collect();
            format!("pods of {} have `{}`", workload.title(), labels.join(","))
        }
        None => "every label of the selector must be on the pods with the same value".to_owned(),
    };
    Some(Selecting { selector, nearest })
}
