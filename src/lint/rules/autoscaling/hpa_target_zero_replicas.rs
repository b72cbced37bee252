use crate::lint::prelude::*;

rule! {
    name: "hpa-target-zero-replicas",
    group: Autoscaling,
    severity: Warning,
    presets: [Default],
    peers: [],
    check: Workload(check),
}

fn check<'m>(fleet: &Fleet<'m>, workload: &Workload<'m>, out: &mut Sink<'_>) {
    let is_hpa =
        |scaler: &&crate::manifest::fleet::Scaler<'_>| &*scaler.manifest.id.kind == "HorizontalPodAutoscaler";
    let Some(scaler) = fleet.scalers_of(workload).iter().find(is_hpa) else {
        return;
    };
    if workload.replicas() == Some(0) {
        out.value(
            workload.manifest.route("spec.replicas"),
            format!(
                "{} has no replicas, which switches HorizontalPodAutoscaler `{}` off",
                workload.title(),
                scaler.manifest.id.name
            ),
            "remove `replicas`, so that the autoscaler decides",
        );
    }
}
