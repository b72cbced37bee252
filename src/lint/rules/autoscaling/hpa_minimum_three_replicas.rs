use crate::lint::prelude::*;

rule! {
    name: "hpa-minimum-three-replicas",
    group: Autoscaling,
    severity: Info,
    presets: [],
    parameters: [Number(AT_LEAST)],
    peers: ["kube-linter:hpa-minimum-three-replicas"],
    check: Kinds(&[("autoscaling", "HorizontalPodAutoscaler")], check),
}

/// Three, so that one is left when a node fails while another is drained.
static AT_LEAST: Number = Number {
    name: "at-least",
    about: "How many replicas an autoscaler leaves at least",
    least: 1,
    default: 3,
};

fn check<'m>(_: &Fleet<'m>, scaler: &'m Manifest, out: &mut Sink<'_>) {
    let path = "spec.minReplicas";
    let at_least = out.number(&AT_LEAST);
    let message = format!(
        "HorizontalPodAutoscaler `{}` may leave fewer than {at_least} pods",
        scaler.id.name
    );
    let help = format!("set `minReplicas` to {at_least} or more, if the program can run so often");
    match scaler.get(path) {
        Some(fewest) if fewest.as_i64().is_some_and(|fewest| fewest >= at_least) => {}
        Some(_) => out.value(scaler.route(path), message, help),
        None => out.missing(scaler.route(path), message, help),
    }
}
