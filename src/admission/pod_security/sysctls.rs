//! `sysctls`: settings of the kernel that are not the pod's own.

use super::Level;
use super::check::{Check, Pod, Violation};

pub(super) static CHECK: Check = Check {
    id: "sysctls",
    level: Level::Baseline,
    since: 0,
    replaces: None,
    help: "leave it out; see which ones are safe at https://kubernetes.io/docs/concepts/security/pod-security-standards/",
    run,
};

/// The safe ones, each with the first version of the standard that takes it.
const SAFE: &[(&str, u16)] = &[
    ("kernel.shm_rmid_forced", 0),
    ("net.ipv4.ip_local_port_range", 0),
    ("net.ipv4.tcp_syncookies", 0),
    ("net.ipv4.ping_group_range", 0),
    ("net.ipv4.ip_unprivileged_port_start", 0),
    ("net.ipv4.ip_local_reserved_ports", 27),
    ("net.ipv4.tcp_keepalive_time", 29),
    ("net.ipv4.tcp_fin_timeout", 29),
    ("net.ipv4.tcp_keepalive_intvl", 29),
    ("net.ipv4.tcp_keepalive_probes", 29),
    ("net.ipv4.tcp_rmem", 32),
    ("net.ipv4.tcp_wmem", 32),
    ("net.ipv4.tcp_slow_start_after_idle", 37),
    ("net.ipv4.tcp_notsent_lowat", 37),
];

fn run(pod: &Pod<'_, '_>, minor: u16) -> Option<Violation> {
    let (mut forbidden, mut places) = (Vec::new(), Vec::new());
    for sysctl in pod.spec.get("securityContext").get("sysctls").items() {
        let name = sysctl.get("name");
        let is_safe = SAFE
            .iter()
            .any(|(safe, since)| *safe == name.str() && *since <= minor);
        if !is_safe {
            forbidden.push(name.str());
            places.push(name.route());
        }
    }
    Violation::at(places, "forbidden sysctls", || forbidden.join(", "))
}
