use crate::lint::prelude::*;
use crate::manifest::selector::{self, Selector};

rule! {
    name: "dangling-servicemonitor",
    group: References,
    severity: Warning,
    presets: [Recommended],
    confidence: Likely,
    peers: ["kube-linter:dangling-servicemonitor"],
    check: Kinds(&[("monitoring.coreos.com", "ServiceMonitor")], check),
}

fn check<'m>(fleet: &Fleet<'m>, monitor: &'m Manifest, out: &mut Sink<'_>) {
    let namespace = fleet.namespace(monitor);
    if monitor.get("spec.namespaceSelector").is_some() || !fleet.would_hold(("", "Service"), Some(namespace))
    {
        return;
    }
    let Some(wanted) = monitor.get("spec.selector").and_then(Selector::of_label_selector) else {
        return;
    };
    // What has no namespace yet gets one when it is applied, maybe the other's.
    let may_meet = |service: &Manifest| {
        (service.id.namespace.is_none() || monitor.id.namespace.is_none())
            && wanted.matches(&selector::labels(service.get("metadata.labels")))
    };
    if !fleet.has_labeled_service(namespace, &wanted) && !fleet.of_kind(("", "Service")).any(may_meet) {
        out.key(
            monitor.route("spec.selector"),
            format!(
                "ServiceMonitor `{}` finds no Service: none has the labels `{wanted}`",
                monitor.id.name
            ),
            "compare the selector with the labels of the Service's own `metadata`",
        );
    }
}
