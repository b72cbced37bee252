//! StatefulSets: `updateStatefulSet` of `pkg/controller/statefulset/stateful_set_control.go` of Kubernetes.

use super::deployment::watch;
use super::size;
use super::timing::Timing;
use super::words::{count, seconds, share};
use super::{
    Amount, Certainty, Figure, Forecast, Name, Pods, Risk, Scene, Step, Strategy, budget, hang, traffic,
};
use crate::manifest::rollout::{Bounds, Controller};
use plimsoll_yaml::NodeRef;

#[cfg(test)]
pub(super) mod simulation;

/// Waves that are told one by one; the others are alike.
const TOLD: i64 = 3;

/// What a StatefulSet says about its update.
struct Update {
    wanted: i64,
    partition: i64,
    unavailable: i64,
    is_parallel: bool,
    /// The number of its first pod.
    first: i64,
}

impl Update {
    fn updated(&self) -> i64 {
        self.wanted - self.partition
    }

    fn waves(&self) -> i64 {
        let each = self.unavailable.max(1);
        self.updated() / each + i64::from(self.updated() % each > 0)
    }

    /// How long one wave of so many pods takes: they stop together, and start one after the other unless the policy
    /// is `Parallel`.
    fn wave(&self, pods: i64, timing: &Timing<'_>) -> i64 {
        let starts = if self.is_parallel { 1 } else { pods };
        timing
            .grace
            .saturating_add(starts.saturating_mul(timing.available()))
    }
}

/// The forecast of a StatefulSet.
pub(super) fn of(scene: &Scene<'_, '_>) -> Option<Forecast> {
    let (mut forecast, timing, fewest, most) = size::begin(scene, Controller::StatefulSet)?;
    let manifest = scene.workload.manifest;
    "apply the manifests of before; a pod of the new version that never gets ready has to be deleted by hand"
        .clone_into(&mut forecast.rollback);
    if fewest.pods == 0 {
        "no pod is wanted, so none is replaced".clone_into(&mut forecast.summary);
        return Some(forecast);
    }
    let Some(bounds) = Bounds::of(scene.workload) else {
        on_delete(scene, fewest.pods, &timing, &mut forecast);
        return Some(forecast);
    };
    if bounds.unavailable.is_zero() {
        hang::refused(&mut forecast, "`maxUnavailable` is 0");
        return Some(forecast);
    }
    let number = |path| manifest.get(path).and_then(NodeRef::as_i64);
    let partition = number("spec.updateStrategy.rollingUpdate.partition").unwrap_or(0);
    let update = |wanted: i64| Update {
        wanted,
        partition: partition.clamp(0, wanted),
        unavailable: bounds.of_total(wanted).unavailable,
        is_parallel: manifest
            .get("spec.podManagementPolicy")
            .is_some_and(|policy| policy.str() == "Parallel"),
        first: number("spec.ordinals.start").unwrap_or(0),
    };
    if let Some(most) = most {
        forecast.at_most.push(most.figure());
        let (figures, _) = figures(&update(most.pods), &bounds, &timing);
        forecast.at_most.extend(figures);
    }
    rolling(scene, &update(fewest.pods), &bounds, &timing, &mut forecast);
    Some(forecast)
}

/// `OnDelete`: the forecast of somebody who deletes one pod after the other.
fn on_delete(scene: &Scene<'_, '_>, wanted: i64, timing: &Timing<'_>, forecast: &mut Forecast) {
    forecast.strategy = Strategy::OnDelete;
    forecast.figures.extend(timing.figures());
    "no pod is replaced until somebody deletes it (`updateStrategy.type: OnDelete`)"
        .clone_into(&mut forecast.summary);
    let one = timing.grace.saturating_add(timing.available());
    forecast.steps = vec![
        Step::of("apply the change: no pod is replaced"),
        Step::of(format!(
            "delete one of the {}: `kubectl -n {} delete pod NAME`; its successor is available within {}",
            count(wanted, "pod"),
            scene.workload.namespace,
            seconds(one)
        )),
        Step::of(
            "see that it is ready, then delete the next; a pod that dies by itself comes back in the new version too",
        ),
    ];
    forecast.assumptions = timing.assumptions();
}

/// The figures of an update but for those of one pod, and how long it takes.
fn figures(update: &Update, bounds: &Bounds, timing: &Timing<'_>) -> (Vec<Figure>, i64) {
    let (wanted, updated) = (update.wanted, update.updated());
    let figure = |name, amount, because| Figure {
        name,
        amount,
        because,
    };
    let missing = update.unavailable.min(updated);
    let mut unavailable = share(
        "maxUnavailable",
        bounds.unavailable.amount,
        bounds.unavailable.is_written,
        wanted,
        bounds.unavailable_rounding(),
    );
    if bounds.of_total(wanted).is_forced {
        unavailable += ", and never under 1";
    }
    let last = updated - (update.waves() - 1).max(0) * update.unavailable;
    let full = update.wave(missing, timing);
    let total = (update.waves() - 1)
        .max(0)
        .saturating_mul(full)
        .saturating_add(if updated > 0 { update.wave(last, timing) } else { 0 });
    let starts = if update.is_parallel || missing <= 1 {
        format!("{} s to stop + {} s to start", timing.grace, timing.available())
    } else {
        format!(
            "{} s to stop + up to {missing} × {} s to start, one after the other",
            timing.grace,
            timing.available()
        )
    };
    let figures = vec![
        figure(Name::Unavailable, Amount::Count(update.unavailable), unavailable),
        figure(
            Name::Peak,
            Amount::Count(wanted),
            "a StatefulSet starts no extra pods: each has a name of its own".to_owned(),
        ),
        figure(
            Name::LeastAvailable,
            Amount::Count(wanted - missing),
            format!("{wanted} − {missing} that may be missing"),
        ),
        figure(
            Name::Waves,
            Amount::Count(update.waves()),
            format!(
                "{} to update{} ÷ {} at a time",
                count(updated, "pod"),
                match update.partition {
                    0 => String::new(),
                    partition => format!(" ({wanted} − `partition: {partition}`)"),
                },
                update.unavailable
            ),
        ),
        figure(
            Name::Longest,
            Amount::Seconds(total),
            format!("{}, each {starts}", count(update.waves(), "wave")),
        ),
    ];
    (figures, total)
}

fn rolling(
    scene: &Scene<'_, '_>,
    update: &Update,
    bounds: &Bounds,
    timing: &Timing<'_>,
    forecast: &mut Forecast,
) {
    let (figures, total) = figures(update, bounds, timing);
    forecast.figures.extend(figures);
    forecast.figures.extend(timing.figures());
    let updated = update.updated();
    if updated == 0 {
        forecast.summary = format!(
            "`partition: {}` leaves all {} as they are",
            update.partition,
            count(update.wanted, "pod")
        );
        return;
    }
    let missing = update.unavailable.min(updated);
    forecast.summary = format!(
        "{} from the highest number down, {missing} at a time, done within {}",
        count(updated, "pod"),
        seconds(total)
    );
    steps(scene, update, timing, total, forecast);
    traffic::both_versions(scene, forecast);
    budget::meanwhile(scene, update.wanted - missing, forecast);
    forecast.risks.push(Risk {
        name: "waits-forever",
        certainty: Certainty::Possible,
        message:
            "a StatefulSet has no progress deadline: at a new pod that never gets ready the update stands still, and says nothing"
                .to_owned(),
        remedy: "watch it; to get out, apply the manifests of before and delete the pod that is not ready"
            .to_owned(),
    });
    hang::risks(scene, 0, update.unavailable, timing, forecast);
    forecast.assumptions = timing.assumptions();
    forecast
        .assumptions
        .push("all old pods are available when it begins, and each takes its whole grace period".to_owned());
    if update.unavailable > 1 {
        forecast.assumptions.push(
            "`maxUnavailable` of StatefulSets is heeded from Kubernetes 1.37 on; before, unless the feature gate `MaxUnavailableStatefulSet` is on, pods are replaced one by one"
                .to_owned(),
        );
    }
}

fn steps(scene: &Scene<'_, '_>, update: &Update, timing: &Timing<'_>, total: i64, forecast: &mut Forecast) {
    forecast.steps.push(watch(scene));
    let name = |place: i64| {
        format!(
            "`{}-{}`",
            scene.workload.manifest.id.name,
            update.first.saturating_add(place)
        )
    };
    let mut next = update.wanted;
    let mut begun = 0_i64;
    for wave in 0..update.waves().min(TOLD) {
        let pods = update.unavailable.min(next - update.partition);
        let names = match pods {
            1 => name(next - 1),
            2 => format!("{} and {}", name(next - 1), name(next - 2)),
            _ => format!("{} to {}", name(next - 1), name(next - pods)),
        };
        let starts = match (pods, update.is_parallel) {
            (1, _) => "stops and starts again in the new version",
            (_, true) => "stop and start again in the new version",
            (_, false) => "stop and start again in the new version, the lowest number first",
        };
        forecast.steps.push(Step {
            text: if wave == 0 {
                format!("{names} {starts}")
            } else {
                format!("all pods are available: {names} {starts}")
            },
            pods: Some(Pods {
                old: next - pods,
                new: update.wanted - next + pods,
                available: update.wanted - pods,
            }),
            by: Some(begun),
        });
        begun = begun.saturating_add(update.wave(pods, timing));
        next -= pods;
    }
    if update.waves() > TOLD {
        forecast.steps.push(Step::of(format!(
            "so it goes on, down to {}",
            name(update.partition)
        )));
    }
    let kept = update.partition;
    forecast.steps.push(Step {
        text: if kept == 0 {
            "all pods have the new version and are available".to_owned()
        } else {
            format!(
                "the update ends here: {} keep{} the old version; lower `partition`, to 0 for all, to go on",
                count(kept, "pod"),
                if kept == 1 { "s" } else { "" }
            )
        },
        pods: Some(Pods {
            old: kept,
            new: update.updated(),
            available: update.wanted,
        }),
        by: Some(total),
    });
}
