use crate::lint::prelude::*;
use crate::manifest::selector::Selector;

rule! {
    name: "anti-affinity-other-pods",
    group: Scheduling,
    severity: Warning,
    presets: [Default, Availability],
    confidence: Likely,
    peers: [],
    check: Workload(check),
}

fn check<'m>(fleet: &Fleet<'m>, workload: &Workload<'m>, out: &mut Sink<'_>) {
    let lists = [
        (
            "affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution",
            "",
        ),
        (
            "affinity.podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution",
            "podAffinityTerm",
        ),
    ];
    for (list, below) in lists {
        for (index, term) in workload
            .get(list)
            .into_iter()
            .flat_map(NodeRef::items)
            .enumerate()
        {
            let route = workload.route(list).then(index);
            let (term, route) = match below {
                "" => (Some(term), route),
                key => (term.get(key), route.then(key)),
            };
            let Some(term) = term
                .filter(|term| term.get("namespaces").is_none() && term.get("namespaceSelector").is_none())
            else {
                continue;
            };
            let Some(selector) = term.get("labelSelector").and_then(Selector::of_label_selector) else {
                continue;
            };
            if selector.is_empty()
                || selector.matches(&workload.labels)
                || fleet
                    .first_selected(workload.namespace, &selector, |_| true)
                    .is_some()
                || fleet.may_be_made_by_operator(workload.namespace, &selector)
            {
                continue;
            }
            out.key(
                route.then("labelSelector"),
                format!(
                    "pods of {} keep away from pods with `{selector}`, and none has these labels",
                    workload.title()
                ),
                "make `labelSelector` match the labels of the pods that are meant",
            );
        }
    }
}
