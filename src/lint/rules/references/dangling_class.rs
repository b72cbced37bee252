use crate::lint::prelude::*;
use crate::manifest::GroupKind;
use crate::manifest::view::get;

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
            look_up(fleet, (workload.get(field), kind), || workload.route(field), out);
        }
    }
    let field = |field, kind, out: &mut Sink<'_>| {
        look_up(fleet, (manifest.get(field), kind), || manifest.route(field), out);
    };
    match manifest.id.group_kind() {
        ("", "PersistentVolumeClaim") => field("spec.storageClassName", STORAGE, out),
        ("networking.k8s.io", "Ingress") => {
            field(
                "spec.ingressClassName",
                ("networking.k8s.io", "IngressClass"),
                out,
            );
        }
        ("apps", "StatefulSet") => {
            let list = "spec.volumeClaimTemplates";
            let claims = manifest.get(list).into_iter().flat_map(NodeRef::items);
            for (index, claim) in claims.enumerate() {
                let class = "spec.storageClassName";
                let route = || manifest.route(list).then(index).below(class);
                look_up(fleet, (get(claim, class), STORAGE), route, out);
            }
        }
        _ => {}
    }
}

/// Reports a class that is nowhere; `route` is where it is named.
fn look_up(
    fleet: &Fleet<'_>,
    (named, kind): (Option<NodeRef<'_>>, GroupKind<'_>),
    route: impl FnOnce() -> Route,
    out: &mut Sink<'_>,
) {
    let name = named.map_or("", NodeRef::str);
    if name.is_empty() || name.starts_with("system-") || !fleet.is_missing(kind, None, name) {
        return;
    }
    let help = match fleet.nearest_name(kind, None, name) {
        Some(nearest) => format!("did you mean `{nearest}`?"),
        None => format!("add the {}, or correct the name", kind.1),
    };
    let (of, title) = (&out.manifest.id.kind, &out.manifest.id.name);
    let message = format!("{of} `{title}` names the {} `{name}`, which is not there", kind.1);
    out.value(route(), message, help);
}
