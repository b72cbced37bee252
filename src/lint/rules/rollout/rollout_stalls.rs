use crate::lint::prelude::*;
use crate::manifest::quantity::Amount;
use crate::manifest::rollout::{Bounds, Controller};

rule! {
    name: "rollout-stalls",
    group: Rollout,
    severity: Warning,
    presets: [Default],
    peers: [],
    check: Workload(check),
}

fn check<'m>(fleet: &Fleet<'m>, workload: &Workload<'m>, out: &mut Sink<'_>) {
    let Some(bounds) =
        Bounds::of(workload).filter(|bounds| bounds.surge.is_written || bounds.unavailable.is_written)
    else {
        return;
    };
    let rollout = Rollout { workload, bounds };
    out.extend(match bounds.controller {
        Controller::Deployment => deployment(&rollout, fleet),
        Controller::DaemonSet => daemon_set(&rollout),
        Controller::StatefulSet => stateful_set(&rollout, fleet),
    });
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

/// A workload and the bounds of its rolling update.
struct Rollout<'a, 'm> {
    workload: &'a Workload<'m>,
    bounds: Bounds,
}

impl Rollout<'_, '_> {
    /// The bound to change: `maxUnavailable` if it is there.
    fn finding(&self, message: String) -> Finding {
        let route = self.bounds.route();
        let is_surge_written = self.bounds.surge.is_written;
        let bound = if self.bounds.unavailable.is_written {
            "maxUnavailable"
        } else {
            "maxSurge"
        };
        let finding = Finding::new(
            &RULE.meta,
            self.workload.at(route.then(bound), Part::Value),
            message,
        );
        if self.bounds.unavailable.is_written && is_surge_written {
            let other = self.workload.at(route.then("maxSurge"), Part::Key);
            return finding.related(other, "the other bound");
        }
        finding
    }

    fn both_are_zero(&self) -> bool {
        self.bounds.surge.is_zero() && self.bounds.unavailable.is_zero()
    }

    fn all_at_once(&self, pods: &str) -> Finding {
        let title = self.workload.title();
        self.finding(format!(
            "`maxUnavailable: {}` of {pods} lets a rollout of {title} take all pods down at once",
            self.bounds.unavailable.amount
        ))
    }

    fn refused(&self) -> Finding {
        let title = self.workload.title();
        self.finding(format!("`maxSurge` and `maxUnavailable` of {title} are both 0: a rollout could neither add a pod nor take one away"))
            .severity(Severity::Error)
            .help("set `maxSurge: 1` to add before taking away, or `maxUnavailable: 1` to take away first; the API server refuses both at 0")
    }
}

fn deployment(rollout: &Rollout<'_, '_>, fleet: &Fleet<'_>) -> Option<Finding> {
    let bounds = &rollout.bounds;
    if rollout.both_are_zero() {
        return Some(rollout.refused());
    }
    let title = rollout.workload.title();
    let (replicas, pods) = pods(fleet, rollout.workload)?;
    let allowed = bounds.of_total(replicas);
    // One replica without surge is replaced in place: the usual choice for a volume that only one pod may hold. With such
    // a volume, a bound that lets the old pod go is no mistake either: a new pod could not start beside it.
    let replaced_in_place = replicas == 1 && allowed.surge == 0;
    if allowed.is_forced && (!replaced_in_place || bounds.unavailable.is_written) {
        let message = format!(
            "`maxUnavailable: {}` of {pods} rounds down to 0 and `maxSurge` is {}: the controller of {title} takes one pod away all the same",
            bounds.unavailable.amount, bounds.surge.amount
        );
        return Some(rollout.finding(message).help(
            "write what you mean: `maxUnavailable: 0` with `maxSurge: 1` keeps all pods serving, `maxUnavailable: 1` allows one less",
        ));
    }
    let holds_volume = || replicas == 1 && fleet.volumes_of_one_node(rollout.workload).next().is_some();
    if allowed.unavailable >= replicas && !replaced_in_place && !holds_volume() {
        let help = if replicas == 1 {
            "set `maxUnavailable: 0` and `maxSurge: 1`: the new pod is ready before the old one goes"
                .to_owned()
        } else {
            let fewer = replicas.saturating_sub(1);
            format!(
                "allow at most {fewer} to be unavailable, or set `maxUnavailable: 0` and let `maxSurge` do the work"
            )
        };
        return Some(rollout.all_at_once(&pods).help(help));
    }
    None
}

/// Exactly one of a DaemonSet's bounds must be there: either the old pod of a node goes first, or the new one comes.
fn daemon_set(rollout: &Rollout<'_, '_>) -> Option<Finding> {
    let bounds = &rollout.bounds;
    if rollout.both_are_zero() {
        return Some(rollout.refused());
    }
    let title = rollout.workload.title();
    if !bounds.surge.is_zero() && !bounds.unavailable.is_zero() {
        let unavailable = if bounds.unavailable.is_written {
            ""
        } else {
            " (1 when nothing is written)"
        };
        let message = format!("`maxSurge` and `maxUnavailable`{unavailable} of {title} are both above 0");
        return Some(rollout.finding(message).severity(Severity::Error).help(
            "set one of them to 0: `maxUnavailable: 0` starts the new pod of a node before the old one ends, `maxSurge: 0` the other way around; the API server refuses both",
        ));
    }
    // A share of nodes that is not whole rounds up here.
    if matches!(bounds.unavailable.amount, Amount::Percent(100..)) {
        return Some(
            rollout
                .all_at_once("the nodes")
                .help("lower `maxUnavailable`, to `10%` say: the rollout then goes over the nodes in steps"),
        );
    }
    None
}

/// A StatefulSet has no surge; what may be unavailable rounds down, but never to 0.
fn stateful_set(rollout: &Rollout<'_, '_>, fleet: &Fleet<'_>) -> Option<Finding> {
    if rollout.bounds.unavailable.is_zero() {
        let title = rollout.workload.title();
        let message =
            format!("`maxUnavailable` of {title} is 0: a StatefulSet has to stop a pod to replace it");
        return Some(
            rollout
                .finding(message)
                .severity(Severity::Error)
                .help("set `maxUnavailable: 1` or leave it out; the API server refuses 0"),
        );
    }
    let (replicas, pods) = pods(fleet, rollout.workload)?;
    if replicas > 1 && rollout.bounds.of_total(replicas).unavailable >= replicas {
        return Some(
            rollout
                .all_at_once(&pods)
                .help("set `maxUnavailable: 1`, or leave it out: one pod after the other"),
        );
    }
    None
}
