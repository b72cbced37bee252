use crate::lint::prelude::*;

rule! {
    name: "pvc-storage-class",
    group: Storage,
    severity: Info,
    presets: [],
    peers: ["kyverno:require-storageclass", "gatekeeper:K8sStorageClass"],
    check: Kinds(&[("", "PersistentVolumeClaim")], check),
}

fn check<'m>(_: &Fleet<'m>, claim: &'m Manifest, out: &mut Sink<'_>) {
    if claim
        .node()
        .get("spec")
        .is_some_and(|spec| spec.get("storageClassName").is_none() && spec.get("volumeName").is_none())
    {
        out.missing(
            claim.route("spec.storageClassName"),
            format!(
                "PersistentVolumeClaim `{}` does not name its storage class",
                claim.id.name
            ),
            "name the class in `storageClassName`",
        );
    }
}
