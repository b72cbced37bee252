//! Deployments: `pkg/controller/deployment/rolling.go` and `recreate.go` of Kubernetes.

use super::size::{self, Size};
use super::timing::Timing;
use super::words::{count, seconds, share};
use super::{
    Amount, Certainty, Figure, Forecast, Name, Pods, Risk, Scene, Step, Strategy, budget, cost, hang, traffic,
};
use crate::manifest::quantity::Rounding;
use crate::manifest::rollout::{Bounds, Controller, Fenceposts};

/// Waves that are told one by one; the others are alike.
const TOLD: i64 = 3;

/// A rolling update of a Deployment: what its controller does, one state after the other. All old pods are available
/// when it begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Rolling {
    wanted: i64,
    allowed: Fenceposts,
    /// Pods of the old version.
    pub(super) old: i64,
    /// Pods of the new version.
    pub(super) new: i64,
    /// Pods of the new version that are available.
    pub(super) ready: i64,
}

/// What the controller did before it waits again.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Moved {
    /// New pods that were started.
    pub(super) started: i64,
    /// Old pods that were told to stop.
    pub(super) stopped: i64,
}

impl Rolling {
    /// The moment before the controller's first move.
    pub(super) const fn begin(wanted: i64, allowed: Fenceposts) -> Self {
        Self {
            wanted,
            allowed,
            old: wanted,
            new: 0,
            ready: 0,
        }
    }

    /// All that the controller does before it has to wait for new pods: `reconcileNewReplicaSet`, or else
    /// `reconcileOldReplicaSets`, until neither changes anything.
    pub(super) fn act(&mut self) -> Moved {
        let mut moved = Moved::default();
        loop {
            let up = self.room().min(self.wanted - self.new);
            if up > 0 {
                self.new += up;
                moved.started += up;
                continue;
            }
            let down = self.stoppable();
            if down == 0 {
                return moved;
            }
            self.old -= down;
            moved.stopped += down;
        }
    }

    /// `NewRSNewReplicas`: how many pods there may be more.
    const fn room(&self) -> i64 {
        self.wanted.saturating_add(self.allowed.surge) - self.old - self.new
    }

    /// How many old pods go: what is available beyond the least, unless new pods that are not available use it up.
    fn stoppable(&self) -> i64 {
        let least = self.wanted - self.allowed.unavailable;
        let spare = self.old + self.new - least - (self.new - self.ready);
        if self.old == 0 || spare <= 0 {
            return 0;
        }
        (self.available() - least).clamp(0, self.old)
    }

    /// So many of the new pods become available.
    pub(super) fn become_available(&mut self, pods: i64) {
        self.ready = self.ready.saturating_add(pods).min(self.new);
    }

    /// Pods of both versions that are available.
    pub(super) const fn available(&self) -> i64 {
        self.old + self.ready
    }

    /// How often the controller waits for new pods, if those of one wave become available together: each wave replaces
    /// as many as may be extra and missing.
    pub(super) fn waves(&self) -> i64 {
        let each = self.allowed.surge.saturating_add(self.allowed.unavailable).max(1);
        self.wanted / each + i64::from(self.wanted % each > 0)
    }

    /// How many old pods are left while the last wave of new ones starts: what the least needs beside the new pods of
    /// all waves before.
    fn left_in_last_wave(&self) -> i64 {
        let each = self.allowed.surge.saturating_add(self.allowed.unavailable).max(1);
        let before = (self.waves() - 1).max(0).saturating_mul(each);
        (self.wanted - self.allowed.unavailable)
            .saturating_sub(before)
            .max(0)
    }

    /// The whole rollout in seconds, at the latest: all waves, and the end of the last old pods.
    fn longest(&self, timing: &Timing<'_>) -> Figure {
        let (waves, one, grace) = (self.waves(), timing.available(), timing.grace);
        let gone = format!("{grace} s until the last old pods are gone");
        let (full, last, because) = if self.left_in_last_wave() > 0 {
            let because = format!("{} × {one} s + {gone}", count(waves, "wave"));
            (waves, grace, because)
        } else if grace > one {
            // The last old pods are told to stop as the last wave begins.
            let because = format!("{} × {one} s + {gone}", count(waves - 1, "wave"));
            (waves - 1, grace, because)
        } else {
            (waves, 0, format!("{} × {one} s", count(waves, "wave")))
        };
        Figure {
            name: Name::Longest,
            amount: Amount::Seconds(full.saturating_mul(one).saturating_add(last)),
            because,
        }
    }

    const fn pods(&self) -> Pods {
        Pods {
            old: self.old,
            new: self.new,
            available: self.available(),
        }
    }
}

/// The forecast of a Deployment.
pub(super) fn of(scene: &Scene<'_, '_>) -> Option<Forecast> {
    let (mut forecast, timing, fewest, most) = size::begin(scene, Controller::Deployment)?;
    let manifest = scene.workload.manifest;
    let is_paused = manifest
        .get("spec.paused")
        .is_some_and(|node| node.as_bool() == Some(true));
    if is_paused {
        paused(scene, &mut forecast);
    } else if fewest.pods == 0 {
        "no pod is wanted, so none is replaced".clone_into(&mut forecast.summary);
        "nothing runs: apply the manifests of before".clone_into(&mut forecast.rollback);
    } else if manifest
        .get("spec.strategy.type")
        .is_some_and(|kind| kind.str() == "Recreate")
    {
        recreate(scene, &fewest, &timing, &mut forecast);
    } else {
        let bounds = Bounds::of(scene.workload)?;
        if bounds.surge.is_zero() && bounds.unavailable.is_zero() {
            hang::refused(&mut forecast, "`maxSurge` and `maxUnavailable` are both 0");
            return Some(forecast);
        }
        rolling(scene, (&fewest, most.as_ref()), &bounds, &timing, &mut forecast);
    }
    Some(forecast)
}

fn paused(scene: &Scene<'_, '_>, forecast: &mut Forecast) {
    forecast.strategy = Strategy::Paused;
    "the Deployment is paused: the change is taken, and no pod is replaced".clone_into(&mut forecast.summary);
    forecast.steps.push(Step::of(format!(
        "let it begin when you want it to: `{}`",
        scene.kubectl("rollout resume")
    )));
    "apply the manifests of before: no pod has changed".clone_into(&mut forecast.rollback);
}

/// The figures for a number of pods, without times.
fn counts(size: &Size, bounds: &Bounds) -> (Fenceposts, Vec<Figure>) {
    let wanted = size.pods;
    let allowed = bounds.of_total(wanted);
    let mut unavailable = share(
        "maxUnavailable",
        bounds.unavailable.amount,
        bounds.unavailable.is_written,
        wanted,
        bounds.unavailable_rounding(),
    );
    if allowed.is_forced {
        unavailable += "; with no extra pod either, the controller takes 1 away to get on";
    }
    let surge = share(
        "maxSurge",
        bounds.surge.amount,
        bounds.surge.is_written,
        wanted,
        Rounding::Up,
    );
    // More than are wanted never start: the pods of the new version are at most those.
    let extra = allowed.surge.min(wanted);
    let rolling = Rolling::begin(wanted, allowed);
    let each = allowed.surge.saturating_add(allowed.unavailable);
    let figure = |name, number, because| Figure {
        name,
        amount: Amount::Count(number),
        because,
    };
    let figures = vec![
        size.figure(),
        figure(Name::Surge, allowed.surge, surge),
        figure(Name::Unavailable, allowed.unavailable, unavailable),
        figure(
            Name::Peak,
            wanted.saturating_add(extra),
            format!("{wanted} + {extra} extra; pods that are shutting down come on top"),
        ),
        figure(
            Name::LeastAvailable,
            wanted - allowed.unavailable,
            format!("{wanted} − {} that may be missing", allowed.unavailable),
        ),
        figure(
            Name::Waves,
            rolling.waves(),
            format!(
                "{} ÷ {each} at a time ({} extra + {} missing){}",
                count(wanted, "pod"),
                allowed.surge,
                allowed.unavailable,
                if wanted % each.max(1) == 0 {
                    ""
                } else {
                    ", rounded up"
                }
            ),
        ),
    ];
    (allowed, figures)
}

fn rolling(
    scene: &Scene<'_, '_>,
    (fewest, most): (&Size, Option<&Size>),
    bounds: &Bounds,
    timing: &Timing<'_>,
    forecast: &mut Forecast,
) {
    let wanted = fewest.pods;
    let (allowed, figures) = counts(fewest, bounds);
    let rolling = Rolling::begin(wanted, allowed);
    let waves = rolling.waves();
    let extra = allowed.surge.min(wanted);
    let long = rolling.longest(timing);
    let Amount::Seconds(total) = long.amount else {
        return;
    };
    forecast.figures = figures;
    forecast.figures.extend(timing.figures());
    forecast.figures.push(long);
    if extra > 0 {
        forecast.figures.extend(cost::figures(scene, extra));
    }
    if let Some(most) = most {
        let (allowed, figures) = counts(most, bounds);
        forecast.at_most = figures;
        let rolling = Rolling::begin(most.pods, allowed);
        forecast.at_most.push(rolling.longest(timing));
        let extra = allowed.surge.min(most.pods);
        if extra > 0 {
            forecast.at_most.extend(cost::figures(scene, extra));
        }
    }
    let least = wanted - allowed.unavailable;
    forecast.summary = format!(
        "{} of up to {}, at least {least} of {} available all the time, done within {}",
        count(waves, "wave"),
        count(
            allowed.surge.saturating_add(allowed.unavailable).min(wanted),
            "pod"
        ),
        wanted,
        seconds(total)
    );
    steps(scene, rolling, total, timing, forecast);
    traffic::both_versions(scene, forecast);
    budget::meanwhile(scene, least, forecast);
    hang::risks(scene, extra, allowed.unavailable, timing, forecast);
    if least == 0 {
        forecast.risks.push(hang::nothing_left(wanted, timing));
    }
    forecast.assumptions = timing.assumptions();
    forecast.assumptions.push(
        "all old pods are available when it begins, and the new pods of one wave become available together"
            .to_owned(),
    );
    rollback(scene, total, forecast);
}

fn steps(
    scene: &Scene<'_, '_>,
    mut rolling: Rolling,
    total: i64,
    timing: &Timing<'_>,
    forecast: &mut Forecast,
) {
    forecast.steps.push(watch(scene));
    let waves = rolling.waves();
    for wave in 0..waves.min(TOLD) {
        let arrived = rolling.new - rolling.ready;
        rolling.become_available(arrived);
        let moved = rolling.act();
        let then = match (moved.stopped, moved.started) {
            (0, started) => format!("{} start{}", count(started, "new pod"), singular(started)),
            (stopped, 0) => format!("{} stop{}", count(stopped, "old pod"), singular(stopped)),
            (stopped, started) => format!(
                "{} stop{} and {} start{}",
                count(stopped, "old pod"),
                singular(stopped),
                count(started, "new one"),
                singular(started)
            ),
        };
        let text = if wave == 0 {
            then
        } else {
            format!("{}: {then}", arrival(arrived))
        };
        forecast.steps.push(Step {
            text,
            pods: Some(rolling.pods()),
            by: Some(wave.saturating_mul(timing.available())),
        });
    }
    if waves > TOLD {
        let each = count(
            rolling.allowed.surge.saturating_add(rolling.allowed.unavailable),
            "pod",
        );
        let text = if waves == TOLD + 1 {
            format!("the last wave begins like the one before, with at most {each}")
        } else {
            format!("waves {} to {waves} go on like that, {each} at a time", TOLD + 1)
        };
        forecast.steps.push(Step {
            text,
            pods: None,
            by: Some((waves - 1).saturating_mul(timing.available())),
        });
    }
    let by = waves.saturating_mul(timing.available());
    let text = if rolling.left_in_last_wave() > 0 {
        "the last new pods are available: the last old ones stop"
    } else {
        "the last new pods are available"
    };
    forecast.steps.push(Step {
        text: text.to_owned(),
        pods: Some(Pods {
            old: 0,
            new: rolling.wanted,
            available: rolling.wanted,
        }),
        by: Some(by),
    });
    if total > by {
        forecast.steps.push(Step {
            text: "the last old pods are gone".to_owned(),
            pods: None,
            by: Some(total),
        });
    }
}

const fn singular(number: i64) -> &'static str {
    if number == 1 { "s" } else { "" }
}

fn arrival(pods: i64) -> String {
    if pods == 1 {
        "the new pod is available".to_owned()
    } else {
        format!("the {pods} new pods are available")
    }
}

/// The first step of every rollout: how to see it.
pub(super) fn watch(scene: &Scene<'_, '_>) -> Step {
    Step::of(format!(
        "apply the change and watch: `{}`",
        scene.kubectl("rollout status")
    ))
}

fn rollback(scene: &Scene<'_, '_>, total: i64, forecast: &mut Forecast) {
    let keeps_none = scene
        .workload
        .manifest
        .get("spec.revisionHistoryLimit")
        .is_some_and(|limit| limit.as_i64() == Some(0));
    forecast.rollback = if keeps_none {
        format!(
            "apply the manifests of before: `revisionHistoryLimit: 0` leaves nothing to undo to. It is a rollout like this one, up to {}",
            seconds(total)
        )
    } else {
        format!(
            "`{}`, or apply the manifests of before. It is a rollout like this one, in up to {}; early on it is shorter, for few pods are new",
            scene.kubectl("rollout undo"),
            seconds(total)
        )
    };
}

fn recreate(scene: &Scene<'_, '_>, size: &Size, timing: &Timing<'_>, forecast: &mut Forecast) {
    forecast.strategy = Strategy::Recreate;
    let wanted = size.pods;
    let (ready, available) = (timing.start.ready(), timing.available());
    let down = timing.grace.saturating_add(ready);
    let total = timing.grace.saturating_add(available);
    let figure = |name, amount, because: String| Figure {
        name,
        amount,
        because,
    };
    forecast.figures.extend([
        figure(
            Name::Peak,
            Amount::Count(wanted),
            "no new pod starts before all old ones are gone".to_owned(),
        ),
        figure(
            Name::LeastAvailable,
            Amount::Count(0),
            "`strategy.type: Recreate`: all old pods stop first".to_owned(),
        ),
        figure(Name::Waves, Amount::Count(1), "all at once".to_owned()),
    ]);
    forecast.figures.extend(timing.figures());
    forecast.figures.extend([
        figure(
            Name::Longest,
            Amount::Seconds(total),
            format!("{} s to stop + {available} s to start", timing.grace),
        ),
        figure(
            Name::Downtime,
            Amount::Seconds(down),
            format!(
                "{} s to stop + {ready} s until the new pods are ready",
                timing.grace
            ),
        ),
    ]);
    let all = if wanted == 1 {
        "the only pod stops before its successor starts".to_owned()
    } else {
        format!("all {wanted} pods stop before the new ones start")
    };
    forecast.summary = format!("{all}: nothing serves for up to {}", seconds(down));
    let step = |text: &str, pods, by| Step {
        text: text.to_owned(),
        pods: Some(pods),
        by: Some(by),
    };
    let none = Pods {
        old: 0,
        new: 0,
        available: 0,
    };
    forecast.steps.extend([
        watch(scene),
        step(
            "all old pods are told to stop: from here on nothing serves",
            none,
            0,
        ),
        step(
            "the last old pod is gone: all new pods start",
            Pods { new: wanted, ..none },
            timing.grace,
        ),
        step(
            "the new pods are ready: they serve",
            Pods {
                new: wanted,
                available: wanted,
                ..none
            },
            total,
        ),
    ]);
    traffic::served(scene, forecast);
    budget::meanwhile(scene, 0, forecast);
    forecast.risks.push(Risk {
        name: "downtime",
        certainty: Certainty::Certain,
        message: format!("no pod serves for up to {}", seconds(down)),
        remedy: "announce it, or use `RollingUpdate` if two versions may run at once".to_owned(),
    });
    hang::risks(scene, 0, wanted, timing, forecast);
    forecast.assumptions = timing.assumptions();
    rollback(scene, total, forecast);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Rolling;
    use crate::manifest::rollout::Fenceposts;

    impl Rolling {
        /// Whether only the new version is left, all of it available.
        fn is_done(&self) -> bool {
            self.old == 0 && self.ready == self.wanted
        }
    }

    fn fenceposts() -> impl Strategy<Value = (i64, Fenceposts)> {
        (1..200_i64, 0..220_i64, 0..220_i64).prop_map(|(wanted, surge, unavailable)| {
            let is_forced = surge == 0 && unavailable == 0;
            let unavailable = if is_forced { 1 } else { unavailable.min(wanted) };
            (
                wanted,
                Fenceposts {
                    surge,
                    unavailable,
                    is_forced,
                },
            )
        })
    }

    proptest! {
        #[test]
        fn waves_are_as_said((wanted, allowed) in fenceposts()) {
            let mut rolling = Rolling::begin(wanted, allowed);
            let mut waves = 0;
            rolling.act();
            while !rolling.is_done() {
                waves += 1;
                prop_assert!(waves <= wanted, "it does not end: {rolling:?}");
                rolling.become_available(wanted);
                rolling.act();
            }
            prop_assert_eq!(waves, rolling.waves());
        }

        #[test]
        fn the_last_old_pods_are_as_said((wanted, allowed) in fenceposts()) {
            let mut rolling = Rolling::begin(wanted, allowed);
            for _ in 0..rolling.waves() {
                rolling.become_available(wanted);
                rolling.act();
            }
            prop_assert!(!rolling.is_done());
            prop_assert_eq!(rolling.old, rolling.left_in_last_wave());
        }

        /// Whatever the order in which pods become available.
        #[test]
        fn never_below_the_least_or_above_the_peak(
            (wanted, allowed) in fenceposts(),
            arrivals in prop::collection::vec(1..5_i64, 1..400),
        ) {
            let mut rolling = Rolling::begin(wanted, allowed);
            let mut last = (rolling.old, rolling.new, rolling.ready);
            for pods in arrivals.into_iter().cycle().take(10_000) {
                rolling.act();
                prop_assert!(rolling.available() >= wanted - allowed.unavailable, "{rolling:?}");
                prop_assert!(rolling.old + rolling.new <= wanted + allowed.surge.min(wanted), "{rolling:?}");
                prop_assert!(rolling.old >= 0 && rolling.new <= wanted && rolling.ready <= rolling.new);
                if rolling.is_done() {
                    break;
                }
                rolling.become_available(pods);
                let now = (rolling.old, rolling.new, rolling.ready);
                prop_assert_ne!(now, last, "it stands still");
                last = now;
            }
            prop_assert!(rolling.is_done(), "{rolling:?}");
        }
    }
}
