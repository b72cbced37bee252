use crate::lint::prelude::*;
use crate::manifest::view::get;

rule! {
    name: "last-applied-in-manifest",
    group: Metadata,
    severity: Warning,
    presets: [Default],
    peers: ["popeye:POP-666"],
    fix: Safe,
    check: Object(check),
}

fn check<'m>(_: &Fleet<'m>, manifest: &'m Manifest, out: &mut Sink<'_>) {
    if &*manifest.id.kind == "List" {
        return;
    }
    let Some(metadata) = manifest.get("metadata") else {
        return;
    };
    let route = manifest.route("metadata");
    let live = ["uid", "resourceVersion", "selfLink", "managedFields"];
    let found = live.into_iter().find(|field| get(metadata, field).is_some());
    let last_applied = "kubectl.kubernetes.io/last-applied-configuration";
    let annotations = metadata.get("annotations");
    let route = match found {
        Some(field) => route.then(field),
        None if annotations.is_some_and(|annotations| annotations.get(last_applied).is_some()) => {
            route.then("annotations").then(last_applied)
        }
        None => return,
    };
    out.key(
        route.clone(),
        format!(
            "{} `{}` was read from a cluster: it holds what only a cluster writes",
            manifest.id.kind, manifest.id.name
        ),
        "remove `uid`, `resourceVersion`, `managedFields`, `last-applied-configuration` and `status`",
    );
    out.mend(Fix::safe(Edit::Remove(route)));
}
