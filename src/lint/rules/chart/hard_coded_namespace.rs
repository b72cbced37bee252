use crate::lint::prelude::*;

rule! {
    name: "hard-coded-namespace",
    group: Metadata,
    severity: Info,
    presets: [Strict],
    confidence: Likely,
    peers: [],
    check: Object(check),
}

fn check<'m>(fleet: &Fleet<'m>, manifest: &'m Manifest, out: &mut Sink<'_>) {
    let is_of_chart = fleet.manifests().is_sent_together(manifest.number);
    let Some(namespace) = manifest.id.namespace.as_deref().filter(|_| is_of_chart) else {
        return;
    };
    // What belongs to the cluster itself is where it is.
    if namespace == fleet.default_namespace()
        || namespace.starts_with("kube-")
        || fleet.object(("", "Namespace"), None, namespace).is_some()
    {
        return;
    }
    out.value(
        manifest.route("metadata.namespace"),
        format!(
            "{} `{}` goes to namespace `{namespace}`, whatever namespace the release is installed in",
            manifest.id.kind, manifest.id.name
        ),
        "write `{{ .Release.Namespace }}`, or leave `namespace` out",
    );
}
