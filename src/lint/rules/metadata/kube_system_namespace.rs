use crate::lint::prelude::*;

rule! {
    name: "kube-system-namespace",
    group: Metadata,
    severity: Info,
    presets: [Security],
    peers: ["trivy:KSV-0037"],
    check: Workload(check),
}

fn check<'m>(_: &Fleet<'m>, workload: &Workload<'m>, out: &mut Sink<'_>) {
    if workload.manifest.id.namespace.as_deref() == Some("kube-system") {
        out.value(
            workload.manifest.route("metadata.namespace"),
            format!("{} is put into `kube-system`", workload.title()),
            "use a namespace of the program's own",
        );
    }
}
