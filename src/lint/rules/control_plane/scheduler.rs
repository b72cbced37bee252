//! The scheduler.

use super::flags::{Want, flag_rules};

flag_rules! {
    program: "kube-scheduler",
    {
        name: "scheduler-bind-address",
        severity: Info,
        presets: [Security],
        peers: ["checkov:CKV_K8S_115", "trivy:KCV-0041"],
        flags: ["bind-address"],
        want: Want::Is("127.0.0.1"),
        settled_by: [],
        otherwise: "it listens on all addresses of its node",
    }
    {
        name: "scheduler-profiling",
        severity: Info,
        presets: [Security],
        peers: ["checkov:CKV_K8S_114", "trivy:KCV-0040"],
        flags: ["profiling"],
        want: Want::Is("false"),
        settled_by: ["config"],
        otherwise: "its profiles under `/debug/pprof` show what it works on",
    }
}
