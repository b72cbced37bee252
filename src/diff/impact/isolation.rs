//! Connections that NetworkPolicies allow and forbid.

use super::{Impact, Reason, Single, Surroundings, Update, list};
use crate::manifest::Manifest;
use crate::manifest::fleet::Fleet;
use crate::manifest::selector::Selector;

fn is_policy(object: &crate::manifest::ObjectId) -> bool {
    super::is(object, "networking.k8s.io", &["NetworkPolicy"])
}

pub(super) fn of(update: &Update<'_, '_>, reasons: &mut Vec<Reason>) {
    if !is_policy(update.object) {
        return;
    }
    if let Some(change) = update.change(&["spec", "podSelector"]) {
        let before = held(&update.around.old, update.before);
        let after = held(&update.around.new, update.after);
        let message = format!(
            "`spec.podSelector` changes: it holds for {} instead of {}",
            named(&after),
            named(&before)
        );
        reasons.push(Reason::new(Impact::Traffic, message).at(Some(change)));
    }
    for (field, whose) in [("ingress", "into"), ("egress", "out of")] {
        if let Some(change) = update.change(&["spec", field]) {
            let message = format!(
                "`{}` changes: other connections are allowed {whose} the pods of {}",
                change.path(),
                named(&held(&update.around.new, update.after))
            );
            reasons.push(Reason::new(Impact::Traffic, message).at(Some(change)));
        }
    }
    if let Some(change) = update.change(&["spec", "policyTypes"]) {
        let message = "`spec.policyTypes` changes: for a direction that is named, all that no policy allows is dropped; for one that is not, this policy says nothing";
        reasons.push(Reason::new(Impact::Traffic, message).at(Some(change)));
    }
}

/// A policy that comes closes all it does not open.
pub(super) fn of_addition(added: &Single<'_, '_>, reasons: &mut Vec<Reason>) {
    if is_policy(added.object) {
        let held = held(&added.around.new, added.manifest);
        let before = running_before(added.around, &held);
        if !before.is_empty() {
            let message = format!(
                "the pods of {} get only the connections that it, or another policy, allows; all others are dropped",
                list(&before)
            );
            reasons.push(Reason::new(Impact::Traffic, message));
        }
    }
}

/// A policy that goes opens what nothing else closes.
pub(super) fn of_removal(removed: &Single<'_, '_>, reasons: &mut Vec<Reason>) {
    if is_policy(removed.object) {
        let held = held(&removed.around.old, removed.manifest);
        if !held.is_empty() {
            let message = format!(
                "the pods of {} are open to every connection that no other policy closes",
                list(&held)
            );
            reasons.push(Reason::new(Impact::Traffic, message));
        }
    }
}

fn named(workloads: &[String]) -> String {
    if workloads.is_empty() {
        "no workload here".to_owned()
    } else {
        list(workloads)
    }
}

/// The workloads that a policy holds for.
fn held<'m>(fleet: &Fleet<'m>, policy: &'m Manifest) -> Vec<String> {
    let selector = match policy.get("spec.podSelector") {
        Some(node) => Selector::of_label_selector(node),
        None => Some(Selector::default()),
    };
    let selected = selector.map(|selector| fleet.select(fleet.namespace(policy), &selector));
    let workloads = selected.unwrap_or_default().into_iter();
    workloads
        .map(|number| fleet.workloads()[number].title())
        .collect()
}

/// Those of some workloads of the new set that the old one had already.
fn running_before(around: &Surroundings<'_>, titles: &[String]) -> Vec<String> {
    let before: std::collections::HashSet<String> = around
        .old
        .workloads()
        .iter()
        .map(|workload| workload.title())
        .collect();
    titles
        .iter()
        .filter(|title| before.contains(*title))
        .cloned()
        .collect()
}
