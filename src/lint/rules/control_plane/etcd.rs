//! etcd.

use super::flags::{Want, flag_rules};

flag_rules! {
    program: "etcd",
    {
        name: "etcd-auto-tls",
        severity: Warning,
        presets: [Security],
        peers: ["checkov:CKV_K8S_118", "trivy:KCV-0044"],
        flags: ["auto-tls"],
        want: Want::IsNot("true"),
        settled_by: [],
        otherwise: "clients cannot check the certificate it made itself",
    }
    {
        name: "etcd-cert",
        severity: Warning,
        presets: [Security],
        peers: ["checkov:CKV_K8S_116", "trivy:KCV-0042"],
        flags: ["cert-file", "key-file"],
        want: Want::Set,
        settled_by: ["config-file"],
        otherwise: "every object of the cluster crosses the network in plain text",
    }
    {
        name: "etcd-client-cert-auth",
        severity: Error,
        presets: [Security],
        peers: ["checkov:CKV_K8S_117", "trivy:KCV-0043"],
        flags: ["client-cert-auth"],
        want: Want::Is("true"),
        settled_by: ["config-file"],
        otherwise: "whoever reaches its port reads and writes every object",
    }
    {
        name: "etcd-peer-auto-tls",
        severity: Warning,
        presets: [Security],
        peers: ["trivy:KCV-0047"],
        flags: ["peer-auto-tls"],
        want: Want::IsNot("true"),
        settled_by: [],
        otherwise: "members cannot check each other's certificates",
    }
    {
        name: "etcd-peer-cert",
        severity: Warning,
        presets: [Security],
        peers: ["checkov:CKV_K8S_119", "trivy:KCV-0045"],
        flags: ["peer-cert-file", "peer-key-file"],
        want: Want::Set,
        settled_by: ["config-file"],
        otherwise: "members send each other every object in plain text",
    }
    {
        name: "etcd-peer-client-cert-auth",
        severity: Warning,
        presets: [Security],
        peers: ["checkov:CKV_K8S_121", "trivy:KCV-0046"],
        flags: ["peer-client-cert-auth"],
        want: Want::Is("true"),
        settled_by: ["config-file"],
        otherwise: "whoever reaches the peer port may join and receive every object",
    }
}
