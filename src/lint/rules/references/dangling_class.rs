use crate::lint::prelude::*;
use crate::manifest::GroupKind;

rule! {
    name: "dangling-class",
    group: References,
    severity: Warning,
    presets: [Default],
    peers: [],
    check: Object(check),
}

const STORAGE: GroupKind<'static> = ("storage.k8s.io", "StorageClass");

fn check<'m>(fleet: &Fleet<'m>, manifest: &'m Manifest, out: &mut Sink<'_>) {
    if let Some(workload) = fleet.workload(manifest.number) {
        let classes = [
            ("priorityClassName", ("scheduling.k8s.io", "PriorityClass")),
            ("runtimeClassName", ("node.k8s.io", "RuntimeClass")),
        ];
        for (field, kind) in classes {
            look_up(fleet, manifest, (workload.route(field), kind), out);
        }
    }
    match manifest.id.group_kind() {
        ("", "PersistentVolumeClaim") => {
            look_up(
                fleet,
                manifest,
                (manifest.route("spec.storageClassName"), STORAGE),
                out,
            );
        }
        ("apps", "StatefulSet") => {
            let claims = manifest.route("spec.volumeClaimTemplates");
            let count = manifest.at(&claims).map_or(0, NodeRef::len);
            for index in 0..count {
                let route = claims.then(index).below("spec.storageClassName");
                look_up(fleet, manifest, (route, STORAGE), out);
            }
        }
        ("networking.k8s.io", "Ingress") => {
            let class = ("networking.k8s.io", "IngressClass");
            look_up(
                fleet,
                manifest,
                (manifest.route("spec.ingressClassName"), class),
                out,
            );
        }
        _ => {}
    }
}

fn look_up(
    fleet: &Fleet<'_>,
    manifest: &Manifest,
    (route, kind): (Route, GroupKind<'_>),
    out: &mut Sink<'_>,
) {
    let Some(name) = manifest
        .at(&route)
        .map(NodeRef::str)
        .filter(|name| !name.is_empty())
    else {
        return;
    };
    if name.starts_with("system-") || !fleet.is_missing(kind, None, name) {
        return;
    }
    let help = match fleet.nearest_name(kind, None, name) {
        Some(nearest) => format!("did you mean `{nearest}`?"),
        None => format!("add the {}, or correct the name", kind.1),
    };
    let (of, title) = (&manifest.id.kind, &manifest.id.name);
    out.value(
        route,
        format!("{of} `{title}` names the {} `{name}`, which is not there", kind.1),
        help,
    );
}
