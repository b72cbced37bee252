use crate::lint::prelude::*;
use crate::manifest::view;

rule! {
    name: "hpa-vpa-conflict",
    group: Autoscaling,
    severity: Warning,
    presets: [Default, Availability],
    peers: [],
    check: Kinds(&[("autoscaling.k8s.io", "VerticalPodAutoscaler")], check),
}

fn check<'m>(fleet: &Fleet<'m>, vertical: &'m Manifest, out: &mut Sink<'_>) {
    let text = |path| vertical.get(path).map_or("", NodeRef::str);
    if matches!(text("spec.updatePolicy.updateMode"), "Off" | "Initial") {
        return;
    }
    let (kind, name) = (text("spec.targetRef.kind"), text("spec.targetRef.name"));
    for scaler in fleet.scalers(fleet.namespace(vertical), kind, name) {
        let metrics = scaler
            .manifest
            .get("spec.metrics")
            .into_iter()
            .flat_map(NodeRef::items);
        let of_size = |metric: NodeRef<'_>| {
            view::get(metric, "resource.name").is_some_and(|name| matches!(name.str(), "cpu" | "memory"))
        };
        // Without metrics it is the share of cpu.
        if scaler.manifest.get("spec.metrics").is_none() || metrics.into_iter().any(of_size) {
            let message = format!(
                "VerticalPodAutoscaler `{}` and {} `{}` both act on the use of cpu or memory of the {kind} `{name}`",
                vertical.id.name, scaler.manifest.id.kind, scaler.manifest.id.name
            );
            let finding = out
                .at(vertical.route("spec.targetRef"), Part::Key, message)
                .help("scale the number of pods by another metric, or set `updateMode: \"Off\"` here")
                .related(
                    Anchor::Route(
                        scaler.manifest.number,
                        scaler.manifest.route("spec.scaleTargetRef"),
                        Part::Key,
                    ),
                    "scales it too",
                );
            out.push(finding);
        }
    }
}
