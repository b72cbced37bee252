use crate::lint::prelude::*;

rule! {
    name: "hpa-min-equals-max",
    group: Autoscaling,
    severity: Info,
    presets: [Recommended],
    peers: ["polaris:hpaMaxAvailability", "gatekeeper:K8sHorizontalPodAutoscaler"],
    check: Kinds(&[("autoscaling", "HorizontalPodAutoscaler")], check),
}

fn check<'m>(_: &Fleet<'m>, scaler: &'m Manifest, out: &mut Sink<'_>) {
    let bound = |path| scaler.get(path).and_then(NodeRef::as_i64);
    let (fewest, most) = (bound("spec.minReplicas").unwrap_or(1), bound("spec.maxReplicas"));
    if most == Some(fewest) {
        out.value(
            scaler.route("spec.maxReplicas"),
            format!(
                "HorizontalPodAutoscaler `{}` cannot scale: both bounds are {fewest}",
                scaler.id.name
            ),
            "raise `maxReplicas`, or remove the autoscaler and set `replicas`",
        );
    }
}
