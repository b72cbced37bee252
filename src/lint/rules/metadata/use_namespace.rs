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

fn check<'m>(fleet: &Fleet<'m>, manifest: &'m Manifest, out: &mut Sink<'_>) {
    const DEFAULT: &str = "default";
    let help = "use a namespace of the program's own";
    let title = || format!("{} `{}`", manifest.id.kind, manifest.id.name);
    match manifest.id.namespace.as_deref() {
        Some(DEFAULT) => out.value(
            manifest.route("metadata.namespace"),
            format!("{} asks for the namespace `{DEFAULT}`", title()),
            help,
        ),
        None if is_program(fleet, manifest) && fleet.namespace(manifest) == DEFAULT => out.value(
            manifest.route("metadata.name"),
            format!("{} goes to the namespace `{DEFAULT}`", title()),
            help,
        ),
        _ => {}
    }
}

/// Whether it is a program or the way to one. Not every kind has namespaces, and of what has, the rest follows these.
fn is_program(fleet: &Fleet<'_>, manifest: &Manifest) -> bool {
    fleet.workload(manifest.number).is_some() || manifest.id.group_kind() == ("", "Service")
}
