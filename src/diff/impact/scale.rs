//! More or fewer pods of the same kind.

use super::{Impact, Reason, Single, Update, at, shown};
use crate::manifest::Manifest;

/// Kinds that keep a number of pods.
const SCALED: [&str; 3] = ["Deployment", "StatefulSet", "ReplicaSet"];

pub(super) fn of(update: &Update<'_, '_>, reasons: &mut Vec<Reason>) {
    let replicas = ["spec", "replicas"];
    if (update.is("apps", &SCALED) || update.is("argoproj.io", &["Rollout"]))
        && let Some(change) = update.change(&replicas)
    {
        reasons.push(of_replicas(update).at(Some(change)));
    }
    if update.is("batch", &["Job"])
        && let Some(change) = update.change(&["spec", "parallelism"])
    {
        let (old, new) = both(update, &["spec", "parallelism"]);
        let message = format!("`spec.parallelism` goes from {old} to {new}: that many pods work at once");
        reasons.push(Reason::new(Impact::Scale, message).at(Some(change)));
    }
    let bounds: &[&str] = if update.is("autoscaling", &["HorizontalPodAutoscaler"]) {
        &["minReplicas", "maxReplicas"]
    } else if update.is("keda.sh", &["ScaledObject"]) {
        &["minReplicaCount", "maxReplicaCount"]
    } else {
        return;
    };
    for bound in bounds {
        let keys = ["spec", bound];
        let Some(change) = update.change(&keys) else {
            continue;
        };
        let (old, new) = both(update, &keys);
        let what = if bound.starts_with("min") {
            "the fewest pods the autoscaler leaves"
        } else {
            "the most pods the autoscaler makes"
        };
        let message = format!("`spec.{bound}` goes from {old} to {new}: {what}");
        reasons.push(Reason::new(Impact::Scale, message).at(Some(change)));
    }
    if let Some(change) = update.change(&["spec", "scaleTargetRef"]) {
        let (old, new) = both(update, &["spec", "scaleTargetRef", "name"]);
        let message = format!("`spec.scaleTargetRef` goes from {old} to {new}: another workload is scaled");
        reasons.push(Reason::new(Impact::Scale, message).at(Some(change)));
    }
}

fn both(update: &Update<'_, '_>, keys: &[&str]) -> (String, String) {
    (shown(at(update.old, keys)), shown(at(update.new, keys)))
}

fn of_replicas(update: &Update<'_, '_>) -> Reason {
    let keys = ["spec", "replicas"];
    let (old, new) = both(update, &keys);
    let scaler = scaler(update.around, update.after, &update.object.kind);
    let count = |side| at(side, &keys).and_then(serde_json::Value::as_i64).unwrap_or(1);
    let message = match (scaler, count(update.old), count(update.new)) {
        (Some(name), _, _) if new == "unset" => {
            return Reason::new(
                Impact::InPlace,
                format!(
                    "`spec.replicas` is left to {name}; an apply that takes the field away may set one pod until it acts"
                ),
            );
        }
        (Some(name), _, _) => format!(
            "`spec.replicas` goes from {old} to {new}, but {name} decides how many pods run: each apply sets the number until it acts again"
        ),
        (None, _, 0) => format!("`spec.replicas` goes from {old} to 0: no pod stays"),
        (None, 0, _) => format!("`spec.replicas` goes from 0 to {new}: the first pods start"),
        (None, _, _) if new == "unset" => {
            format!("`spec.replicas` goes from {old} to unset: the server's default is 1")
        }
        (None, before, after) if after > before => {
            format!(
                "`spec.replicas` goes from {old} to {new}: {} more, the others stay",
                pods(after - before)
            )
        }
        (None, before, after) => {
            format!(
                "`spec.replicas` goes from {old} to {new}: {} fewer, the others stay",
                pods(before - after)
            )
        }
    };
    Reason::new(Impact::Scale, message)
}

fn pods(count: i64) -> String {
    if count == 1 {
        "1 pod".to_owned()
    } else {
        format!("{count} pods")
    }
}

/// The autoscaler of the new set that decides how many pods a workload has.
fn scaler<'m>(around: &super::Surroundings<'m>, workload: &'m Manifest, kind: &str) -> Option<String> {
    let namespace = around.new.namespace(workload);
    let scaler = around.new.scalers(namespace, kind, &workload.id.name).first()?;
    let id = &scaler.manifest.id;
    Some(format!("{} `{}`", id.kind, id.name))
}

/// Who decides about the number of pods when an autoscaler comes.
pub(super) fn of_addition(added: &Single<'_, '_>, reasons: &mut Vec<Reason>) {
    if let Some(target) = scaled_by(added) {
        let message = format!("it decides from now on how many pods {target} has");
        reasons.push(Reason::new(Impact::Scale, message));
    }
}

/// Who decides about the number of pods when an autoscaler goes.
pub(super) fn of_removal(removed: &Single<'_, '_>, reasons: &mut Vec<Reason>) {
    if let Some(target) = scaled_by(removed) {
        let message = format!(
            "nothing decides any more how many pods {target} has: `spec.replicas` does, or the last number stays"
        );
        reasons.push(Reason::new(Impact::Scale, message));
    }
}

fn scaled_by(single: &Single<'_, '_>) -> Option<String> {
    if !single.is("autoscaling", &["HorizontalPodAutoscaler"]) && !single.is("keda.sh", &["ScaledObject"]) {
        return None;
    }
    let target = at(single.value, &["spec", "scaleTargetRef"])?;
    let kind = target
        .get("kind")
        .and_then(serde_json::Value::as_str)
        .unwrap_or("Deployment");
    Some(format!("{kind} `{}`", super::text(target, "name")))
}
