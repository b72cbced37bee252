//! The API server.

use super::flags::{STRONG_CIPHERS, Want, flag_rules};

flag_rules! {
    program: "kube-apiserver",
    {
        name: "apiserver-always-admit",
        severity: Warning,
        presets: [Security],
        peers: ["checkov:CKV_K8S_79", "trivy:KCV-0011"],
        flags: ["enable-admission-plugins"],
        want: Want::ListsNone("AlwaysAdmit"),
        settled_by: [],
        otherwise: "the plugin is deprecated and looks at nothing",
    }
    {
        name: "apiserver-always-pull-images",
        severity: Info,
        presets: [],
        peers: ["checkov:CKV_K8S_80", "trivy:KCV-0012"],
        flags: ["enable-admission-plugins"],
        want: Want::Lists("AlwaysPullImages"),
        settled_by: [],
        otherwise: "a pod may use a private image that another pod's credentials pulled",
    }
    {
        name: "apiserver-anonymous-auth",
        severity: Warning,
        presets: [Security],
        peers: ["checkov:CKV_K8S_68", "trivy:KCV-0001"],
        flags: ["anonymous-auth"],
        want: Want::Is("false"),
        settled_by: ["authentication-config"],
        otherwise: "it answers requests that carry no credentials",
    }
    {
        name: "apiserver-audit-log-maxage",
        severity: Info,
        presets: [],
        peers: ["checkov:CKV_K8S_92", "trivy:KCV-0020"],
        flags: ["audit-log-maxage"],
        want: Want::AtLeast(30),
        settled_by: ["audit-webhook-config-file"],
        otherwise: "the CIS benchmark asks for at least 30 days",
    }
    {
        name: "apiserver-audit-log-maxbackup",
        severity: Info,
        presets: [],
        peers: ["checkov:CKV_K8S_93", "trivy:KCV-0021"],
        flags: ["audit-log-maxbackup"],
        want: Want::AtLeast(10),
        settled_by: ["audit-webhook-config-file"],
        otherwise: "the CIS benchmark asks for at least 10 old files",
    }
    {
        name: "apiserver-audit-log-maxsize",
        severity: Info,
        presets: [],
        peers: ["checkov:CKV_K8S_94", "trivy:KCV-0022"],
        flags: ["audit-log-maxsize"],
        want: Want::AtLeast(100),
        settled_by: ["audit-webhook-config-file"],
        otherwise: "the CIS benchmark asks for at least 100 megabytes a file",
    }
    {
        name: "apiserver-audit-log-path",
        severity: Warning,
        presets: [Security],
        peers: ["checkov:CKV_K8S_91", "trivy:KCV-0019"],
        flags: ["audit-log-path"],
        want: Want::Set,
        settled_by: ["audit-webhook-config-file"],
        otherwise: "nothing tells afterwards who did what",
    }
    {
        name: "apiserver-authorization-always-allow",
        severity: Error,
        presets: [Security],
        peers: ["checkov:CKV_K8S_74", "trivy:KCV-0007"],
        flags: ["authorization-mode"],
        want: Want::ListsNone("AlwaysAllow"),
        settled_by: [],
        otherwise: "everybody who can log in may do everything",
    }
    {
        name: "apiserver-authorization-node",
        severity: Warning,
        presets: [Security],
        peers: ["checkov:CKV_K8S_75", "trivy:KCV-0008"],
        flags: ["authorization-mode"],
        want: Want::Lists("Node"),
        settled_by: ["authorization-config"],
        otherwise: "a kubelet may read what is meant for the pods of other nodes",
    }
    {
        name: "apiserver-authorization-rbac",
        severity: Warning,
        presets: [Security],
        peers: ["checkov:CKV_K8S_77", "trivy:KCV-0009"],
        flags: ["authorization-mode"],
        want: Want::Lists("RBAC"),
        settled_by: ["authorization-config"],
        otherwise: "roles and bindings have no effect",
    }
    {
        name: "apiserver-client-ca-file",
        severity: Warning,
        presets: [Security],
        peers: ["trivy:KCV-0028"],
        flags: ["client-ca-file"],
        want: Want::Set,
        settled_by: ["authentication-config"],
        otherwise: "no client certificate is accepted, so kubelets and controllers need other credentials",
    }
    {
        name: "apiserver-deny-external-ips",
        severity: Info,
        presets: [],
        peers: ["trivy:KCV-0003"],
        flags: ["enable-admission-plugins"],
        want: Want::Lists("DenyServiceExternalIPs"),
        settled_by: [],
        otherwise: "who may create a Service may take over the traffic of any address (CVE-2020-8554)",
    }
    {
        name: "apiserver-encryption-provider",
        severity: Info,
        presets: [Security],
        peers: ["checkov:CKV_K8S_104", "trivy:KCV-0030"],
        flags: ["encryption-provider-config"],
        want: Want::Set,
        settled_by: [],
        otherwise: "Secrets lie in etcd and in its backups in plain text",
    }
    {
        name: "apiserver-etcd-cafile",
        severity: Warning,
        presets: [Security],
        peers: ["checkov:CKV_K8S_102", "trivy:KCV-0029"],
        flags: ["etcd-cafile"],
        want: Want::Set,
        settled_by: [],
        otherwise: "it sends every object to whatever answers as etcd",
    }
    {
        name: "apiserver-etcd-cert",
        severity: Warning,
        presets: [Security],
        peers: ["checkov:CKV_K8S_99", "trivy:KCV-0026"],
        flags: ["etcd-certfile", "etcd-keyfile"],
        want: Want::Set,
        settled_by: [],
        otherwise: "etcd must answer everybody who reaches it",
    }
    {
        name: "apiserver-event-rate-limit",
        severity: Info,
        presets: [],
        peers: ["checkov:CKV_K8S_78", "trivy:KCV-0010"],
        flags: ["enable-admission-plugins"],
        want: Want::Lists("EventRateLimit"),
        settled_by: [],
        otherwise: "one client can fill etcd with events",
    }
    {
        name: "apiserver-kubelet-ca",
        severity: Warning,
        presets: [Security],
        peers: ["checkov:CKV_K8S_73", "trivy:KCV-0006"],
        flags: ["kubelet-certificate-authority"],
        want: Want::Set,
        settled_by: [],
        otherwise: "it takes any certificate for that of a kubelet",
    }
    {
        name: "apiserver-kubelet-client-cert",
        severity: Warning,
        presets: [Security],
        peers: ["checkov:CKV_K8S_72", "trivy:KCV-0005"],
        flags: ["kubelet-client-certificate", "kubelet-client-key"],
        want: Want::Set,
        settled_by: [],
        otherwise: "kubelets cannot tell its requests from those of others",
    }
    {
        name: "apiserver-namespace-lifecycle",
        severity: Warning,
        presets: [Security],
        peers: ["checkov:CKV_K8S_83", "trivy:KCV-0015"],
        flags: ["disable-admission-plugins"],
        want: Want::ListsNone("NamespaceLifecycle"),
        settled_by: [],
        otherwise: "objects appear in namespaces that are being deleted or do not exist",
    }
    {
        name: "apiserver-node-restriction",
        severity: Warning,
        presets: [Security],
        peers: ["checkov:CKV_K8S_85", "trivy:KCV-0016"],
        flags: ["enable-admission-plugins"],
        want: Want::Lists("NodeRestriction"),
        settled_by: [],
        otherwise: "a kubelet may change the labels of all nodes and the pods on them",
    }
    {
        name: "apiserver-profiling",
        severity: Info,
        presets: [Security],
        peers: ["checkov:CKV_K8S_90", "trivy:KCV-0018"],
        flags: ["profiling"],
        want: Want::Is("false"),
        settled_by: [],
        otherwise: "its profiles under `/debug/pprof` show what it works on",
    }
    {
        name: "apiserver-secure-port",
        severity: Error,
        presets: [Security],
        peers: ["checkov:CKV_K8S_89", "trivy:KCV-0017"],
        flags: ["secure-port"],
        want: Want::IsNot("0"),
        settled_by: [],
        otherwise: "it does not serve TLS at all",
    }
    {
        name: "apiserver-service-account-key-file",
        severity: Info,
        presets: [Security],
        peers: ["checkov:CKV_K8S_97", "trivy:KCV-0025"],
        flags: ["service-account-key-file"],
        want: Want::Set,
        settled_by: [],
        otherwise: "tokens are checked with the key of its own TLS certificate, which cannot be changed without breaking all of them",
    }
    {
        name: "apiserver-service-account-lookup",
        severity: Warning,
        presets: [Security],
        peers: ["checkov:CKV_K8S_96", "trivy:KCV-0024"],
        flags: ["service-account-lookup"],
        want: Want::IsNot("false"),
        settled_by: [],
        otherwise: "tokens of deleted service accounts stay valid",
    }
    {
        name: "apiserver-service-account-plugin",
        severity: Warning,
        presets: [Security],
        peers: ["checkov:CKV_K8S_82", "trivy:KCV-0014"],
        flags: ["disable-admission-plugins"],
        want: Want::ListsNone("ServiceAccount"),
        settled_by: [],
        otherwise: "pods without an account get no token, and may name accounts that are not there",
    }
    {
        name: "apiserver-strong-ciphers",
        severity: Warning,
        presets: [Security],
        peers: ["checkov:CKV_K8S_105"],
        flags: ["tls-cipher-suites"],
        want: Want::Only(STRONG_CIPHERS),
        settled_by: [],
        otherwise: "it accepts a cipher suite that is too weak or has no forward secrecy",
    }
    {
        name: "apiserver-tls-cert",
        severity: Warning,
        presets: [Security],
        peers: ["checkov:CKV_K8S_100", "trivy:KCV-0027"],
        flags: ["tls-cert-file", "tls-private-key-file"],
        want: Want::Set,
        settled_by: [],
        otherwise: "it makes a certificate that no client can check",
    }
    {
        name: "apiserver-token-auth-file",
        severity: Warning,
        presets: [Security],
        peers: ["checkov:CKV_K8S_70", "trivy:KCV-0002"],
        flags: ["token-auth-file"],
        want: Want::Unset,
        settled_by: [],
        otherwise: "the tokens of that file never expire, and lie there in plain text",
    }
}
