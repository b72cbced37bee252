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
        let selector = constraint
            .get("labelSelector")
            .and_then(Selector::of_label_selector);
        if selector.is_some_and(|selector| !selector.matches(&workload.labels)) {
            out.key(
                workload
                    .route("topologySpreadConstraints")
                    .then(index)
                    .then("labelSelector"),
                format!(
                    "{} spreads its pods by counting others: the selector does not match its own",
                    workload.title()
                ),
                "make `labelSelector` match the labels of the pod template",
            );
        }
    }
}
