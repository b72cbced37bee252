use crate::lint::prelude::*;
use crate::manifest::view;

rule! {
    name: "hpa-without-requests",
    group: Autoscaling,
    severity: Warning,
    presets: [Default, Availability],
    peers: [],
    check: Kinds(&[("autoscaling", "HorizontalPodAutoscaler")], check),
}

fn check<'m>(fleet: &Fleet<'m>, scaler: &'m Manifest, out: &mut Sink<'_>) {
    let text = |path| scaler.get(path).map_or("", NodeRef::str);
    let (kind, name) = (text("spec.scaleTargetRef.kind"), text("spec.scaleTargetRef.name"));
    let target = fleet.object(("apps", kind), Some(fleet.namespace(scaler)), name);
    let Some(workload) = target.and_then(|target| fleet.workload(target.number)) else {
        return;
    };
    for (index, metric) in scaler
        .get("spec.metrics")
        .into_iter()
        .flat_map(NodeRef::items)
        .enumerate()
    {
        let Some(resource) = view::get(metric, "resource.name").map(NodeRef::str) else {
            continue;
        };
        let is_share = view::get(metric, "resource.target.averageUtilization").is_some();
        let idle = workload
            .running()
            .find(|container| !asks(fleet, workload, container, resource));
        if let Some(container) = idle.filter(|_| is_share) {
            let message = format!(
                "HorizontalPodAutoscaler `{}` measures a share of the requested {resource}, and {} requests none",
                scaler.id.name,
                container.title(workload)
            );
            let finding = out
                .at(
                    scaler.route("spec.metrics").then(index).below("resource.name"),
                    Part::Value,
                    message,
                )
                .help(format!(
                    "set `resources.requests.{resource}` of every container, or scale by `AverageValue`"
                ))
                .related(
                    workload.at(container.route.clone(), Part::Missing),
                    "requests none",
                );
            out.push(finding);
        }
    }
}

/// Whether a container, its pod or its namespace asks for some of a resource.
fn asks(fleet: &Fleet<'_>, workload: &Workload<'_>, container: &Container<'_>, resource: &str) -> bool {
    let says = |get: &dyn Fn(&str) -> bool| get("resources.requests") || get("resources.limits");
    let has = |node: Option<NodeRef<'_>>| node.is_some_and(|node| node.get(resource).is_some());
    says(&|path| has(container.get(path)))
        || says(&|path| has(workload.get(path)))
        || fleet.has_default_request(workload.namespace, resource)
}
