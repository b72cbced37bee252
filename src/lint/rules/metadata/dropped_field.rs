use crate::lint::prelude::*;

rule! {
    name: "dropped-field",
    group: Metadata,
    severity: Warning,
    presets: [Default],
    peers: [],
    check: Kinds(&[("", "Service"), ("", "PersistentVolumeClaim")], check),
}

fn check<'m>(_: &Fleet<'m>, manifest: &'m Manifest, out: &mut Sink<'_>) {
    let text = |path: &str| manifest.get(path).map_or("", NodeRef::str);
    let title = format!("{} `{}`", manifest.id.kind, manifest.id.name);
    // `SetDefaults_Service` of k8s.io/kubernetes/pkg/apis/core/v1.
    let affinity = "spec.sessionAffinityConfig";
    if manifest.get(affinity).is_some() && text("spec.sessionAffinity") != "ClientIP" {
        out.key(
            manifest.route(affinity),
            format!(
                "the server drops `sessionAffinityConfig` of {title}: its `sessionAffinity` is not `ClientIP`"
            ),
            "set `sessionAffinity: ClientIP`, or remove the field",
        );
    }
    // `dropDataSource…` of k8s.io/kubernetes/pkg/api/persistentvolumeclaim: other kinds only in `dataSourceRef`.
    let source = "spec.dataSource";
    let is_copied = [
        ("", "PersistentVolumeClaim"),
        ("snapshot.storage.k8s.io", "VolumeSnapshot"),
    ];
    let named = (text("spec.dataSource.apiGroup"), text("spec.dataSource.kind"));
    if manifest.get(source).is_some() && !named.1.is_empty() && !is_copied.contains(&named) {
        out.key(
            manifest.route(source),
            format!("the server drops `dataSource` of {title}: it can only be a claim or a snapshot"),
            "use `dataSourceRef` for other kinds",
        );
    }
}
