//! Changes the API server refuses: fields that are fixed when the object is made.
//!
//! Upstream: `ValidateImmutableField` in `pkg/apis/*/validation` of Kubernetes 1.37.

use serde_json::{Value, json};

use super::{Impact, Reason, Update, at};

/// Fixed fields: group, kinds, keys, and the server's default as JSON text (`null` for none).
const FIXED: [(&str, &[&str], &[&str], &str); 20] = [
    (
        "apps",
        &["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet"],
        &["spec", "selector"],
        "null",
    ),
    ("apps", &["StatefulSet"], &["spec", "serviceName"], "\"\""),
    (
        "apps",
        &["StatefulSet"],
        &["spec", "podManagementPolicy"],
        "\"OrderedReady\"",
    ),
    (
        "apps",
        &["StatefulSet"],
        &["spec", "volumeClaimTemplates"],
        "null",
    ),
    ("batch", &["Job"], &["spec", "completionMode"], "\"NonIndexed\""),
    ("batch", &["Job"], &["spec", "podFailurePolicy"], "null"),
    ("batch", &["Job"], &["spec", "backoffLimitPerIndex"], "null"),
    ("batch", &["Job"], &["spec", "managedBy"], "null"),
    ("batch", &["Job"], &["spec", "successPolicy"], "null"),
    ("", &["PersistentVolumeClaim"], &["spec", "accessModes"], "null"),
    ("", &["PersistentVolumeClaim"], &["spec", "selector"], "null"),
    (
        "",
        &["PersistentVolumeClaim"],
        &["spec", "volumeMode"],
        "\"Filesystem\"",
    ),
    ("", &["Secret"], &["type"], "\"Opaque\""),
    (
        "rbac.authorization.k8s.io",
        &["RoleBinding", "ClusterRoleBinding"],
        &["roleRef"],
        "null",
    ),
    ("storage.k8s.io", &["StorageClass"], &["provisioner"], "null"),
    ("storage.k8s.io", &["StorageClass"], &["parameters"], "{}"),
    (
        "storage.k8s.io",
        &["StorageClass"],
        &["reclaimPolicy"],
        "\"Delete\"",
    ),
    (
        "storage.k8s.io",
        &["StorageClass"],
        &["volumeBindingMode"],
        "\"Immediate\"",
    ),
    (
        "scheduling.k8s.io",
        &["PriorityClass"],
        &["preemptionPolicy"],
        "\"PreemptLowerPriority\"",
    ),
    (
        "networking.k8s.io",
        &["IngressClass"],
        &["spec", "controller"],
        "\"\"",
    ),
];

pub(super) fn of(update: &Update<'_>) -> Option<Reason> {
    let refused = |field: &str| {
        let message = format!(
            "`{field}` cannot be changed: delete the object and make it anew, or give the new one another name"
        );
        Some(Reason::new(Impact::Refused, message))
    };
    let fixed = FIXED.iter().find(|(group, kinds, keys, default)| {
        let default: Value = serde_json::from_str(default).unwrap_or_default();
        update.is(group, kinds) && update.differs(keys, &default)
    });
    if let Some((_, _, keys, _)) = fixed {
        return refused(&keys.join("."));
    }
    if update.is("", &["ConfigMap", "Secret"]) {
        return frozen(update);
    }
    if update.is("batch", &["Job"]) && update.touches(&["spec", "template"]) && !is_suspended(update.old) {
        return refused("spec.template");
    }
    if update.is("", &["Service"]) && moves_cluster_ip(update) {
        return refused("spec.clusterIP");
    }
    None
}

/// `immutable: true` freezes what a ConfigMap or Secret holds, and itself.
fn frozen(update: &Update<'_>) -> Option<Reason> {
    let is_frozen = at(update.old, &["immutable"]) == Some(&json!(true));
    let touched = ["data", "stringData", "binaryData", "immutable"]
        .into_iter()
        .find(|field| update.touches(&[field]))?;
    is_frozen.then(|| {
        let message =
            format!("`immutable: true` forbids to change `{touched}`: give the new object another name");
        Reason::new(Impact::Refused, message)
    })
}

fn is_suspended(job: &Value) -> bool {
    at(job, &["spec", "suspend"]) == Some(&json!(true))
}

/// An address once written cannot become another one; leaving it out keeps the server's choice.
fn moves_cluster_ip(update: &Update<'_>) -> bool {
    let address = |side| at(side, &["spec", "clusterIP"]).filter(|address| *address != "");
    match (address(update.old), address(update.new)) {
        (Some(old), Some(new)) => {
            old != new && at(update.new, &["spec", "type"]) != Some(&json!("ExternalName"))
        }
        _ => false,
    }
}
