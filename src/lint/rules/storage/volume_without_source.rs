use crate::lint::prelude::*;

rule! {
    name: "volume-without-source",
    group: Storage,
    severity: Warning,
    presets: [Default],
    peers: [],
    check: Workload(check),
}

fn check<'m>(_: &Fleet<'m>, workload: &Workload<'m>, out: &mut Sink<'_>) {
    for volume in workload.volumes() {
        let keys = volume.node.entries().filter(|(key, _)| key.str() != "name");
        if volume.node.is_mapping() && keys.count() == 0 && !volume.name().is_empty() {
            out.value(
                volume.route.then("name"),
                format!(
                    "volume `{}` of {} has no source, which makes it an empty folder",
                    volume.name(),
                    workload.title()
                ),
                "indent its source below it, or write `emptyDir: {}`",
            );
        }
    }
}
