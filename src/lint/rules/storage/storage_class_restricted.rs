use crate::lint::prelude::*;

rule! {
    name: "storage-class-restricted",
    group: Storage,
    severity: Warning,
    presets: [],
    parameters: [Globs(ALLOWED)],
    peers: ["kyverno:restrict-storageclass"],
    check: Kinds(&[("", "PersistentVolumeClaim"), ("apps", "StatefulSet")], check),
}

static ALLOWED: Globs = Globs {
    name: "allowed",
    about: "Storage classes that claims may name: fast, backed-up-*",
    default: &[],
};

fn check<'m>(_: &Fleet<'m>, manifest: &'m Manifest, out: &mut Sink<'_>) {
    let templates = manifest.get("spec.volumeClaimTemplates");
    let of_templates = templates.into_iter().flat_map(NodeRef::items).enumerate();
    let list = manifest.route("spec.volumeClaimTemplates");
    let claims = of_templates
        .map(|(index, template)| (list.then(index), template))
        .chain([(Route::root(), manifest.node())]);
    for (route, claim) in claims {
        let Some(class) = crate::manifest::view::get(claim, "spec.storageClassName").map(NodeRef::str) else {
            continue;
        };
        if !out.allows(&ALLOWED, class) {
            out.value(
                route.below("spec.storageClassName"),
                format!(
                    "a claim of {} `{}` names the storage class `{class}`",
                    manifest.id.kind, manifest.id.name
                ),
                format!("name one that this project allows: {}", out.listed(&ALLOWED)),
            );
        }
    }
}
