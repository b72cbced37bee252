use super::bounds::{Bounds, is_zero};
use crate::lint::prelude::*;
use crate::manifest::quantity::{Amount, Rounding};

rule! {
    name: "rollout-stalls",
    group: Rollout,
    severity: Warning,
    presets: [Default],
    peers: [],
    check: Workload(check),
}

fn check<'m>(fleet: &Fleet<'m>, workload: &Workload<'m>, out: &mut Sink<'_>) {
    let found = written(Bounds::of_deployment(workload))
        .and_then(|bounds| deployment(&bounds, fleet))
        .or_else(|| written(Bounds::of_daemon_set(workload)).and_then(|bounds| daemon_set(&bounds)))
        .or_else(|| {
            written(Bounds::of_stateful_set(workload)).and_then(|bounds| stateful_set(&bounds, fleet))
        });
    out.extend(found);
}

/// Bounds of which at least one is written: the defaults are never wrong.
fn written<'a, 'm>(bounds: Option<Bounds<'a, 'm>>) -> Option<Bounds<'a, 'm>> {
    bounds.filter(|bounds| bounds.surge_is_written || bounds.unavailable_is_written)
}

/// How many pods a rollout starts from: an autoscaler's lower bound if there is one, for that is where it hurts most.
fn pods(fleet: &Fleet<'_>, workload: &Workload<'_>) -> Option<(i64, String)> {
    let written = workload.replicas().filter(|replicas| *replicas > 0)?;
    let scaled = fleet.scaled_to(workload);
    let replicas = scaled.unwrap_or(written);
    let plural = if replicas == 1 { "replica" } else { "replicas" };
    let words = match scaled {
        Some(_) => format!("{replicas} {plural} (the autoscaler's minimum)"),
        None => format!("{replicas} {plural}"),
    };
    (replicas > 0).then_some((replicas, words))
}

impl Bounds<'_, '_> {
    /// The bound to change: `maxUnavailable` if it is there.
    fn finding(&self, message: String) -> Finding {
        let bound = if self.unavailable_is_written {
            "maxUnavailable"
        } else {
            "maxSurge"
        };
        let route = self.route.then(bound);
        let finding = Finding::new(&RULE.meta, self.workload.at(route, Part::Value), message);
        if self.unavailable_is_written && self.surge_is_written {
            return finding.related(
                self.workload.at(self.route.then("maxSurge"), Part::Key),
                "the other bound",
            );
        }
        finding
    }

    fn both_are_zero(&self) -> bool {
        is_zero(self.surge) && is_zero(self.unavailable)
    }

    fn all_at_once(&self, pods: &str) -> Finding {
        let title = self.workload.title();
        self.finding(format!(
            "`maxUnavailable: {}` of {pods} lets a rollout of {title} take all pods down at once",
            self.unavailable
        ))
    }

    fn refused(&self) -> Finding {
        let title = self.workload.title();
        self.finding(format!("`maxSurge` and `maxUnavailable` of {title} are both 0: a rollout could neither add a pod nor take one away"))
            .severity(Severity::Error)
            .help("set `maxSurge: 1` to add before taking away, or `maxUnavailable: 1` to take away first; the API server refuses both at 0")
    }
}

fn deployment(bounds: &Bounds<'_, '_>, fleet: &Fleet<'_>) -> Option<Finding> {
    if bounds.both_are_zero() {
        return Some(bounds.refused());
    }
    let title = bounds.workload.title();
    let (replicas, pods) = pods(fleet, bounds.workload)?;
    let surge = bounds.surge.of_total(replicas, Rounding::Up);
    let unavailable = bounds.unavailable.of_total(replicas, Rounding::Down);
    // One replica without surge is replaced in place: the usual choice for a volume that only one pod may hold.
    let replaced_in_place = replicas == 1 && surge == 0;
    if surge == 0 && unavailable == 0 && (!replaced_in_place || bounds.unavailable_is_written) {
        // `ResolveFenceposts` then sets what may be unavailable to 1.
        let message = format!(
            "`maxUnavailable: {}` of {pods} rounds down to 0 and `maxSurge` is {}: the controller of {title} takes one pod away all the same",
            bounds.unavailable, bounds.surge
        );
        return Some(bounds.finding(message).help(
            "write what you mean: `maxUnavailable: 0` with `maxSurge: 1` keeps all pods serving, `maxUnavailable: 1` allows one less",
        ));
    }
    if unavailable >= replicas && !replaced_in_place {
        let help = if replicas == 1 {
            "set `maxUnavailable: 0` and `maxSurge: 1`: the new pod is ready before the old one goes"
                .to_owned()
        } else {
            let fewer = replicas.saturating_sub(1);
            format!(
                "allow at most {fewer} to be unavailable, or set `maxUnavailable: 0` and let `maxSurge` do the work"
            )
        };
        return Some(bounds.all_at_once(&pods).help(help));
    }
    None
}

/// Exactly one of a DaemonSet's bounds must be there: either the old pod of a node goes first, or the new one comes.
fn daemon_set(bounds: &Bounds<'_, '_>) -> Option<Finding> {
    if bounds.both_are_zero() {
        return Some(bounds.refused());
    }
    let title = bounds.workload.title();
    if !is_zero(bounds.surge) && !is_zero(bounds.unavailable) {
        let unavailable = if bounds.unavailable_is_written {
            ""
        } else {
            " (1 when nothing is written)"
        };
        let message = format!("`maxSurge` and `maxUnavailable`{unavailable} of {title} are both above 0");
        return Some(bounds.finding(message).severity(Severity::Error).help(
            "set one of them to 0: `maxUnavailable: 0` starts the new pod of a node before the old one ends, `maxSurge: 0` the other way around; the API server refuses both",
        ));
    }
    // A share of nodes that is not whole rounds up here.
    if matches!(bounds.unavailable, Amount::Percent(100..)) {
        return Some(
            bounds
                .all_at_once("the nodes")
                .help("lower `maxUnavailable`, to `10%` say: the rollout then goes over the nodes in steps"),
        );
    }
    None
}

/// A StatefulSet has no surge; what may be unavailable rounds down, but never to 0.
fn stateful_set(bounds: &Bounds<'_, '_>, fleet: &Fleet<'_>) -> Option<Finding> {
    if is_zero(bounds.unavailable) {
        let title = bounds.workload.title();
        let message =
            format!("`maxUnavailable` of {title} is 0: a StatefulSet has to stop a pod to replace it");
        return Some(
            bounds
                .finding(message)
                .severity(Severity::Error)
                .help("set `maxUnavailable: 1` or leave it out; the API server refuses 0"),
        );
    }
    let (replicas, pods) = pods(fleet, bounds.workload)?;
    if replicas > 1 && bounds.unavailable.of_total(replicas, Rounding::Down) >= replicas {
        return Some(
            bounds
                .all_at_once(&pods)
                .help("set `maxUnavailable: 1`, or leave it out: one pod after the other"),
        );
    }
    None
}
