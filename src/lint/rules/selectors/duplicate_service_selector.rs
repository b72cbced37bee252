use std::collections::HashMap;

use crate::lint::prelude::*;
use crate::manifest::fleet::service_selector;

rule! {
    name: "duplicate-service-selector",
    group: Selectors,
    severity: Info,
    presets: [Strict],
    confidence: Likely,
    peers: [
        "gatekeeper:K8sUniqueServiceSelector",
        "kyverno:require-unique-service-selector",
    ],
    check: Fleet(check),
}

fn check(fleet: &Fleet<'_>, found: &mut Vec<Finding>) {
    let mut seen: HashMap<_, &Manifest> = HashMap::new();
    for service in fleet.of_kind(("", "Service")) {
        let Some(selector) = service_selector(service) else {
            continue;
        };
        let text = |path: &str| service.get(path).map_or("", NodeRef::str);
        let mut ports: Vec<(&str, &str)> = service
            .get("spec.ports")
            .into_iter()
            .flat_map(NodeRef::items)
            .map(|port| {
                let field = |key| port.get(key).map_or("", NodeRef::str);
                (field("port"), field("targetPort"))
            })
            .collect();
        ports.sort_unstable();
        // A headless Service beside one with an address, or one for inside and one for outside, differ in these.
        let reach = (
            text("spec.type").replace("ClusterIP", ""),
            text("spec.clusterIP"),
            ports,
        );
        let key = (fleet.namespace(service), selector.to_string(), reach);
        let first = seen.entry(key).or_insert(service);
        // The same object met twice, in two environments' folders say, is one object.
        if first.id == service.id {
            continue;
        }
        let selector_of =
            |manifest: &Manifest| Anchor::Route(manifest.number, manifest.route("spec.selector"), Part::Key);
        let message = format!(
            "Service `{}` has the selector and the ports of Service `{}`",
            service.id.name, first.id.name
        );
        found.push(
            Finding::new(&RULE.meta, selector_of(service), message)
                .help("remove one of them, or let each select what it is for")
                .related(selector_of(first), "the other Service"),
        );
    }
}
