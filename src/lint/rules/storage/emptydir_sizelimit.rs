use crate::lint::prelude::*;

rule! {
    name: "emptydir-sizelimit",
    group: Storage,
    severity: Info,
    presets: [Strict],
    peers: ["kyverno:require-emptydir-requests-and-limits"],
    check: Workload(check),
}

fn check<'m>(_: &Fleet<'m>, workload: &Workload<'m>, out: &mut Sink<'_>) {
    for volume in workload.volumes() {
        let Some(empty) = volume.node.get("emptyDir") else {
            continue;
        };
        if empty.get("sizeLimit").is_none_or(NodeRef::is_null) {
            out.key(
                volume.route().then("emptyDir"),
                format!("volume `{}` of {} has no limit", volume.name(), workload.title()),
                "set `sizeLimit`",
            );
        }
    }
}
