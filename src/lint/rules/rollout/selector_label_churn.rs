use crate::lint::prelude::*;

rule! {
    name: "selector-label-churn",
    group: Rollout,
    severity: Warning,
    presets: [Default],
    confidence: Likely,
    peers: [],
    check: Workload(check),
}

fn check<'m>(_: &Fleet<'m>, workload: &Workload<'m>, out: &mut Sink<'_>) {
    if !matches!(
        &*workload.manifest.id.kind,
        "Deployment" | "DaemonSet" | "StatefulSet" | "ReplicaSet"
    ) {
        return;
    }
    for label in VERSIONED {
        let route = workload.manifest.route("spec.selector.matchLabels").then(*label);
        if workload.manifest.at(&route).is_some() {
            out.key(
                route,
                format!("the selector of {} holds `{label}`, which changes with each release and then is refused", workload.title()),
                "select by labels that stay, such as `app.kubernetes.io/name` and `app.kubernetes.io/instance`",
            );
        }
    }
}

/// Labels that charts fill with a version.
const VERSIONED: &[&str] = &[
    "app.kubernetes.io/version",
    "chart",
    "helm.sh/chart",
    "helm.sh/revision",
];
