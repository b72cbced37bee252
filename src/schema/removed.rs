//! Kinds that are served no longer: what became of them, and what has to change in a manifest.
//!
//! Which Kubernetes version dropped a kind is read off the bundle, by its presence. This table holds what no presence
//! tells: removals older than the bundle, the fields that changed with a version, and kinds of other projects.
//! Sources: the deprecation guide of Kubernetes, the `APILifecycle` markers of k8s.io/api, and the release notes of the
//! projects.

/// What is known of a kind that went away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Removed {
    /// Whose release dropped it: `Kubernetes`, `cert-manager`.
    pub project: &'static str,
    /// The first release without it; empty where the bundle knows.
    pub since: &'static str,
    /// What to use: an `apiVersion`, with a kind behind it if that changed too; empty if there is nothing.
    pub replacement: &'static str,
    /// What else has to change, as a sentence; empty if nothing.
    pub change: &'static str,
}

const SELECTOR: &str = "`spec.selector` is required and must match the labels of the pod template";
const INGRESS: &str = "every path needs `pathType` (`Prefix`, `Exact` or `ImplementationSpecific`), a backend is written \
                       `service: {name: …, port: {number: …}}` instead of `serviceName` and `servicePort`, and \
                       `spec.backend` is called `spec.defaultBackend`";
const WEBHOOK: &str = "every webhook needs `sideEffects` (`None` or `NoneOnDryRun`) and `admissionReviewVersions`; \
                       `failurePolicy` is `Fail` where it is not given";
const CRD: &str = "`spec.version` becomes `spec.versions[].name`, the schema moves to \
                   `spec.versions[].schema.openAPIV3Schema` and is required, `spec.scope` must be given";
const PSP: &str = "use Pod Security Admission: labels `pod-security.kubernetes.io/enforce` on the namespace";
const REQUESTS: &str = "in `devices.requests`, what describes the device moves below `exactly`";
const SHARES: &str = "`assuredConcurrencyShares` is called `nominalConcurrencyShares`";
const CERTIFICATE: &str = "`keyAlgorithm`, `keySize` and `keyEncoding` move below `privateKey`, `organization` to \
                           `subject.organizations`, `uriSANs` is called `uris` and `emailSANs` `emailAddresses`";
const CERTIFICATE_REQUEST: &str = "`csr` is called `request`";

/// `apiVersion`, kinds, project, first release without them, replacement, change.
type Row = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
);

const K8S: &str = "Kubernetes";
const ADMISSION: &str = "admissionregistration.k8s.io/v1";
const RBAC: &str = "rbac.authorization.k8s.io/v1";
const RBAC_KINDS: &str = "ClusterRole ClusterRoleBinding Role RoleBinding";
const FLOW: &str = "flowcontrol.apiserver.k8s.io/v1";
const FLOW_KINDS: &str = "FlowSchema PriorityLevelConfiguration";
const CM: &str = "cert-manager";
const CM_V1: &str = "cert-manager.io/v1";
const ACME_V1: &str = "acme.cert-manager.io/v1";
const HOOKS: &str = "MutatingWebhookConfiguration ValidatingWebhookConfiguration";

#[rustfmt::skip]
const TABLE: &[Row] = &[
    ("admissionregistration.k8s.io/v1beta1", HOOKS, K8S, "1.22", ADMISSION, WEBHOOK),
    ("apiextensions.k8s.io/v1beta1", "CustomResourceDefinition", K8S, "1.22", "apiextensions.k8s.io/v1", CRD),
    ("apiregistration.k8s.io/v1beta1", "APIService", K8S, "1.22", "apiregistration.k8s.io/v1", ""),
    ("apps/v1beta1", "Deployment StatefulSet", K8S, "1.16", "apps/v1", SELECTOR),
    ("apps/v1beta1", "ControllerRevision", K8S, "1.16", "apps/v1", ""),
    ("apps/v1beta2", "ControllerRevision DaemonSet Deployment ReplicaSet StatefulSet", K8S, "1.16", "apps/v1", ""),
    ("authentication.k8s.io/v1beta1", "TokenReview", K8S, "1.22", "authentication.k8s.io/v1", ""),
    ("authorization.k8s.io/v1beta1",
     "LocalSubjectAccessReview SelfSubjectAccessReview SelfSubjectRulesReview SubjectAccessReview",
     K8S, "1.22", "authorization.k8s.io/v1", ""),
    ("autoscaling/v2beta1", "HorizontalPodAutoscaler", K8S, "", "autoscaling/v2",
     "a metric's `targetAverageUtilization` becomes `target: {type: Utilization, averageUtilization: …}`"),
    ("certificates.k8s.io/v1beta1", "CertificateSigningRequest", K8S, "1.22", "certificates.k8s.io/v1",
     "`spec.signerName` and `spec.usages` are required"),
    ("coordination.k8s.io/v1beta1", "Lease", K8S, "1.22", "coordination.k8s.io/v1", ""),
    ("discovery.k8s.io/v1beta1", "EndpointSlice", K8S, "", "discovery.k8s.io/v1",
     "an endpoint's `topology` becomes `nodeName` and `zone`"),
    ("events.k8s.io/v1beta1", "Event", K8S, "", "events.k8s.io/v1",
     "`action`, `reason`, `reportingController`, `reportingInstance` and `type` are required"),
    ("extensions/v1beta1", "DaemonSet Deployment ReplicaSet", K8S, "1.16", "apps/v1", SELECTOR),
    ("extensions/v1beta1", "Ingress", K8S, "1.22", "networking.k8s.io/v1", INGRESS),
    ("extensions/v1beta1", "NetworkPolicy", K8S, "1.16", "networking.k8s.io/v1", ""),
    ("extensions/v1beta1", "PodSecurityPolicy", K8S, "1.16", "", PSP),
    ("flowcontrol.apiserver.k8s.io/v1alpha1", FLOW_KINDS, K8S, "1.21", FLOW, SHARES),
    ("flowcontrol.apiserver.k8s.io/v1beta1", FLOW_KINDS, K8S, "", FLOW, SHARES),
    ("flowcontrol.apiserver.k8s.io/v1beta2", FLOW_KINDS, K8S, "", FLOW, SHARES),
    ("networking.k8s.io/v1beta1", "Ingress", K8S, "1.22", "networking.k8s.io/v1", INGRESS),
    ("networking.k8s.io/v1beta1", "IngressClass", K8S, "1.22", "networking.k8s.io/v1", ""),
    ("policy/v1beta1", "PodDisruptionBudget", K8S, "", "policy/v1",
     "an empty `spec.selector` now selects every pod of the namespace"),
    ("policy/v1beta1", "PodSecurityPolicy", K8S, "", "", PSP),
    ("rbac.authorization.k8s.io/v1alpha1", RBAC_KINDS, K8S, "1.22", RBAC, ""),
    ("rbac.authorization.k8s.io/v1beta1", RBAC_KINDS, K8S, "1.22", RBAC, ""),
    ("resource.k8s.io/v1alpha3", "ResourceClaim ResourceClaimTemplate", K8S, "", "resource.k8s.io/v1", REQUESTS),
    ("resource.k8s.io/v1beta1", "ResourceClaim ResourceClaimTemplate", K8S, "", "resource.k8s.io/v1", REQUESTS),
    ("scheduling.k8s.io/v1alpha1", "PriorityClass", K8S, "1.22", "scheduling.k8s.io/v1", ""),
    ("scheduling.k8s.io/v1beta1", "PriorityClass", K8S, "1.22", "scheduling.k8s.io/v1", ""),
    ("storage.k8s.io/v1alpha1", "VolumeAttachment", K8S, "1.24", "storage.k8s.io/v1", ""),
    ("storage.k8s.io/v1beta1", "CSIDriver CSINode StorageClass VolumeAttachment", K8S, "1.22", "storage.k8s.io/v1", ""),

    ("certmanager.k8s.io/v1alpha1", "Certificate", CM, "0.11", CM_V1, CERTIFICATE),
    ("certmanager.k8s.io/v1alpha1", "CertificateRequest", CM, "0.11", CM_V1, CERTIFICATE_REQUEST),
    ("certmanager.k8s.io/v1alpha1", "ClusterIssuer Issuer", CM, "0.11", CM_V1, ""),
    ("certmanager.k8s.io/v1alpha1", "Challenge Order", CM, "0.11", ACME_V1, ""),
    ("audit.k8s.io/v1alpha1", "Event Policy", "kube-apiserver", "1.24", "audit.k8s.io/v1", ""),
    ("audit.k8s.io/v1beta1", "Event Policy", "kube-apiserver", "1.24", "audit.k8s.io/v1", ""),
    ("cert-manager.io/v1alpha2", "Certificate", CM, "1.6", CM_V1, CERTIFICATE),
    ("cert-manager.io/v1alpha3", "Certificate", CM, "1.6", CM_V1, CERTIFICATE),
    ("cert-manager.io/v1beta1", "Certificate", CM, "1.6", CM_V1,
     "`uriSANs` is called `uris` and `emailSANs` `emailAddresses`"),
    ("cert-manager.io/v1alpha2", "CertificateRequest", CM, "1.6", CM_V1, CERTIFICATE_REQUEST),
    ("cert-manager.io/v1alpha3", "CertificateRequest", CM, "1.6", CM_V1, CERTIFICATE_REQUEST),
    ("cert-manager.io/v1beta1", "CertificateRequest", CM, "1.6", CM_V1, ""),
    ("cert-manager.io/v1alpha2", "ClusterIssuer Issuer", CM, "1.6", CM_V1, ""),
    ("cert-manager.io/v1alpha3", "ClusterIssuer Issuer", CM, "1.6", CM_V1, ""),
    ("cert-manager.io/v1beta1", "ClusterIssuer Issuer", CM, "1.6", CM_V1, ""),
    ("acme.cert-manager.io/v1alpha2", "Challenge Order", CM, "1.6", ACME_V1, ""),
    ("acme.cert-manager.io/v1alpha3", "Challenge Order", CM, "1.6", ACME_V1, ""),
    ("acme.cert-manager.io/v1beta1", "Challenge Order", CM, "1.6", ACME_V1, ""),
    ("rbac.istio.io/v1alpha1", "ClusterRbacConfig RbacConfig ServiceRole ServiceRoleBinding", "Istio", "1.6",
     "security.istio.io/v1 AuthorizationPolicy", "roles, bindings and the mode are one policy for each workload"),
    ("authentication.istio.io/v1alpha1", "MeshPolicy Policy", "Istio", "1.6",
     "security.istio.io/v1 PeerAuthentication", "`origins` move to a RequestAuthentication"),
    ("gateway.networking.k8s.io/v1alpha2", "Gateway GatewayClass HTTPRoute", "Gateway API", "1.0",
     "gateway.networking.k8s.io/v1", ""),
    ("networking.x-k8s.io/v1alpha1", "Gateway GatewayClass HTTPRoute", "Gateway API", "0.5",
     "gateway.networking.k8s.io/v1", "routes name their gateways in `parentRefs`, not the other way round"),
    ("traefik.containo.us/v1alpha1",
     "IngressRoute IngressRouteTCP IngressRouteUDP Middleware MiddlewareTCP ServersTransport TLSOption TLSStore TraefikService",
     "Traefik", "3.0", "traefik.io/v1alpha1", ""),
    ("karpenter.sh/v1alpha5", "Provisioner", "Karpenter", "0.33", "karpenter.sh/v1 NodePool",
     "`requirements`, `labels` and `taints` move below `spec.template`"),
    ("karpenter.sh/v1beta1", "NodeClaim NodePool", "Karpenter", "1.1", "karpenter.sh/v1", ""),
    ("external-secrets.io/v1beta1", "ClusterExternalSecret ClusterSecretStore ExternalSecret SecretStore",
     "External Secrets Operator", "0.17", "external-secrets.io/v1", ""),
];

/// What is known of a kind, or of a list of its objects, that some release dropped.
pub fn find(api_version: &str, kind: &str) -> Option<Removed> {
    let kind = kind.strip_suffix("List").unwrap_or(kind);
    let (_, _, project, since, replacement, change) = TABLE
        .iter()
        .find(|(version, kinds, ..)| *version == api_version && kinds.split(' ').any(|one| one == kind))?;
    Some(Removed {
        project,
        since,
        replacement,
        change,
    })
}

impl Removed {
    /// Whether Kubernetes itself dropped it, so that every API server refuses it.
    pub fn is_builtin(&self) -> bool {
        self.project == K8S
    }

    /// What to do, in the imperative, with a replacement of the caller's where it knows a better one.
    pub(super) fn help(&self, replacement: &str) -> String {
        let use_it = match replacement.split_once(' ') {
            None => format!("use `apiVersion: {replacement}`"),
            Some((api_version, kind)) => format!("use {kind} of `apiVersion: {api_version}`"),
        };
        match (replacement, self.change) {
            ("", change) => change.to_owned(),
            (_, "") => use_it,
            (_, change) => format!("{use_it}; {change}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{TABLE, find};
    use crate::schema::Bundle;
    use crate::schema::bundle::Versions;

    #[test]
    fn what_is_removed_is_gone_and_what_replaces_it_is_there() {
        let bundle = Bundle::embedded();
        let newest = bundle.versions().next_back().map(|newest| bundle.only(newest));
        let newest = newest.expect("the bundle has versions");
        let present = |api_version: &str, kind: &str| {
            let (group, version) = api_version.rsplit_once('/').unwrap_or(("", api_version));
            bundle
                .kind(group, version, kind)
                .fold(Versions::NONE, |all, entry| all.or(entry.present))
        };
        for (api_version, kinds, project, since, replacement, change) in TABLE {
            for kind in kinds.split(' ') {
                let row = format!("{api_version} {kind}");
                let served = present(api_version, kind);
                if *project != "Kubernetes" {
                    assert!(
                        served.is_empty() && !since.is_empty() && !replacement.is_empty(),
                        "{row}"
                    );
                    continue;
                }
                // Old removals are in no embedded version; of others the bundle knows, so the table must not say.
                assert_eq!(served.is_empty(), !since.is_empty(), "{row}");
                assert!(
                    if replacement.is_empty() {
                        !change.is_empty()
                    } else {
                        !present(replacement, kind).and(newest).is_empty()
                    },
                    "{row}"
                );
            }
        }
    }

    #[test]
    fn every_kind_is_in_one_row() {
        for (number, (api_version, kinds, project, since, replacement, change)) in TABLE.iter().enumerate() {
            for kind in kinds.split(' ') {
                let found = find(api_version, kind).expect("the table's own kind");
                assert_eq!(
                    (found.project, found.since, found.replacement, found.change),
                    (*project, *since, *replacement, *change),
                    "row {number}: {api_version} {kind} is in an earlier row too"
                );
            }
        }
    }
}
