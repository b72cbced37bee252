use crate::lint::prelude::*;
use crate::manifest::rollout::Bounds;
use crate::manifest::selector::Selector;

rule! {
    name: "anti-affinity-unschedulable",
    group: Scheduling,
    severity: Warning,
    presets: [],
    parameters: [Number(NODES)],
    peers: [],
    check: Workload(check),
}

static NODES: Number = Number {
    name: "nodes",
    about: "How many nodes the pods may run on; 0 when that is not known",
    least: 0,
    default: 0,
};

const REQUIRED: &str = "affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution";

fn check<'m>(fleet: &Fleet<'m>, workload: &Workload<'m>, out: &mut Sink<'_>) {
    let nodes = out.number(&NODES);
    let Some(replicas) = fleet.replicas(workload).filter(|_| nodes > 0) else {
        return;
    };
    let most = fleet
        .scalers_of(workload)
        .iter()
        .filter_map(|scaler| scaler.most)
        .max();
    let replicas = most.unwrap_or(replicas).max(replicas);
    let surge = Bounds::of(workload).map_or(0, |bounds| {
        let allowed = bounds.of_total(replicas);
        // What may be unavailable makes room for what is new.
        if allowed.unavailable > 0 { 0 } else { allowed.surge }
    });
    if replicas.saturating_add(surge) <= nodes {
        return;
    }
    let terms = workload
        .get(REQUIRED)
        .into_iter()
        .flat_map(NodeRef::items)
        .enumerate();
    for (index, term) in terms {
        let is_by_node = term
            .get("topologyKey")
            .is_some_and(|key| key.str() == "kubernetes.io/hostname");
        let selector = term.get("labelSelector").and_then(Selector::of_label_selector);
        if is_by_node && selector.is_some_and(|selector| selector.matches(&workload.labels)) {
            let pods = match surge {
                0 => format!("{replicas} pods"),
                surge => format!("{replicas} pods, and {surge} more in a rollout,"),
            };
            out.key(
                workload.route(REQUIRED).then(index),
                format!("{pods} of {} want a node each, and there are {nodes}", workload.title()),
                "prefer different nodes (`preferredDuringSchedulingIgnoredDuringExecution`, or `topologySpreadConstraints`), or run fewer pods",
            );
        }
    }
}
