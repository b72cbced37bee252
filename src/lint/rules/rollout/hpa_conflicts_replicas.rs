use crate::lint::prelude::*;

rule! {
    name: "hpa-conflicts-replicas",
    group: Rollout,
    severity: Warning,
    presets: [Default, Availability],
    peers: ["kube-score:deployment-targeted-by-hpa-does-not-have-replicas-configured"],
    check: Workload(check),
}

fn check<'m>(fleet: &Fleet<'m>, workload: &Workload<'m>, out: &mut Sink<'_>) {
    let Some(scaler) = fleet.scalers_of(workload).first() else {
        return;
    };
    let written = workload.manifest.get("spec.replicas").and_then(NodeRef::as_i64);
    if written.is_some_and(|replicas| replicas > 0) {
        let title = format!("{} `{}`", scaler.manifest.id.kind, scaler.manifest.id.name);
        let finding = out
            .at(
                workload.manifest.route("spec.replicas"),
                Part::Key,
                format!(
                    "{} sets `replicas`, and {title} scales it: each apply undoes the other",
                    workload.title()
                ),
            )
            .help("remove `replicas`; in a chart, print it only when the autoscaler is off")
            .related(
                Anchor::Route(
                    scaler.manifest.number,
                    scaler.manifest.route("spec.scaleTargetRef"),
                    Part::Key,
                ),
                "scales it",
            );
        out.push(finding);
    }
}
