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
    let labels = workload.manifest.get("spec.selector.matchLabels");
    for label in VERSIONED {
        let value = labels.and_then(|labels| labels.get(label));
        if value.is_some_and(|value| names_version(value.str())) {
            out.key(
                workload.manifest.route("spec.selector.matchLabels").then(*label),
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

/// Whether a word of a label's value is a version: `shop-1.4.2`, `v2`. Some charts put only their name into `chart`.
fn names_version(label: &str) -> bool {
    label.split(['-', '_']).any(|word| {
        word.trim_start_matches('v')
            .starts_with(|first: char| first.is_ascii_digit())
    })
}
