use crate::lint::prelude::*;
use crate::manifest::fleet::is_headless;

rule! {
    name: "statefulset-servicename",
    group: References,
    severity: Warning,
    presets: [Default],
    peers: ["kube-score:statefulset-has-servicename"],
    check: Kinds(&[("apps", "StatefulSet")], check),
}

fn check<'m>(fleet: &Fleet<'m>, set: &'m Manifest, out: &mut Sink<'_>) {
    const SERVICE: (&str, &str) = ("", "Service");
    let Some(name) = set
        .get("spec.serviceName")
        .map(NodeRef::str)
        .filter(|name| !name.is_empty())
    else {
        return;
    };
    // Nobody looks for pods that only hold room.
    if fleet.workload(set.number).is_some_and(Workload::is_placeholder) {
        return;
    }
    let namespace = fleet.namespace(set);
    let Some(service) = fleet.object(SERVICE, Some(namespace), name) else {
        if fleet.is_missing(SERVICE, Some(namespace), name) {
            out.value(
                set.route("spec.serviceName"),
                format!(
                    "StatefulSet `{}` takes its pods' names from the Service `{name}`, which is not there",
                    set.id.name
                ),
                match fleet.nearest_name(SERVICE, Some(namespace), name) {
                    Some(nearest) => format!("did you mean `{nearest}`?"),
                    None => {
                        "add a Service of this name with `clusterIP: None` that selects the pods".to_owned()
                    }
                },
            );
        }
        return;
    };
    let is_headless = is_headless(service);
    let one = set
        .get("spec.replicas")
        .is_none_or(|replicas| replicas.as_i64().is_some_and(|replicas| replicas < 2));
    let is_selected = fleet
        .behind(service)
        .iter()
        .any(|workload| workload.manifest.number == set.number);
    let problem = match (is_headless, is_selected) {
        (true, true) => return,
        (false, _) if one => return,
        (false, _) => "is not headless",
        (true, false) => "does not select them",
    };
    let message = format!(
        "the pods of StatefulSet `{}` get no DNS names of their own: the Service `{name}` {problem}",
        set.id.name
    );
    let finding = out
        .at(set.route("spec.serviceName"), Part::Value, message)
        .help("name a Service with `clusterIP: None` that selects the pods; another one may stand beside it for clients")
        .related(Anchor::Route(service.number, service.route("spec"), Part::Key), "the Service");
    // Pods that never look for each other, such as proxies, do without.
    out.push(if is_headless {
        finding
    } else {
        finding.severity(Severity::Info)
    });
}
