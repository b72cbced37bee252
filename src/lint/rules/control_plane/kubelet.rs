//! The kubelet, where it runs in a container.

use super::flags::{STRONG_CIPHERS, Want, flag_rules};

flag_rules! {
    program: "kubelet",
    {
        name: "kubelet-anonymous-auth",
        severity: Error,
        presets: [Security],
        peers: ["checkov:CKV_K8S_138", "trivy:KCV-0079"],
        flags: ["anonymous-auth"],
        want: Want::Is("false"),
        settled_by: ["config"],
        otherwise: "whoever reaches the node may ask for logs and run commands in its pods",
    }
    {
        name: "kubelet-authorization-mode",
        severity: Error,
        presets: [Security],
        peers: ["checkov:CKV_K8S_139", "trivy:KCV-0080"],
        flags: ["authorization-mode"],
        want: Want::ListsNone("AlwaysAllow"),
        settled_by: [],
        otherwise: "everybody with a certificate may run commands in its pods",
    }
    {
        name: "kubelet-client-ca",
        severity: Warning,
        presets: [Security],
        peers: ["checkov:CKV_K8S_140", "trivy:KCV-0081"],
        flags: ["client-ca-file"],
        want: Want::Set,
        settled_by: ["config"],
        otherwise: "it cannot tell the API server from others",
    }
    {
        name: "kubelet-event-qps",
        severity: Info,
        presets: [],
        peers: ["checkov:CKV_K8S_147", "trivy:KCV-0087"],
        flags: ["event-qps"],
        want: Want::Set,
        settled_by: ["config"],
        otherwise: "a node in trouble drops events above the default rate",
    }
    {
        name: "kubelet-hostname-override",
        severity: Info,
        presets: [],
        peers: ["checkov:CKV_K8S_146", "trivy:KCV-0086"],
        flags: ["hostname-override"],
        want: Want::Unset,
        settled_by: [],
        otherwise: "its name no longer follows from the node, and certificates for the node's name do not fit",
    }
    {
        name: "kubelet-iptables-chains",
        severity: Info,
        presets: [Security],
        peers: ["checkov:CKV_K8S_145", "trivy:KCV-0084"],
        flags: ["make-iptables-util-chains"],
        want: Want::IsNot("false"),
        settled_by: [],
        otherwise: "the rules that pods' networks expect may be missing",
    }
    {
        name: "kubelet-protect-kernel-defaults",
        severity: Info,
        presets: [],
        peers: ["checkov:CKV_K8S_144", "trivy:KCV-0083"],
        flags: ["protect-kernel-defaults"],
        want: Want::Is("true"),
        settled_by: ["config"],
        otherwise: "it changes kernel settings of the node that differ from what it expects",
    }
    {
        name: "kubelet-read-only-port",
        severity: Warning,
        presets: [Security],
        peers: ["checkov:CKV_K8S_141", "trivy:KCV-0082"],
        flags: ["read-only-port"],
        want: Want::Is("0"),
        settled_by: ["config"],
        otherwise: "port 10255 tells everybody about the pods of the node, without credentials",
    }
    {
        name: "kubelet-rotate-certificates",
        severity: Warning,
        presets: [Security],
        peers: ["checkov:CKV_K8S_149", "trivy:KCV-0090"],
        flags: ["rotate-certificates"],
        want: Want::IsNot("false"),
        settled_by: [],
        otherwise: "the node leaves the cluster on the day its certificate ends",
    }
    {
        name: "kubelet-streaming-timeout",
        severity: Info,
        presets: [Security],
        peers: ["checkov:CKV_K8S_143", "trivy:KCV-0085"],
        flags: ["streaming-connection-idle-timeout"],
        want: Want::IsNot("0"),
        settled_by: [],
        otherwise: "sessions of `exec` and port forwarding stay open forever",
    }
    {
        name: "kubelet-strong-ciphers",
        severity: Warning,
        presets: [Security],
        peers: ["checkov:CKV_K8S_151", "trivy:KCV-0092"],
        flags: ["tls-cipher-suites"],
        want: Want::Only(STRONG_CIPHERS),
        settled_by: [],
        otherwise: "it accepts a cipher suite that is too weak or has no forward secrecy",
    }
    {
        name: "kubelet-tls-cert",
        severity: Info,
        presets: [Security],
        peers: ["checkov:CKV_K8S_148", "trivy:KCV-0088", "trivy:KCV-0089"],
        flags: ["tls-cert-file", "tls-private-key-file"],
        want: Want::Set,
        settled_by: ["config"],
        otherwise: "the API server cannot check the certificate it made itself",
    }
}
