use crate::lint::prelude::*;

rule! {
    name: "hostpath-persistent-volume",
    group: Storage,
    severity: Warning,
    presets: [Security],
    peers: ["kyverno:limit-hostpath-type-pv"],
    check: Kinds(&[("", "PersistentVolume")], check),
}

fn check<'m>(_: &Fleet<'m>, volume: &'m Manifest, out: &mut Sink<'_>) {
    if volume.get("spec.hostPath").is_some() {
        out.key(
            volume.route("spec.hostPath"),
            format!(
                "PersistentVolume `{}` is a folder of whatever node its pod runs on",
                volume.id.name
            ),
            "use a `local` volume with a node affinity, or a CSI driver",
        );
    }
}
