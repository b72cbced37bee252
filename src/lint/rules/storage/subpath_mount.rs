use crate::lint::prelude::*;

rule! {
    name: "subpath-mount",
    group: Storage,
    severity: Info,
    presets: [Strict],
    peers: ["datree:CONTAINER_CVE2021_25741_INCORRECT_SUBPATH_KEY"],
    check: Container(check),
}

fn check<'m>(_: &Fleet<'m>, workload: &Workload<'m>, container: &Container<'m>, out: &mut Sink<'_>) {
    let annotations = workload.template.below("metadata.annotations");
    let mut keys = workload
        .manifest
        .at(&annotations)
        .into_iter()
        .flat_map(NodeRef::entries);
    if keys.any(|(key, _)| key.str().starts_with("checksum")) {
        return;
    }
    for mount in container.items("volumeMounts") {
        if mount.text("subPath").is_empty() {
            continue;
        }
        let name = mount.text("name");
        let changes = |volume: &crate::manifest::view::Volume<'_, '_>| {
            volume.name() == name
                && ["configMap", "secret", "projected"]
                    .iter()
                    .any(|source| volume.node.get(source).is_some())
        };
        if workload.volumes().any(|volume| changes(&volume)) {
            out.value(
                mount.at("subPath"),
                format!(
                    "{} never sees changes of volume `{name}`",
                    container.title(workload)
                ),
                "mount the whole volume as a folder, or restart the pods when it changes",
            );
        }
    }
}
