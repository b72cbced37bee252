use crate::lint::prelude::*;

rule! {
    name: "sensitive-host-mounts",
    group: SecurityContext,
    severity: Warning,
    presets: [Recommended, Security],
    peers: [
        "kube-linter:sensitive-host-mounts",
        "kubeaudit:SensitivePathsMounted",
        "trivy:KSV-0121",
        "kubesec:ProcMount",
        "kyverno:limit-hostpath-vols",
        "gatekeeper:K8sPSPHostFilesystem",
    ],
    check: Workload(check),
}

fn check<'m>(_: &Fleet<'m>, workload: &Workload<'m>, out: &mut Sink<'_>) {
    for volume in workload.volumes() {
        let Some(path) = volume.host_path() else { continue };
        let whole = path.trim_end_matches('/');
        let is_below = |folder: &str| {
            let rest = whole.strip_prefix(folder);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        if SYSTEM.contains(&whole) || OF_KUBERNETES.iter().any(|folder| is_below(folder)) {
            out.value(
                volume.route().below("hostPath.path"),
                format!("volume `{}` of {} brings in `{path}` of the node", volume.name(), workload.title()),
                "mount only the file or folder that is needed, read-only: this one holds the node's system or its credentials",
            );
        }
    }
}

/// Folders whose whole content gives away a node; empty is the root.
const SYSTEM: &[&str] = &[
    "",
    "/boot",
    "/dev",
    "/etc",
    "/home",
    "/lib",
    "/proc",
    "/root",
    "/sys",
    "/usr",
    "/var",
    "/var/lib",
    "/var/lib/docker",
    "/var/run",
    "/run",
];

/// Folders with credentials of the cluster, at any depth.
const OF_KUBERNETES: &[&str] = &["/etc/kubernetes", "/var/lib/etcd", "/var/lib/kubelet/pki"];
