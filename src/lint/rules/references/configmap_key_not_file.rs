use super::keyed;
use crate::lint::prelude::*;

rule! {
    name: "configmap-key-not-file",
    group: References,
    severity: Warning,
    presets: [Default],
    confidence: Likely,
    peers: [],
    check: Workload(check),
}

fn check<'m>(fleet: &Fleet<'m>, workload: &Workload<'m>, out: &mut Sink<'_>) {
    for volume in workload.volumes() {
        for (source, kind, name) in [
            ("configMap", "ConfigMap", "name"),
            ("secret", "Secret", "secretName"),
        ] {
            let Some(node) = volume.node.get(source) else {
                continue;
            };
            let name = node.get(name).map_or("", NodeRef::str);
            let is_optional = node.get("optional").and_then(NodeRef::as_bool) == Some(true);
            let items = node.get("items").into_iter().flat_map(NodeRef::items);
            for (index, item) in items.enumerate().filter(|_| !is_optional) {
                let key = item.get("key").map_or("", NodeRef::str);
                if let Some(missing) = keyed::missing_key(fleet, workload, kind, name, key) {
                    out.value(
                        volume.route().then(source).then("items").then(index).then("key"),
                        format!("pods of {} do not start: {}", workload.title(), missing.message),
                        missing.help,
                    );
                }
            }
        }
    }
}
