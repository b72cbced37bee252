use crate::lint::prelude::*;

rule! {
    name: "hostpath-volume",
    group: SecurityContext,
    severity: Warning,
    presets: [Strict, Security],
    peers: [
        "polaris:hostPathSet",
        "trivy:KSV-0023",
        "datree:CONTAINERS_INCORRECT_KEY_HOSTPATH",
        "psa:hostPathVolumes",
        "kyverno:disallow-host-path",
    ],
    check: Workload(check),
}

fn check<'m>(_: &Fleet<'m>, workload: &Workload<'m>, out: &mut Sink<'_>) {
    for volume in workload.volumes() {
        if volume.host_path().is_some() {
            out.key(
                volume.route().then("hostPath"),
                format!(
                    "volume `{}` of {} is a folder of the node",
                    volume.name(),
                    workload.title()
                ),
                "use a PersistentVolumeClaim for data that must stay, `emptyDir` for data that may go",
            );
        }
    }
}
