use crate::lint::prelude::*;

rule! {
    name: "vpa-target",
    group: Autoscaling,
    severity: Warning,
    presets: [Default],
    peers: ["kyverno:verify-vpa-target", "kyverno:check-vpa-configuration"],
    check: Kinds(&[("autoscaling.k8s.io", "VerticalPodAutoscaler")], check),
}

fn check<'m>(fleet: &Fleet<'m>, vertical: &'m Manifest, out: &mut Sink<'_>) {
    let text = |path| vertical.get(path).map_or("", NodeRef::str);
    let (kind, name) = (text("spec.targetRef.kind"), text("spec.targetRef.name"));
    let group = text("spec.targetRef.apiVersion")
        .rsplit_once('/')
        .map_or("", |(group, _)| group);
    let namespace = Some(fleet.namespace(vertical));
    let Some(target) = fleet.object((group, kind), namespace, name) else {
        if fleet.is_missing((group, kind), namespace, name) {
            let help = match fleet.nearest_name((group, kind), namespace, name) {
                Some(nearest) => format!("did you mean `{nearest}`?"),
                None => format!("name a {kind} of the same namespace"),
            };
            out.value(
                vertical.route("spec.targetRef.name"),
                format!(
                    "VerticalPodAutoscaler `{}` is for the {kind} `{name}`, which is not there",
                    vertical.id.name
                ),
                help,
            );
        }
        return;
    };
    let Some(workload) = fleet.workload(target.number) else {
        return;
    };
    let path = "spec.resourcePolicy.containerPolicies";
    for (index, policy) in vertical
        .get(path)
        .into_iter()
        .flat_map(NodeRef::items)
        .enumerate()
    {
        let wanted = policy.get("containerName").map_or("*", NodeRef::str);
        let names = || workload.containers.iter().map(Container::name);
        if wanted != "*" && !names().any(|name| name == wanted) {
            let help = match crate::suggest::nearest(wanted, names()) {
                Some(nearest) => format!("did you mean `{nearest}`?"),
                None => format!("its containers are {}", names().collect::<Vec<_>>().join(", ")),
            };
            out.value(
                vertical.route(path).then(index).then("containerName"),
                format!("{} has no container `{wanted}`", workload.title()),
                help,
            );
        }
    }
}
