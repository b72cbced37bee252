use crate::lint::prelude::*;

rule! {
    name: "hpa-missing-min-replicas",
    group: Autoscaling,
    severity: Info,
    presets: [],
    peers: ["datree:HPA_MISSING_MINREPLICAS_KEY"],
    check: Kinds(&[("autoscaling", "HorizontalPodAutoscaler")], check),
}

fn check<'m>(_: &Fleet<'m>, scaler: &'m Manifest, out: &mut Sink<'_>) {
    if scaler.get("spec.minReplicas").is_none() {
        out.missing(
            scaler.route("spec.minReplicas"),
            format!(
                "HorizontalPodAutoscaler `{}` does not say its lower bound",
                scaler.id.name
            ),
            "write `minReplicas`; the default is 1",
        );
    }
}
