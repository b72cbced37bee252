use crate::lint::prelude::*;
use crate::manifest::fleet::service_selector;
use crate::manifest::selector::Requirement;

rule! {
    name: "dangling-service",
    group: Selectors,
    severity: Warning,
    presets: [Default],
    peers: [
        "kube-linter:dangling-service",
        "kube-score:service-targets-pod",
        "popeye:POP-1100",
    ],
    check: Object(check),
}

fn check<'m>(fleet: &Fleet<'m>, service: &'m Manifest, out: &mut Sink<'_>) {
    let Some(selector) = service_selector(service) else {
        return;
    };
    let namespace = fleet.namespace(service);
    // Without any pods of the namespace in the input, nothing can be said: they may be applied from elsewhere.
    if !fleet.would_hold_workloads(namespace)
        || fleet.first_selected(namespace, &selector, |_| true).is_some()
        || fleet.may_be_made_by_operator(namespace, &selector)
    {
        return;
    }
    // What has no namespace yet gets one when it is applied, maybe the other's.
    let is_placed = |manifest: &Manifest| manifest.id.namespace.is_some();
    let may_meet = |workload: &Workload<'_>| !is_placed(service) || !is_placed(workload.manifest);
    if fleet.first_selected_anywhere(&selector, may_meet).is_some() {
        return;
    }
    let anchor = Anchor::Route(
        service.number,
        Route::root().then("spec").then("selector"),
        Part::Key,
    );
    let name = &service.id.name;
    let finding = Finding::new(
        &RULE.meta,
        anchor,
        format!(
            "Service `{name}` selects `{selector}`, and no pod in namespace `{namespace}` has these labels"
        ),
    );
    let labels =
        |workload: &Workload<'_>| workload.at(workload.template.then("metadata").then("labels"), Part::Key);
    out.push(if let Some(elsewhere) = fleet.first_selected_anywhere(&selector, |_| true) {
        let help = format!(
            "the pods of {} have them, but in namespace `{}`; a Service reaches only pods of its own namespace",
            elsewhere.title(),
            elsewhere.namespace
        );
        finding.help(help).related(labels(elsewhere), "these pods, in another namespace")
    } else if let Some(nearest) = fleet.nearest(namespace, &selector) {
        finding
            .help(difference(&selector.0, nearest))
            .related(labels(nearest), format!("the nearest: the pods of {}", nearest.title()))
    } else {
        finding.help("copy the labels under `spec.template.metadata.labels` of the workload it should serve")
    });
}

fn difference(requirements: &[Requirement<'_>], workload: &Workload<'_>) -> String {
    let wrong: Vec<String> = requirements
        .iter()
        .filter_map(|requirement| match requirement {
            Requirement::In(key, values) => match workload.labels.get(key) {
                Some(value) if values.contains(value) => None,
                Some(value) => Some(format!("`{key}` is `{value}` there, not `{}`", values.join(","))),
                None => Some(format!("there is no label `{key}`")),
            },
            _ => None,
        })
        .collect();
    format!(
        "nearest are the pods of {}: {}",
        workload.title(),
        wrong.join("; ")
    )
}
