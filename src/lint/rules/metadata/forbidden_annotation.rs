use super::keys::Entries;
use crate::lint::prelude::*;

rule! {
    name: "forbidden-annotation",
    group: Metadata,
    severity: Warning,
    presets: [],
    parameters: [Globs(FORBIDDEN)],
    peers: ["kyverno:allowed-annotations"],
    check: Object(check),
}

static FORBIDDEN: Globs = Globs {
    name: "annotations",
    about: "Annotations that no object and no pod may have: a key, a domain, or with a value: sidecar.istio.io/inject=false",
    default: &[],
};

fn check<'m>(fleet: &Fleet<'m>, manifest: &'m Manifest, out: &mut Sink<'_>) {
    let forbidden = out.globs(&FORBIDDEN);
    if forbidden.is_empty() {
        return;
    }
    let template = fleet
        .workload(manifest.number)
        .filter(|workload| !workload.is_pod())
        .map(|workload| format!("{}.metadata.annotations", workload.template));
    for path in ["metadata.annotations".to_owned()].into_iter().chain(template) {
        let entries = Entries::of(manifest, &path);
        for pattern in &forbidden {
            if let Some(key) = entries.find(pattern) {
                out.key(
                    manifest.route(&path).then(key),
                    format!(
                        "{} `{}` has the annotation `{key}`",
                        manifest.id.kind, manifest.id.name
                    ),
                    format!("remove it: this project does without `{}`", pattern.as_str()),
                );
            }
        }
    }
}
