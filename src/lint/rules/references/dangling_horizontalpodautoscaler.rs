use crate::lint::prelude::*;
use crate::manifest::GroupKind;

rule! {
    name: "dangling-horizontalpodautoscaler",
    group: References,
    severity: Warning,
    presets: [Default, Availability],
    peers: [
        "kube-linter:dangling-horizontalpodautoscaler",
        "kube-score:horizontalpodautoscaler-has-target",
        "popeye:POP-600",
    ],
    check: Kinds(SCALERS, check),
}

fn check<'m>(fleet: &Fleet<'m>, scaler: &'m Manifest, out: &mut Sink<'_>) {
    let text = |key| scaler.get(key).map(NodeRef::str);
    let Some(name) = text("spec.scaleTargetRef.name") else {
        return;
    };
    let version = text("spec.scaleTargetRef.apiVersion").unwrap_or("apps/v1");
    let group = version.rsplit_once('/').map_or("", |(group, _)| group);
    let kind = text("spec.scaleTargetRef.kind").unwrap_or("Deployment");
    let namespace = fleet.namespace(scaler);
    if !fleet.is_missing((group, kind), Some(namespace), name) {
        return;
    }
    let help = match fleet.nearest_name((group, kind), Some(namespace), name) {
        Some(nearest) => format!("did you mean `{nearest}`?"),
        None => format!("name a {kind} of the same namespace"),
    };
    out.value(
        scaler.route("spec.scaleTargetRef.name"),
        format!(
            "{} `{}` scales the {kind} `{name}`, which is not there",
            scaler.id.kind, scaler.id.name
        ),
        help,
    );
}

const SCALERS: &[GroupKind<'static>] = &[
    ("autoscaling", "HorizontalPodAutoscaler"),
    ("keda.sh", "ScaledObject"),
];
