use crate::lint::prelude::*;
use crate::manifest::GroupKind;

rule! {
    name: "duplicate-hpa",
    group: Autoscaling,
    severity: Error,
    presets: [Default, Availability],
    peers: ["kyverno:prevent-duplicate-hpa"],
    check: Kinds(SCALERS, check),
}

fn check<'m>(fleet: &Fleet<'m>, scaler: &'m Manifest, out: &mut Sink<'_>) {
    let text = |path| scaler.get(path).map_or("", NodeRef::str);
    let kind = match text("spec.scaleTargetRef.kind") {
        "" => "Deployment",
        kind => kind,
    };
    let name = text("spec.scaleTargetRef.name");
    let Some(first) = fleet.scalers(fleet.namespace(scaler), kind, name).first() else {
        return;
    };
    let other = first.manifest;
    if other.number < scaler.number
        && (other.id.group_kind(), &other.id.name) != (scaler.id.group_kind(), &scaler.id.name)
    {
        let message = format!(
            "{} `{}` scales the {kind} `{name}`, as {} `{}` does",
            scaler.id.kind, scaler.id.name, other.id.kind, other.id.name
        );
        let finding = out
            .at(scaler.route("spec.scaleTargetRef"), Part::Key, message)
            .help("keep one, with all metrics in it: the largest result counts")
            .related(
                Anchor::Route(other.number, other.route("spec.scaleTargetRef"), Part::Key),
                "scales it too",
            );
        out.push(finding);
    }
}

const SCALERS: &[GroupKind<'static>] = &[
    ("autoscaling", "HorizontalPodAutoscaler"),
    ("keda.sh", "ScaledObject"),
];
