use crate::lint::prelude::*;

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
    let metadata = manifest.route("metadata");
    let live = ["uid", "resourceVersion", "selfLink", "managedFields"];
    let found = live
        .iter()
        .find(|field| manifest.get(&format!("metadata.{field}")).is_some());
    let last_applied = "kubectl.kubernetes.io/last-applied-configuration";
    let annotations = manifest.get("metadata.annotations");
    let route = match found {
        Some(field) => metadata.then(*field),
        None if annotations.is_some_and(|annotations| annotations.get(last_applied).is_some()) => {
            metadata.then("annotations").then(last_applied)
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
