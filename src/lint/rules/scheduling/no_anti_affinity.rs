use crate::lint::prelude::*;
use crate::manifest::selector::Selector;

rule! {
    name: "no-anti-affinity",
    group: Scheduling,
    severity: Info,
    presets: [Availability],
    parameters: [Number(WITHOUT_REPLICAS)],
    peers: [
        "kube-linter:no-anti-affinity",
        "kube-score:deployment-has-host-podantiaffinity",
        "kube-score:statefulset-has-host-podantiaffinity",
        "datree:EKS_MISSING_KEY_TOPOLOGYKEY",
    ],
    check: Pods(check),
}

static WITHOUT_REPLICAS: Number = Number {
    name: "without-replicas",
    about: "How many pods a workload is taken to have that leaves `replicas` to others; more than one where something outside of the input scales it",
    least: 0,
    default: 1,
};

fn check<'m>(fleet: &Fleet<'m>, workload: &Workload<'m>, out: &mut Sink<'_>) {
    let is_spread = workload
        .get("topologySpreadConstraints")
        .is_some_and(|list| !list.is_empty());
    // Who leaves `replicas` out and has no autoscaler has one pod for now.
    let is_said = workload.manifest.get("spec.replicas").is_some() || !fleet.scalers_of(workload).is_empty();
    if (is_said || out.number(&WITHOUT_REPLICAS) > 1)
        && fleet.may_have_several_pods(workload)
        && !is_spread
        && !keeps_apart(workload)
    {
        out.push(
            out.at(
                Route::root().then("spec"),
                Part::Missing,
                format!(
                    "nothing keeps the pods of {} on different nodes",
                    workload.title()
                ),
            )
            .help("add `topologySpreadConstraints` over `kubernetes.io/hostname` or a zone"),
        );
    }
}

/// Whether a term of the pods' anti-affinity is about these pods themselves.
fn keeps_apart(workload: &Workload<'_>) -> bool {
    let terms = |list: &str| {
        let list = workload.get(&format!(
            "affinity.podAntiAffinity.{list}DuringSchedulingIgnoredDuringExecution"
        ));
        list.into_iter().flat_map(NodeRef::items)
    };
    let preferred = terms("preferred").filter_map(|term| term.get("podAffinityTerm"));
    terms("required").chain(preferred).any(|term| {
        let selector = term.get("labelSelector").and_then(Selector::of_label_selector);
        let mut namespaces = term
            .get("namespaces")
            .into_iter()
            .flat_map(NodeRef::items)
            .peekable();
        let is_here = namespaces.peek().is_none() || namespaces.any(|name| name.str() == workload.namespace);
        let is_chosen = term.get("namespaceSelector").is_some();
        (is_here || is_chosen) && selector.is_some_and(|selector| selector.matches(&workload.labels))
    })
}
