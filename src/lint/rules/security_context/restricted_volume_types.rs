use crate::lint::prelude::*;

rule! {
    name: "restricted-volume-types",
    group: SecurityContext,
    severity: Info,
    presets: [Strict, Security],
    peers: [
        "trivy:KSV-0028",
        "psa:restrictedVolumes",
        "kyverno:restrict-volume-types",
        "gatekeeper:K8sPSPVolumeTypes",
    ],
    check: Workload(check),
}

fn check<'m>(_: &Fleet<'m>, workload: &Workload<'m>, out: &mut Sink<'_>) {
    for volume in workload.volumes() {
        for (key, _) in volume.node.entries().filter(|(_, value)| !value.is_null()) {
            if !ALLOWED.contains(&key.str()) {
                out.key(
                    volume.route().then(key.str()),
                    format!("volume `{}` of {} is of the type `{}`", volume.name(), workload.title(), key.str()),
                    "use a PersistentVolumeClaim or a CSI volume: the `restricted` Pod Security level refuses this type",
                );
            }
        }
    }
}

/// `k8s.io/pod-security-admission/policy/check_restrictedVolumes.go`, the name of the volume, and `hostPath`.
const ALLOWED: &[&str] = &[
    "configMap",
    "csi",
    "downwardAPI",
    "emptyDir",
    "ephemeral",
    "hostPath",
    "image",
    "name",
    "persistentVolumeClaim",
    "projected",
    "secret",
];
