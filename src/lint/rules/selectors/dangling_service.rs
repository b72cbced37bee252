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
    let namespace = fleet.namespace(service);
    let Some(selector) = service_selector(service) else {
        if has_no_backends(fleet, service, namespace) {
            out.missing(
                service.route("spec.selector"),
                format!("Service `{}` has no selector, and no Endpoints of its name say where it leads", service.id.name),
                "copy the labels under `spec.template.metadata.labels` of the workload it should serve to `spec.selector`",
            );
        }
        return;
    };
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

/// Whether a Service selects nothing, and the input, which is all that there is, has no addresses for it.
fn has_no_backends(fleet: &Fleet<'_>, service: &Manifest, namespace: &str) -> bool {
    let slices = (fleet.of_kind(("discovery.k8s.io", "EndpointSlice")))
        .filter(|slice| fleet.namespace(slice) == namespace)
        .filter_map(|slice| slice.get("metadata.labels"))
        .filter_map(|labels| labels.get("kubernetes.io/service-name"))
        .any(|name| name.str() == &*service.id.name);
    (service.id.group(), &*service.id.kind) == ("", "Service")
        && service.get("spec.selector").is_none_or(NodeRef::is_empty)
        && service
            .get("spec.type")
            .is_none_or(|kind| kind.str() != "ExternalName")
        && !slices
        && fleet.is_complete()
        && fleet.is_missing(("", "Endpoints"), Some(namespace), &service.id.name)
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
