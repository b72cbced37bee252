use crate::lint::prelude::*;

rule! {
    name: "hpa-minimum-three-replicas",
    group: Autoscaling,
    severity: Info,
    presets: [Availability],
    parameters: [Number(AT_LEAST)],
    peers: [
        "kube-linter:hpa-minimum-three-replicas",
        "kube-score:horizontalpodautoscaler-replicas",
        "polaris:hpaMinAvailability",
        "gatekeeper:K8sHorizontalPodAutoscaler",
    ],
    check: Kinds(&[("autoscaling", "HorizontalPodAutoscaler")], check),
}

static AT_LEAST: Number = Number {
    name: "at-least",
    about: "How many replicas an autoscaler leaves at least",
    least: 1,
    default: 2,
};

fn check<'m>(_: &Fleet<'m>, scaler: &'m Manifest, out: &mut Sink<'_>) {
    let path = "spec.minReplicas";
    let fewest = scaler.get(path).and_then(NodeRef::as_i64);
    let at_least = out.number(&AT_LEAST);
    let left = fewest.unwrap_or(1);
    if left >= at_least {
        return;
    }
    let left = match left {
        ..=1 => "a single pod".to_owned(),
        more => format!("only {more} pods"),
    };
    let message = format!("HorizontalPodAutoscaler `{}` may leave {left}", scaler.id.name);
    let help = format!("set `minReplicas` to {at_least} or more");
    match fewest {
        Some(_) => out.value(scaler.route(path), message, help),
        None => out.missing(scaler.route(path), message, format!("{help}: the default is 1")),
    }
}
