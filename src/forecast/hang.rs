//! What can keep a rollout from its end.

use plimsoll_yaml::NodeRef;

use super::size;
use super::timing::{Timing, quoted};
use super::words::{count, list, seconds};
use super::{Certainty, Forecast, Risk, Scene, Strategy, cost};
use crate::manifest::selector::Selector;
use crate::manifest::view::get;

/// A progress deadline that never comes (`HasProgressDeadline`).
const NEVER: i64 = i32::MAX as i64;

/// The label that tells the pods of one version from those of another.
const VERSION_LABEL: &str = "pod-template-hash";

/// The object is not taken at all, and why.
pub(super) fn refused(forecast: &mut Forecast, why: &str) {
    forecast.strategy = Strategy::Refused;
    forecast.summary = format!("the API server refuses the object: {why}");
    "nothing has changed".clone_into(&mut forecast.rollback);
    forecast.risks.push(Risk {
        name: "refused",
        certainty: Certainty::Certain,
        message: format!("the API server refuses the object: {why}"),
        remedy: "`maxSurge: 1` with `maxUnavailable: 0` adds before it takes away, `maxSurge: 0` with `maxUnavailable: 1` takes away first".to_owned(),
    });
}

/// What may keep a rollout of the workload from going on, with so many extra pods and so many that may be missing.
pub(super) fn risks(
    scene: &Scene<'_, '_>,
    extra: i64,
    unavailable: i64,
    timing: &Timing<'_>,
    forecast: &mut Forecast,
) {
    // If none may be missing, one extra pod has to be found room for.
    let needed = i64::from(unavailable == 0);
    forecast.risks.extend(deadline(scene, timing, forecast.strategy));
    forecast.risks.extend(unprobed(timing));
    if extra == 0 {
        return;
    }
    forecast.risks.extend(cost::risk(scene, extra, needed));
    if needed > 0 {
        forecast.risks.extend(own_anti_affinity(scene));
        forecast.risks.extend(host_ports(scene).map(|ports| Risk {
            name: "host-port",
            certainty: Certainty::Possible,
            message: format!("a new pod cannot run on a node with an old one ({ports}): without a free node it stays Pending, and the rollout hangs"),
            remedy: "keep one node more than there are pods, or set `maxSurge: 0` with `maxUnavailable: 1`".to_owned(),
        }));
        forecast.risks.extend(volume_of_one_node(scene));
    }
}

/// Likewise, for pods that stay on their node.
pub(super) fn risks_of_nodes(
    scene: &Scene<'_, '_>,
    surge: i64,
    timing: &Timing<'_>,
    forecast: &mut Forecast,
) {
    forecast.risks.extend(unprobed(timing));
    if surge == 0 {
        return;
    }
    forecast.risks.extend(cost::risk(scene, surge, 1));
    forecast.risks.extend(host_ports(scene).map(|ports| Risk {
        name: "host-port",
        certainty: Certainty::Certain,
        message: format!("old and new pod of a node want the same port ({ports}): the new one never runs, and the update hangs"),
        remedy: "set `maxSurge: 0` with `maxUnavailable: 1`".to_owned(),
    }));
}

/// Progress is a pod that starts, is ready, is available, or is gone (`DeploymentProgressing`): the longest time
/// between two of them against the deadline.
fn deadline(scene: &Scene<'_, '_>, timing: &Timing<'_>, strategy: Strategy) -> Option<Risk> {
    if &*scene.workload.manifest.id.kind != "Deployment" {
        return None;
    }
    let written = scene
        .workload
        .manifest
        .get("spec.progressDeadlineSeconds")
        .and_then(NodeRef::as_i64);
    let deadline = written.unwrap_or(600);
    let ready = timing.start.ready();
    let mut still = ready.max(timing.available() - ready);
    if strategy == Strategy::Recreate {
        still = still.max(timing.grace);
    }
    (deadline < NEVER && still >= deadline).then(|| Risk {
        name: "progress-deadline",
        certainty: Certainty::Possible,
        message: format!(
            "nothing may move for {}, and after {} without progress the rollout counts as failed{}; it goes on all the same, but who waits for it gives up",
            seconds(still),
            seconds(deadline),
            if written.is_some() { "" } else { " (the default)" },
        ),
        remedy: format!("set `progressDeadlineSeconds` above {still}"),
    })
}

fn unprobed(timing: &Timing<'_>) -> Option<Risk> {
    let names = &timing.start.unprobed;
    (!names.is_empty()).then(|| Risk {
        name: "no-readiness-probe",
        certainty: Certainty::Possible,
        message: format!(
            "{} {} no readiness probe: a new pod counts as ready as soon as its containers run, so the rollout does not wait until it answers, and a broken version replaces every pod",
            list(&quoted(names)),
            if names.len() == 1 { "has" } else { "have" },
        ),
        remedy: "add a readiness probe; it is what paces a rollout, and what stops a bad one".to_owned(),
    })
}

/// Pods that keep apart from their own kind need a place more for each extra pod.
fn own_anti_affinity(scene: &Scene<'_, '_>) -> Option<Risk> {
    let terms = scene
        .workload
        .get("affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution")?;
    let keeps_apart = |term: &NodeRef<'_>| {
        let by_version = ["matchLabelKeys", "mismatchLabelKeys"]
            .iter()
            .filter_map(|keys| term.get(keys))
            .flat_map(NodeRef::items)
            .any(|key| key.str() == VERSION_LABEL);
        let selector = get(*term, "labelSelector").and_then(Selector::of_label_selector);
        !by_version && selector.is_some_and(|selector| selector.matches(&scene.workload.labels))
    };
    let term = terms.items().find(keeps_apart)?;
    let key = term.get("topologyKey").map_or("", NodeRef::str);
    let wanted = size::pods(scene.fleet, scene.workload)?;
    let places = |number: i64| match key {
        "kubernetes.io/hostname" => count(number, "node"),
        _ => format!("{number} different `{key}`"),
    };
    Some(Risk {
        name: "anti-affinity",
        certainty: Certainty::Possible,
        message: format!(
            "the pods refuse to run beside each other: old and new together need {}; with {} the first new pod stays Pending, and the rollout hangs",
            places(wanted.saturating_add(1)),
            places(wanted)
        ),
        remedy: format!(
            "set `maxSurge: 0` with `maxUnavailable: 1`, or let only pods of one version keep apart (`matchLabelKeys: [{VERSION_LABEL}]`)"
        ),
    })
}

/// Ports of the node that the pods take, in words.
fn host_ports(scene: &Scene<'_, '_>) -> Option<String> {
    let on_host = scene.workload.is_true("hostNetwork");
    let ports = scene
        .workload
        .running()
        .flat_map(|container| container.items("ports"));
    let taken: Vec<String> = ports
        .filter_map(|port| {
            let written = port.get("hostPort").and_then(NodeRef::as_i64);
            let opened = port.get("containerPort").and_then(NodeRef::as_i64);
            written.filter(|port| *port > 0).or(opened.filter(|_| on_host))
        })
        .map(|port| port.to_string())
        .collect();
    let field = if on_host { "hostNetwork" } else { "hostPort" };
    (!taken.is_empty()).then(|| format!("`{field}` {}", list(&taken)))
}

fn volume_of_one_node(scene: &Scene<'_, '_>) -> Option<Risk> {
    let (_, claim) = scene.fleet.volumes_of_one_node(scene.workload).next()?;
    let is_of_one_pod = get(claim.node(), "spec.accessModes")
        .into_iter()
        .flat_map(NodeRef::items)
        .any(|mode| mode.str() == "ReadWriteOncePod");
    let (certainty, holder) = if is_of_one_pod {
        (Certainty::Certain, "one pod")
    } else {
        (Certainty::Possible, "one node")
    };
    Some(Risk {
        name: "volume",
        certainty,
        message: format!(
            "old and new pods want the claim `{}`, which only {holder} may hold: the new pod waits for the volume, the old one for the new pod",
            claim.id.name
        ),
        remedy: "set `strategy: {type: Recreate}`, or use a volume with `ReadWriteMany`".to_owned(),
    })
}

/// With so few pods left there may be none.
pub(super) fn nothing_left(wanted: i64, timing: &Timing<'_>) -> Risk {
    Risk {
        name: "downtime",
        certainty: Certainty::Possible,
        message: format!(
            "{} may be missing: until a new pod is ready, up to {}, nothing serves",
            if wanted == 1 {
                "the only pod".to_owned()
            } else {
                format!("all {wanted} pods at once")
            },
            seconds(timing.start.ready())
        ),
        remedy: "run at least 2 pods, or set `maxUnavailable: 0` with `maxSurge: 1`".to_owned(),
    }
}
