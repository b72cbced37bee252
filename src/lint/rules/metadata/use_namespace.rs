use crate::lint::prelude::*;

rule! {
    name: "use-namespace",
    group: Metadata,
    severity: Info,
    presets: [],
    peers: [
        "kube-linter:use-namespace",
        "trivy:KSV-0110",
        "checkov:CKV_K8S_21",
        "datree:WORKLOAD_INCORRECT_NAMESPACE_VALUE_DEFAULT",
        "kyverno:disallow-default-namespace",
    ],
    check: Object(check),
}

fn check<'m>(_: &Fleet<'m>, manifest: &'m Manifest, out: &mut Sink<'_>) {
    if manifest.id.namespace.as_deref() == Some("default") {
        out.value(
            manifest.route("metadata.namespace"),
            format!(
                "{} `{}` asks for the namespace `default`",
                manifest.id.kind, manifest.id.name
            ),
            "use a namespace of the program's own",
        );
    }
}
