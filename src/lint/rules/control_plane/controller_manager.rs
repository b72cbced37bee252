//! The controller manager.

use super::flags::{Want, flag_rules};

flag_rules! {
    program: "kube-controller-manager",
    {
        name: "controller-manager-bind-address",
        severity: Info,
        presets: [Security],
        peers: ["checkov:CKV_K8S_113", "trivy:KCV-0039"],
        flags: ["bind-address"],
        want: Want::Is("127.0.0.1"),
        settled_by: [],
        otherwise: "it listens on all addresses of its node",
    }
    {
        name: "controller-manager-gc-threshold",
        severity: Info,
        presets: [],
        peers: ["checkov:CKV_K8S_106", "trivy:KCV-0033"],
        flags: ["terminated-pod-gc-threshold"],
        want: Want::Set,
        settled_by: [],
        otherwise: "12,500 finished pods are kept before the first is removed",
    }
    {
        name: "controller-manager-profiling",
        severity: Info,
        presets: [Security],
        peers: ["checkov:CKV_K8S_107", "trivy:KCV-0034"],
        flags: ["profiling"],
        want: Want::Is("false"),
        settled_by: [],
        otherwise: "its profiles under `/debug/pprof` show what it works on",
    }
    {
        name: "controller-manager-root-ca",
        severity: Warning,
        presets: [Security],
        peers: ["checkov:CKV_K8S_111", "trivy:KCV-0037"],
        flags: ["root-ca-file"],
        want: Want::Set,
        settled_by: [],
        otherwise: "pods cannot check who the API server is",
    }
    {
        name: "controller-manager-rotate-kubelet-cert",
        severity: Warning,
        presets: [Security],
        peers: ["checkov:CKV_K8S_112", "trivy:KCV-0038"],
        flags: ["feature-gates"],
        want: Want::ListsNone("RotateKubeletServerCertificate=false"),
        settled_by: [],
        otherwise: "serving certificates of kubelets are not renewed",
    }
    {
        name: "controller-manager-sa-credentials",
        severity: Warning,
        presets: [Security],
        peers: ["checkov:CKV_K8S_108", "trivy:KCV-0035", "trivy:KCV-0135"],
        flags: ["use-service-account-credentials"],
        want: Want::Is("true"),
        settled_by: [],
        otherwise: "every controller has the rights of all others",
    }
    {
        name: "controller-manager-sa-key",
        severity: Info,
        presets: [Security],
        peers: ["checkov:CKV_K8S_110", "trivy:KCV-0036"],
        flags: ["service-account-private-key-file"],
        want: Want::Set,
        settled_by: [],
        otherwise: "it makes no tokens for service accounts",
    }
}
