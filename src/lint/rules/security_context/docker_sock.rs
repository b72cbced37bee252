use crate::lint::prelude::*;

rule! {
    name: "docker-sock",
    group: SecurityContext,
    severity: Warning,
    presets: [Recommended, Security],
    peers: [
        "kube-linter:docker-sock",
        "kubesec:DockerSock",
        "kubeaudit:SensitivePathsMounted",
        "trivy:KSV-0006",
        "checkov:CKV_K8S_27",
        "datree:CONTAINERS_INCORRECT_PATH_VALUE_DOCKERSOCKET",
        "kyverno:disallow-container-sock-mounts",
    ],
    check: Workload(check),
}

fn check<'m>(_: &Fleet<'m>, workload: &Workload<'m>, out: &mut Sink<'_>) {
    for volume in workload.volumes() {
        let Some(path) = volume.host_path() else { continue };
        let file = path.rsplit('/').next().unwrap_or_default();
        if SOCKETS.contains(&file) {
            out.value(
                volume.route().below("hostPath.path"),
                format!(
                    "volume `{}` of {} brings in the container runtime's socket",
                    volume.name(),
                    workload.title()
                ),
                "remove it: who can talk to the runtime is root on the node",
            );
        }
    }
}

const SOCKETS: &[&str] = &[
    "docker.sock",
    "containerd.sock",
    "crio.sock",
    "cri-dockerd.sock",
    "podman.sock",
];
