use crate::lint::prelude::*;

rule! {
    name: "hpa-single-replica",
    group: Autoscaling,
    severity: Info,
    presets: [Availability],
    peers: [
        "kube-score:horizontalpodautoscaler-replicas",
        "polaris:hpaMinAvailability",
        "gatekeeper:K8sHorizontalPodAutoscaler",
    ],
    check: Kinds(&[("autoscaling", "HorizontalPodAutoscaler")], check),
}

fn check<'m>(_: &Fleet<'m>, scaler: &'m Manifest, out: &mut Sink<'_>) {
    let path = "spec.minReplicas";
    let fewest = scaler.get(path).and_then(NodeRef::as_i64);
    let message = format!(
        "HorizontalPodAutoscaler `{}` may leave a single pod",
        scaler.id.name
    );
    match fewest {
        Some(2..) => {}
        Some(_) => out.value(scaler.route(path), message, "set `minReplicas` to 2 or more"),
        None => out.missing(
            scaler.route(path),
            message,
            "set `minReplicas` to 2 or more: the default is 1",
        ),
    }
}
