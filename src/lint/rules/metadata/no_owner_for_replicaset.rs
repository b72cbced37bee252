use crate::lint::prelude::*;

rule! {
    name: "no-owner-for-replicaset",
    group: Metadata,
    severity: Warning,
    presets: [Recommended],
    peers: [],
    check: Kinds(&[("apps", "ReplicaSet"), ("", "ReplicationController")], check),
}

fn check<'m>(_: &Fleet<'m>, set: &'m Manifest, out: &mut Sink<'_>) {
    if set.get("metadata.ownerReferences").is_none() {
        out.value(
            set.route("kind"),
            format!("{} `{}` cannot update its pods", set.id.kind, set.id.name),
            "make it a Deployment",
        );
    }
}
