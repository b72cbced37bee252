//! DaemonSets: `rollingUpdate` of `pkg/controller/daemon/update.go` of Kubernetes.

use super::deployment::watch;
use super::timing::Timing;
use super::words::{count, seconds, share};
use super::{
    Amount, Certainty, Figure, Forecast, Name, Risk, Scene, Step, Strategy, budget, cost, hang, traffic,
};
use crate::manifest::quantity::Rounding;
use crate::manifest::rollout::{Bounds, Controller};

/// Nodes of the example that is given when nobody says how many there are.
const EXAMPLE: i64 = 10;

/// The forecast of a DaemonSet.
pub(super) fn of(scene: &Scene<'_, '_>) -> Option<Forecast> {
    if Controller::of(scene.workload) != Some(Controller::DaemonSet) {
        return None;
    }
    let timing = Timing::of(scene.workload);
    let given = scene.circumstances.nodes;
    let nodes = given.unwrap_or(EXAMPLE).max(0);
    let because = match given {
        Some(_) => "nodes, as `--nodes` says",
        None => "nodes, as an example: `--nodes` says how many there are",
    };
    let mut forecast = Forecast::of(&scene.workload.manifest.id, Strategy::RollingUpdate);
    forecast.figure(Name::Replicas, Amount::Count(nodes), because);
    forecast.rollback = format!(
        "`{}`, or apply the manifests of before: a rollout like this one",
        scene.kubectl("rollout undo")
    );
    forecast.assumptions = timing.assumptions();
    let Some(bounds) = Bounds::of(scene.workload) else {
        on_delete(scene, &timing, &mut forecast);
        return Some(forecast);
    };
    match (bounds.surge.is_zero(), bounds.unavailable.is_zero()) {
        (true, true) => hang::refused(&mut forecast, "`maxSurge` and `maxUnavailable` are both 0"),
        (false, false) => hang::refused(&mut forecast, "`maxSurge` and `maxUnavailable` are both above 0"),
        _ if nodes == 0 => "no node runs it, so no pod is replaced".clone_into(&mut forecast.summary),
        _ => rolling(scene, nodes, &bounds, &timing, &mut forecast),
    }
    Some(forecast)
}

fn on_delete(scene: &Scene<'_, '_>, timing: &Timing<'_>, forecast: &mut Forecast) {
    forecast.strategy = Strategy::OnDelete;
    forecast.figures.extend(timing.figures());
    "no pod is replaced until somebody deletes it (`updateStrategy.type: OnDelete`)"
        .clone_into(&mut forecast.summary);
    forecast.steps = vec![
        Step::of("apply the change: no pod is replaced"),
        Step::of(format!(
            "node by node, delete its pod: `kubectl -n {} delete pod NAME`; the new one is available within {}",
            scene.workload.namespace,
            seconds(timing.grace.saturating_add(timing.available()))
        )),
    ];
}

fn rolling(scene: &Scene<'_, '_>, nodes: i64, bounds: &Bounds, timing: &Timing<'_>, forecast: &mut Forecast) {
    let allowed = bounds.of_total(nodes);
    let surge = allowed.surge.min(nodes);
    // With surge, a node's old pod goes when its new one is available, and the next node begins at once.
    let (each, wave, how, missing) = if surge > 0 {
        let how = format!("{} s to start", timing.available());
        (surge, timing.available(), how, 0)
    } else {
        let how = format!("{} s to stop + {} s to start", timing.grace, timing.available());
        let wave = timing.grace.saturating_add(timing.available());
        (allowed.unavailable, wave, how, allowed.unavailable)
    };
    let each = each.max(1);
    let waves = nodes / each + i64::from(nodes % each > 0);
    let last = if surge > 0 { timing.grace } else { 0 };
    let total = waves.saturating_mul(wave).saturating_add(last);
    let figure = |name, amount, because| Figure {
        name,
        amount,
        because,
    };
    let of = |field, bound: crate::manifest::rollout::Bound| {
        share(field, bound.amount, bound.is_written, nodes, Rounding::Up)
    };
    forecast.figures.extend([
        figure(
            Name::Surge,
            Amount::Count(allowed.surge),
            of("maxSurge", bounds.surge),
        ),
        figure(
            Name::Unavailable,
            Amount::Count(missing),
            of("maxUnavailable", bounds.unavailable),
        ),
        figure(
            Name::Peak,
            Amount::Count(nodes.saturating_add(surge)),
            format!("one on each of {} + {surge} extra", count(nodes, "node")),
        ),
        figure(
            Name::LeastAvailable,
            Amount::Count(nodes - missing),
            format!("{nodes} − {missing} that may be missing"),
        ),
        figure(
            Name::Waves,
            Amount::Count(waves),
            format!(
                "{} ÷ {each} at a time{}",
                count(nodes, "node"),
                if nodes % each == 0 { "" } else { ", rounded up" }
            ),
        ),
    ]);
    forecast.figures.extend(timing.figures());
    let end = match last {
        0 => String::new(),
        last => format!(" + {last} s until the last old pods are gone"),
    };
    forecast.figures.push(figure(
        Name::Longest,
        Amount::Seconds(total),
        format!("{}, each {how}{end}", count(waves, "wave")),
    ));
    if surge > 0 {
        forecast.figures.extend(cost::figures(scene, surge));
    }
    forecast.summary = format!(
        "node by node, {each} at a time, done on {} within {}",
        count(nodes, "node"),
        seconds(total)
    );
    forecast.steps = vec![
        watch(scene),
        Step::of(if surge > 0 {
            format!(
                "on {} a new pod starts beside the old one; when it is available, the old one stops",
                count(each, "node")
            )
        } else {
            format!(
                "on {} the old pod stops; when it is gone, the new one starts",
                count(each, "node")
            )
        }),
        Step {
            text: "so it goes on until each node has a new pod that is available".to_owned(),
            pods: None,
            by: Some(total),
        },
    ];
    traffic::both_versions(scene, forecast);
    budget::meanwhile(scene, nodes - missing, forecast);
    forecast.risks.push(Risk {
        name: "waits-forever",
        certainty: Certainty::Possible,
        message: "a DaemonSet has no progress deadline: a new pod that never gets ready, or a node that is down, holds the update up, and nothing says so".to_owned(),
        remedy: "watch it; take nodes that stay away out of the cluster".to_owned(),
    });
    hang::risks_of_nodes(scene, surge, timing, forecast);
    forecast
        .assumptions
        .push("each node has a pod that is available when it begins".to_owned());
}
