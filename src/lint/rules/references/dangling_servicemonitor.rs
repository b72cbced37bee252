use crate::lint::prelude::*;
use crate::manifest::selector::Selector;

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
    if !fleet.has_labeled_service(namespace, &wanted) {
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
