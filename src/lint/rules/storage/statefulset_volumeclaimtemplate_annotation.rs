use crate::lint::prelude::*;
use crate::manifest::view;

rule! {
    name: "statefulset-volumeclaimtemplate-annotation",
    group: Storage,
    severity: Warning,
    presets: [],
    parameters: [Words(REQUIRED)],
    peers: [],
    check: Kinds(&[("apps", "StatefulSet")], check),
}

static REQUIRED: Words = Words {
    name: "annotations",
    about: "Annotations that every claim template has: backup.example.com/plan",
    default: &[],
};

fn check<'m>(_: &Fleet<'m>, manifest: &'m Manifest, out: &mut Sink<'_>) {
    let templates = manifest.get("spec.volumeClaimTemplates");
    let list = manifest.route("spec.volumeClaimTemplates");
    let required: Vec<String> = out.words(&REQUIRED).into_iter().map(str::to_owned).collect();
    for (index, template) in templates.into_iter().flat_map(NodeRef::items).enumerate() {
        let annotations = view::get(template, "metadata.annotations");
        for key in &required {
            if annotations.and_then(|annotations| annotations.get(key)).is_none() {
                let name = view::get(template, "metadata.name").map_or("?", NodeRef::str);
                out.missing(
                    list.then(index).below("metadata.annotations"),
                    format!("the claim template `{name}` of StatefulSet `{}` has no annotation `{key}`", manifest.id.name),
                    format!("add `{key}` to `metadata.annotations` of the template before the first rollout: it cannot be changed later"),
                );
            }
        }
    }
}
