//! Traffic inside the cluster: what Services send to which pods.

use std::collections::BTreeSet;

use super::{Impact, Reason, Single, Update, at, list, shown};
use crate::manifest::Manifest;
use crate::manifest::fleet::Fleet;

/// Fields of a Service that decide where its traffic goes, with what another value does.
const FIELDS: [(&str, &str); 8] = [
    ("type", "the Service is reached in another way"),
    ("externalName", "its name leads elsewhere"),
    (
        "externalTrafficPolicy",
        "traffic from outside takes another way, and the pods may see another client address",
    ),
    (
        "internalTrafficPolicy",
        "traffic from inside the cluster takes another way",
    ),
    (
        "sessionAffinity",
        "clients are spread over the pods in another way",
    ),
    (
        "trafficDistribution",
        "clients are spread over the pods in another way",
    ),
    ("loadBalancerClass", "another controller makes the load balancer"),
    (
        "loadBalancerSourceRanges",
        "other addresses may reach the load balancer",
    ),
];

pub(super) fn of(update: &Update<'_, '_>, reasons: &mut Vec<Reason>) {
    if update.is("", &["Service"]) {
        of_service(update, reasons);
    } else if let Some((old, new)) = update.workloads()
        && old.labels != new.labels
    {
        let title = |service: &Manifest| format!("Service `{}`", service.id.name);
        let before = update.around.old.services_of(old).map(title).collect();
        let after = update.around.new.services_of(new).map(title).collect();
        let (lost, gained) = difference(&before, &after);
        if !lost.is_empty() {
            let message = format!(
                "its pods get other labels and leave {}: no traffic comes from there any more",
                list(&lost)
            );
            reasons.push(Reason::new(Impact::Traffic, message));
        }
        if !gained.is_empty() {
            let message = format!(
                "its pods get other labels and join {}: traffic comes from there",
                list(&gained)
            );
            reasons.push(Reason::new(Impact::Traffic, message));
        }
    }
}

/// What only the first has, and what only the second.
fn difference(before: &BTreeSet<String>, after: &BTreeSet<String>) -> (Vec<String>, Vec<String>) {
    (
        before.difference(after).cloned().collect(),
        after.difference(before).cloned().collect(),
    )
}

fn of_service(update: &Update<'_, '_>, reasons: &mut Vec<Reason>) {
    if let Some(change) = update.change(&["spec", "selector"]) {
        let before = behind(&update.around.old, update.before);
        let after = behind(&update.around.new, update.after);
        let (lost, gained) = difference(&before, &after);
        let message = match (lost.is_empty(), gained.is_empty()) {
            (false, false) => format!(
                "traffic goes to {} and no longer to {}",
                list(&gained),
                list(&lost)
            ),
            (false, true) if after.is_empty() => {
                format!(
                    "traffic no longer goes to {}, and no workload here has the labels it asks for now",
                    list(&lost)
                )
            }
            (false, true) => format!("traffic no longer goes to {}", list(&lost)),
            (true, false) => format!("traffic goes to {} too", list(&gained)),
            (true, true) if after.is_empty() => {
                "other pods get the traffic, none of them made by a workload here".to_owned()
            }
            (true, true) => format!(
                "traffic goes to {} before and after",
                list(&after.into_iter().collect::<Vec<_>>())
            ),
        };
        reasons.push(
            Reason::new(Impact::Traffic, format!("`spec.selector` changes: {message}")).at(Some(change)),
        );
    }
    if let Some(change) = update.change(&["spec", "ports"]) {
        let path = change.path();
        let value = |side: &Option<crate::diff::FieldSide>| shown(side.as_ref().map(|side| &side.value));
        let message = match path.steps().len() {
            // A port came or went as a whole.
            0..=3 => format!("`{path}` comes or goes: clients of the Service find other ports"),
            _ => format!(
                "`{path}` goes from {} to {}: clients that use the old port, or pods that listen elsewhere, are no longer reached",
                value(&change.old),
                value(&change.new)
            ),
        };
        reasons.push(Reason::new(Impact::Traffic, message).at(Some(change)));
    }
    for (field, effect) in FIELDS {
        let keys = ["spec", field];
        if let Some(change) = update.change(&keys) {
            let (old, new) = (shown(at(update.old, &keys)), shown(at(update.new, &keys)));
            let message = format!("`spec.{field}` goes from {old} to {new}: {effect}");
            reasons.push(Reason::new(Impact::Traffic, message).at(Some(change)));
        }
    }
}

/// The workloads that a Service sends traffic to.
fn behind<'m>(fleet: &Fleet<'m>, service: &'m Manifest) -> BTreeSet<String> {
    fleet
        .behind(service)
        .into_iter()
        .map(|workload| workload.title())
        .collect()
}

/// A Service that goes takes its name with it.
pub(super) fn of_removal(removed: &Single<'_, '_>, reasons: &mut Vec<Reason>) {
    let around = removed.around;
    if removed.is("", &["Service"]) {
        let pods: Vec<String> = behind(&around.old, removed.manifest).into_iter().collect();
        let message = match pods.as_slice() {
            [] => "its name and address are gone: clients that use them fail".to_owned(),
            pods => format!(
                "its name and address are gone: nobody reaches {} through it any more",
                list(pods)
            ),
        };
        reasons.push(Reason::new(Impact::Traffic, message));
    }
    let Some(workload) = around.old.workload(removed.manifest.number) else {
        return;
    };
    for service in around.old.services_of(workload) {
        let namespace = around.old.namespace(service);
        let stays = around
            .new
            .object(("", "Service"), Some(namespace), &service.id.name);
        if let Some(stays) = stays
            && behind(&around.new, stays).is_empty()
        {
            let message = format!(
                "Service `{}` stays and has no pods of a workload here any more",
                service.id.name
            );
            reasons.push(Reason::new(Impact::Traffic, message));
        }
    }
}

/// New pods that a Service which was there before takes for its own.
pub(super) fn of_addition(added: &Single<'_, '_>, reasons: &mut Vec<Reason>) {
    let around = added.around;
    let Some(workload) = around.new.workload(added.manifest.number) else {
        return;
    };
    let was_there = |service: &&Manifest| {
        let before = around
            .old
            .object(("", "Service"), Some(workload.namespace), &service.id.name);
        before.is_some_and(|before| !around.old.behind(before).is_empty())
    };
    let services: Vec<String> = around
        .new
        .services_of(workload)
        .filter(was_there)
        .map(|service| format!("Service `{}`", service.id.name))
        .collect();
    if !services.is_empty() {
        let message = format!(
            "its pods have the labels that {} asks for, and get a share of its traffic",
            list(&services)
        );
        reasons.push(Reason::new(Impact::Traffic, message));
    }
}
