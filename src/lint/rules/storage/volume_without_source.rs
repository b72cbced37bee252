use crate::lint::prelude::*;
use crate::manifest::view;

rule! {
    name: "volume-without-source",
    group: Storage,
    severity: Warning,
    presets: [Default],
    peers: [],
    check: Workload(check),
}

fn check<'m>(_: &Fleet<'m>, workload: &Workload<'m>, out: &mut Sink<'_>) {
    let claims = workload.manifest.get("spec.volumeClaimTemplates");
    let claimed = |name: &str| {
        let mut claims = claims.into_iter().flat_map(NodeRef::items);
        claims.any(|claim| view::get(claim, "metadata.name").is_some_and(|claim| claim.str() == name))
    };
    for volume in workload.volumes() {
        let keys = volume.node.entries().filter(|(key, _)| key.str() != "name");
        if volume.node.is_mapping()
            && keys.count() == 0
            && !volume.name().is_empty()
            && !claimed(volume.name())
        {
            out.value(
                volume.route().then("name"),
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
