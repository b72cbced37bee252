use crate::lint::prelude::*;

rule! {
    name: "unused-volume",
    group: References,
    severity: Info,
    presets: [Recommended],
    peers: [],
    check: Workload(check),
}

fn check<'m>(_: &Fleet<'m>, workload: &Workload<'m>, out: &mut Sink<'_>) {
    for volume in workload.volumes() {
        let uses = |container: &Container<'_>, list: &str| {
            let items = container.node.get(list).into_iter().flat_map(NodeRef::items);
            items
                .into_iter()
                .any(|item| item.get("name").is_some_and(|name| name.str() == volume.name()))
        };
        let is_used = workload
            .containers
            .iter()
            .any(|container| uses(container, "volumeMounts") || uses(container, "volumeDevices"));
        if !is_used && !volume.name().is_empty() {
            out.value(
                volume.route().then("name"),
                format!(
                    "no container of {} mounts the volume `{}`",
                    workload.title(),
                    volume.name()
                ),
                "mount it, or remove it: what it names is waited for all the same",
            );
        }
    }
}
