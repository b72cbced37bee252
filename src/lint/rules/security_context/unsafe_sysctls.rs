use crate::lint::prelude::*;

rule! {
    name: "unsafe-sysctls",
    group: SecurityContext,
    severity: Warning,
    presets: [Recommended, Security],
    parameters: [Globs(ALLOWED)],
    peers: [
        "kube-linter:unsafe-sysctls",
        "trivy:KSV-0026",
        "psa:sysctls",
        "kyverno:restrict-sysctls",
        "gatekeeper:K8sPSPForbiddenSysctls",
    ],
    check: Workload(check),
}

static ALLOWED: Globs = Globs {
    name: "allowed",
    about: "Kernel parameters that the nodes allow besides the safe ones: net.core.somaxconn, net.ipv4.*",
    default: &[],
};

fn check<'m>(_: &Fleet<'m>, workload: &Workload<'m>, out: &mut Sink<'_>) {
    let list = workload.get("securityContext.sysctls");
    let allowed = out.globs(&ALLOWED);
    for (index, sysctl) in list.into_iter().flat_map(NodeRef::items).enumerate() {
        let name = sysctl.get("name").map_or("", NodeRef::str);
        if !SAFE.contains(&name) && !allowed.iter().any(|pattern| pattern.matches(name)) {
            out.value(
                workload.route("securityContext.sysctls").then(index).then("name"),
                format!(
                    "pods of {} set `{name}`, which is not one of the safe kernel parameters",
                    workload.title()
                ),
                "remove it: unless the nodes allow it, the kubelet refuses the pods",
            );
        }
    }
}

/// `k8s.io/pod-security-admission/policy/check_sysctls.go`.
const SAFE: &[&str] = &[
    "kernel.shm_rmid_forced",
    "net.ipv4.ip_local_port_range",
    "net.ipv4.ip_local_reserved_ports",
    "net.ipv4.ip_unprivileged_port_start",
    "net.ipv4.ping_group_range",
    "net.ipv4.tcp_fin_timeout",
    "net.ipv4.tcp_keepalive_intvl",
    "net.ipv4.tcp_keepalive_probes",
    "net.ipv4.tcp_keepalive_time",
    "net.ipv4.tcp_rmem",
    "net.ipv4.tcp_syncookies",
    "net.ipv4.tcp_wmem",
];
