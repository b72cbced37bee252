//! Rollouts of Argo Rollouts (`argoproj.io`): `utils/replicaset/canary.go` of argoproj/argo-rollouts.

use plimsoll_yaml::NodeRef;

use super::size;
use super::timing::Timing;
use super::words::{count, percent, seconds, share};
use super::{
    Amount, Certainty, Figure, Forecast, Name, Pods, Risk, Scene, Step, Strategy, budget, cost, hang,
};
use crate::manifest::quantity::{Amount as Share, Rounding};

/// More than any router counts to.
const MOST_WEIGHT: i64 = 1_000_000;

/// What `maxSurge` and `maxUnavailable` are when they are not written.
const QUARTER: Share = Share::Percent(25);

/// The forecast of a Rollout.
pub(super) fn of(scene: &Scene<'_, '_>) -> Option<Forecast> {
    let manifest = scene.workload.manifest;
    if manifest.id.group_kind() != ("argoproj.io", "Rollout") {
        return None;
    }
    let (size, _) = size::of(scene)?;
    let timing = Timing::of(scene.workload);
    let mut forecast = Forecast::of(&manifest.id, Strategy::Canary);
    forecast.figures.push(size.figure());
    forecast.assumptions = timing.assumptions();
    forecast.rollback = format!(
        "`kubectl argo rollouts -n {} abort {}`, then apply the manifests of before",
        scene.workload.namespace, manifest.id.name
    );
    if size.pods == 0 {
        "no pod is wanted, so none is replaced".clone_into(&mut forecast.summary);
    } else if let Some(canary) = manifest.get("spec.strategy.canary") {
        steps(scene, canary, size.pods, &timing, &mut forecast);
    } else if let Some(blue_green) = manifest.get("spec.strategy.blueGreen") {
        switch(scene, blue_green, size.pods, &timing, &mut forecast);
    } else {
        return None;
    }
    Some(forecast)
}

/// How many pods of the new and of the old version come nearest to a weight: `approximateWeightedCanaryStableReplicaCounts`.
fn nearest(wanted: i64, weight: i64, full: i64, surge: i64) -> (i64, i64) {
    let product = wanted.saturating_mul(weight);
    let (up, down) = (product / full + i64::from(product % full > 0), product / full);
    let is_tied = |total: i64| total.saturating_mul(weight) % full * 2 == full;
    let may_be_none = weight == full || weight == 0 || wanted == 1 && surge == 0;
    let mut options: Vec<(i64, i64)> = Vec::new();
    if up < wanted || may_be_none {
        options.push((up, wanted));
    }
    if !is_tied(wanted) && (down != 0 || may_be_none) {
        options.push((down, wanted));
    }
    if surge > 0 {
        options.push((up, wanted + 1));
        if !is_tied(wanted + 1) && (down != 0 || may_be_none) {
            options.push((down, wanted + 1));
        }
    }
    // How far the option's weight is off, times both totals, so that it stays whole.
    let off = |(canary, total): (i64, i64), other: i64| {
        (canary.saturating_mul(full) - weight.saturating_mul(total))
            .abs()
            .saturating_mul(other)
    };
    let best = options.into_iter().reduce(|best, option| {
        if off(option, best.1) < off(best, option.1) {
            option
        } else {
            best
        }
    });
    best.map_or((0, wanted), |(canary, total)| (canary, total - canary))
}

/// Seconds of a `pause`: a number, or digits with `s`, `m` or `h`.
fn pause(duration: NodeRef<'_>) -> Option<i64> {
    let text = duration.str();
    let (digits, unit) = match text.strip_suffix(['s', 'm', 'h']) {
        Some(digits) => (digits, text.as_bytes().last()?),
        None => (text, &b's'),
    };
    let number: i64 = digits.parse().ok()?;
    Some(number.saturating_mul(match unit {
        b'm' => 60,
        b'h' => 3600,
        _ => 1,
    }))
}

fn steps(
    scene: &Scene<'_, '_>,
    canary: NodeRef<'_>,
    wanted: i64,
    timing: &Timing<'_>,
    forecast: &mut Forecast,
) {
    let field = |key: &str| canary.get(key).filter(|node| !node.is_null());
    let amount = |key| field(key).map_or(Some(QUARTER), Share::of).unwrap_or(QUARTER);
    let is_routed = field("trafficRouting").is_some();
    let full = canary
        .get("trafficRouting")
        .and_then(|routing| routing.get("maxTrafficWeight"))
        .and_then(NodeRef::as_i64)
        .filter(|full| (1..=MOST_WEIGHT).contains(full))
        .unwrap_or(100);
    let surge = amount("maxSurge").of_total(wanted, Rounding::Up).clamp(0, wanted);
    let unavailable = amount("maxUnavailable").of_total(wanted, Rounding::Down);
    let unavailable = if surge == 0 {
        unavailable.max(1)
    } else {
        unavailable
    };
    let unavailable = unavailable.clamp(0, wanted);
    let figure = |name, number, because| Figure {
        name,
        amount: Amount::Count(number),
        because,
    };
    let of = |key, rounding| share(key, amount(key), field(key).is_some(), wanted, rounding);
    // With a router the old version keeps all its pods until the end.
    let extra = if is_routed { wanted } else { surge };
    forecast.figures.extend([
        figure(Name::Surge, surge, of("maxSurge", Rounding::Up)),
        figure(
            Name::Unavailable,
            unavailable,
            of("maxUnavailable", Rounding::Down),
        ),
        figure(
            Name::Peak,
            wanted.saturating_add(extra),
            if is_routed {
                format!("{wanted} old pods stay until the last step + up to {wanted} new ones")
            } else {
                format!("{wanted} + {extra} extra")
            },
        ),
        figure(
            Name::LeastAvailable,
            if is_routed { wanted } else { wanted - unavailable },
            if is_routed {
                "the old pods stay until the new ones have all the traffic".to_owned()
            } else {
                format!("{wanted} − {} that may be missing", unavailable)
            },
        ),
    ]);
    forecast.figures.extend(timing.figures());
    let mut clock = Some(0_i64);
    let mut weights = Vec::new();
    let mut waits = 0;
    forecast.steps.push(Step::of(format!(
        "apply the change and watch: `kubectl argo rollouts -n {} get rollout {} --watch`",
        scene.workload.namespace, scene.workload.manifest.id.name
    )));
    for step in canary.get("steps").into_iter().flat_map(NodeRef::items) {
        if let Some(weight) = step.get("setWeight").and_then(NodeRef::as_i64) {
            let weight = weight.clamp(0, full);
            clock = clock.map(|clock| clock.saturating_add(timing.available()));
            let (new, old) = if is_routed {
                let product = wanted.saturating_mul(weight);
                (product / full + i64::from(product % full > 0), wanted)
            } else {
                nearest(wanted, weight, full, surge)
            };
            let share = if is_routed {
                format!("the router sends {weight} of {full} to the new version")
            } else {
                format!(
                    "the new version gets {} of the traffic, as it has of the pods",
                    percent(new, new + old)
                )
            };
            weights.push(format!("{weight}"));
            forecast.steps.push(Step {
                text: format!(
                    "weight {weight}: {} and {}; {share}",
                    count(new, "new pod"),
                    count(old, "old one")
                ),
                pods: Some(Pods {
                    old,
                    new,
                    available: old + new,
                }),
                by: clock,
            });
        } else if let Some(pausing) = step.get("pause") {
            let duration = pausing.get("duration").filter(|node| !node.is_null());
            let text = match duration.map(pause) {
                Some(Some(length)) => {
                    clock = clock.map(|clock| clock.saturating_add(length));
                    format!("it waits for {}", seconds(length))
                }
                Some(None) => {
                    clock = None;
                    "it waits for a time that cannot be read".to_owned()
                }
                None => {
                    clock = None;
                    waits += 1;
                    format!(
                        "it waits until somebody says go: `kubectl argo rollouts -n {} promote {}`",
                        scene.workload.namespace, scene.workload.manifest.id.name
                    )
                }
            };
            forecast.steps.push(Step {
                text,
                pods: None,
                by: clock,
            });
        } else if let Some((kind, _)) = step.entries().next() {
            clock = None;
            forecast.steps.push(Step::of(format!(
                "its step `{}`, however long that takes",
                kind.str()
            )));
        }
    }
    let end = clock.map(|clock| clock.saturating_add(timing.available()));
    forecast.steps.push(Step {
        text: "the new version gets all the traffic, and the old pods stop".to_owned(),
        pods: Some(Pods {
            old: 0,
            new: wanted,
            available: wanted,
        }),
        by: end,
    });
    if let Some(end) = end {
        forecast.figures.push(Figure {
            name: Name::Longest,
            amount: Amount::Seconds(end.saturating_add(timing.grace)),
            because: format!(
                "{} and the last one × {} s, the pauses, and {} s until the last old pods are gone",
                count(i64::try_from(weights.len()).unwrap_or(i64::MAX), "weight"),
                timing.available(),
                timing.grace
            ),
        });
    }
    if extra > 0 {
        forecast.figures.extend(cost::figures(scene, extra));
    }
    forecast.summary = if weights.is_empty() {
        "no weights are written: a rolling update within the bounds".to_owned()
    } else {
        format!(
            "weights {} and then all{}",
            weights.join(", "),
            match waits {
                0 => String::new(),
                1 => "; it waits for somebody once".to_owned(),
                waits => format!("; it waits for somebody {waits} times"),
            }
        )
    };
    budget::meanwhile(scene, wanted - unavailable, forecast);
    hang::risks(scene, extra, unavailable, timing, forecast);
    forecast.assumptions.push(
        "what is not in the steps (analysis runs, experiments) takes no time and does not fail".to_owned(),
    );
}

fn switch(
    scene: &Scene<'_, '_>,
    blue_green: NodeRef<'_>,
    wanted: i64,
    timing: &Timing<'_>,
    forecast: &mut Forecast,
) {
    forecast.strategy = Strategy::BlueGreen;
    let number = |key: &str| blue_green.get(key).and_then(NodeRef::as_i64);
    let text = |key: &str| blue_green.get(key).map_or("?", NodeRef::str);
    let is_promoted = blue_green
        .get("autoPromotionEnabled")
        .and_then(NodeRef::as_bool)
        .unwrap_or(true);
    let delay = number("scaleDownDelaySeconds").unwrap_or(30);
    let after = number("autoPromotionSeconds").filter(|seconds| *seconds > 0);
    let figure = |name, number, because: String| Figure {
        name,
        amount: Amount::Count(number),
        because,
    };
    forecast.figures.extend([
        figure(
            Name::Peak,
            wanted.saturating_mul(2),
            format!("{wanted} + {wanted}: both versions run before the switch"),
        ),
        figure(
            Name::LeastAvailable,
            wanted,
            "the switch takes no pod away".to_owned(),
        ),
    ]);
    forecast.figures.extend(timing.figures());
    forecast.figures.extend(cost::figures(scene, wanted));
    let active = text("activeService");
    let ready = timing.available();
    let name = &scene.workload.manifest.id.name;
    let promote = format!(
        "kubectl argo rollouts -n {} promote {name}",
        scene.workload.namespace
    );
    let go = match (is_promoted, after) {
        (true, None) => "the controller switches by itself".to_owned(),
        (_, Some(after)) => format!("the controller switches by itself after {}", seconds(after)),
        (false, None) => format!("it waits until somebody says go: `{promote}`"),
    };
    forecast.steps = vec![
        Step::of(format!(
            "apply the change and watch: `kubectl argo rollouts -n {} get rollout {name} --watch`",
            scene.workload.namespace
        )),
        Step {
            text: match blue_green.get("previewService") {
                Some(preview) => format!(
                    "the new version starts; try it through Service `{}`",
                    preview.str()
                ),
                None => "the new version starts; no `previewService` leads to it".to_owned(),
            },
            pods: Some(Pods {
                old: wanted,
                new: wanted,
                available: wanted.saturating_mul(2),
            }),
            by: Some(ready),
        },
        Step::of(format!(
            "{go}: Service `{active}` sends all new connections to the new version"
        )),
        Step::of(format!(
            "{} later the old pods stop (`scaleDownDelaySeconds`)",
            seconds(delay)
        )),
    ];
    forecast.summary = format!(
        "the new version starts beside the old one, and Service `{active}` goes over at once; {} at peak",
        count(wanted.saturating_mul(2), "pod")
    );
    forecast.rollback = format!(
        "before the switch `kubectl argo rollouts -n {} abort {name}`; within {} after it `undo` goes back at once, later it is a start of {}",
        scene.workload.namespace,
        seconds(delay),
        seconds(ready)
    );
    if delay < timing.grace {
        forecast.risks.push(Risk {
            name: "short-way-back",
            certainty: Certainty::Possible,
            message: format!("the old pods are told to stop {} after the switch: later than that, the way back is a new start", seconds(delay)),
            remedy: "set `scaleDownDelaySeconds` to as long as you need to be sure".to_owned(),
        });
    }
    hang::risks(scene, wanted, 0, timing, forecast);
}

#[cfg(test)]
mod tests {
    use super::nearest;

    /// The examples of the function's own tests and documentation.
    #[test]
    fn weights_come_to_pods() {
        assert_eq!(nearest(10, 10, 100, 1), (1, 9));
        assert_eq!(nearest(10, 20, 100, 0), (2, 8));
        assert_eq!(nearest(1, 5, 100, 1), (1, 1));
        assert_eq!(nearest(4, 100, 100, 1), (4, 0));
        assert_eq!(nearest(4, 0, 100, 1), (0, 4));
        assert_eq!(nearest(3, 50, 100, 0), (2, 1));
        assert_eq!(nearest(3, 50, 100, 1), (2, 2));
    }
}
