//! Pods that are replaced step by step, and pod templates that change without replacing any.

use serde_json::{Value, json};

use super::template::TemplateChange;
use super::{Impact, Reason, Update, at};

pub(super) fn of(update: &Update<'_, '_>, reasons: &mut Vec<Reason>) {
    if update.is("", &["Pod"]) {
        return;
    }
    let Some(change) = TemplateChange::of(update) else {
        return;
    };
    let (impact, consequence) = consequence(update);
    if impact == Impact::Recreate {
        return;
    }
    let message = format!("{}: {consequence}", change.sentence());
    reasons.push(Reason::new(impact, message).at(change.first()));
}

/// What the controller of the workload does with another template.
fn consequence(update: &Update<'_, '_>) -> (Impact, String) {
    let spec = |keys: &[&str]| at(update.new, keys);
    let in_place = |text: &str| (Impact::InPlace, text.to_owned());
    if update.is("batch", &["CronJob"]) {
        return in_place("the next run uses it, one that runs now ends as it began");
    }
    if update.is("apps", &["ReplicaSet"]) || update.is("", &["ReplicationController"]) {
        return in_place("pods that run stay as they are, only those made later use it");
    }
    if update.is("batch", &["Job"]) {
        return in_place("pods made later use it");
    }
    if !runs_pods(update) {
        return in_place("`spec.replicas` is 0 before and after, so no pod runs that could be replaced");
    }
    if spec(&["spec", "paused"]) == Some(&json!(true)) {
        return in_place("`spec.paused` is set, so no pod is replaced until the rollout is resumed");
    }
    if spec(&["spec", "strategy", "type"]) == Some(&json!("Recreate")) {
        return (Impact::Recreate, String::new());
    }
    if spec(&["spec", "updateStrategy", "type"]) == Some(&json!("OnDelete")) {
        return in_place(
            "`spec.updateStrategy.type` is `OnDelete`, so the pods stay as they are until someone deletes them",
        );
    }
    let partition = spec(&["spec", "updateStrategy", "rollingUpdate", "partition"]).and_then(Value::as_i64);
    if let Some(partition) =
        partition.filter(|partition| *partition > 0 && update.is("apps", &["StatefulSet"]))
    {
        let replicas = replicas(update.new);
        if partition >= replicas {
            return in_place(
                "`spec.updateStrategy.rollingUpdate.partition` is not below `spec.replicas`, so no pod is replaced",
            );
        }
        let kept = match partition {
            1 => "pod 0 keeps the old template".to_owned(),
            _ => format!("pods 0 to {} keep the old template", partition - 1),
        };
        return (
            Impact::RollingRestart,
            format!(
                "the pods from number {partition} on are replaced one by one, from the last; {kept} (`spec.updateStrategy.rollingUpdate.partition`)"
            ),
        );
    }
    let way = match &*update.object.kind {
        "StatefulSet" => "every pod is replaced, one by one, from the last to the first",
        "DaemonSet" => "the pod of every node is replaced, node by node",
        _ => "every pod is replaced, step by step",
    };
    (Impact::RollingRestart, way.to_owned())
}

/// Whether the workload has pods before or after.
pub(super) fn runs_pods(update: &Update<'_, '_>) -> bool {
    replicas(update.old) != 0 || replicas(update.new) != 0
}

/// The number of pods a workload asks for; the server's default when it does not say.
fn replicas(object: &Value) -> i64 {
    at(object, &["spec", "replicas"])
        .and_then(Value::as_i64)
        .unwrap_or(1)
}
