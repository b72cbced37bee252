use crate::lint::prelude::*;
use crate::manifest::selector::Selector;

rule! {
    name: "topology-spread-invalid",
    group: Scheduling,
    severity: Warning,
    presets: [Default, Availability],
    peers: ["kube-score:pod-topology-spread-constraints"],
    check: Workload(check),
}

fn check<'m>(_: &Fleet<'m>, workload: &Workload<'m>, out: &mut Sink<'_>) {
    let list = workload.get("topologySpreadConstraints");
    for (index, constraint) in list.into_iter().flat_map(NodeRef::items).enumerate() {
        let route = workload.route("topologySpreadConstraints").then(index);
        let Some(selector) = constraint.get("labelSelector") else {
            out.value(
                route,
                format!(
                    "{} spreads its pods by counting none: there is no `labelSelector`",
                    workload.title()
                ),
                "add a `labelSelector` that matches the labels of the pod template",
            );
            continue;
        };
        if Selector::of_label_selector(selector).is_some_and(|selector| !selector.matches(&workload.labels)) {
            out.key(
                route.then("labelSelector"),
                format!(
                    "{} spreads its pods by counting others: the selector does not match its own",
                    workload.title()
                ),
                "make `labelSelector` match the labels of the pod template",
            );
        }
    }
}
