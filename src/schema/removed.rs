//! API versions that Kubernetes removed before the oldest embedded schema, and what became of them.
//!
//! Newer removals need no table: they show as presence in one bundled version and absence in the next. Source: the
//! deprecation guide of Kubernetes and the `removedIn` markers of k8s.io/api.

/// What became of a removed kind.
#[derive(Debug, Clone, Copy)]
pub struct Removed {
    /// The minor that no longer serves it.
    pub minor: u16,
    /// The `apiVersion` to use; empty if there is none.
    pub replacement: &'static str,
    /// What else has to change, as a sentence; empty if nothing.
    pub change: &'static str,
}

/// What a new selector needs.
const SELECTOR: &str = "`spec.selector` is now required and must match the labels of the pod template";
/// How an Ingress changed.
const INGRESS: &str = "every path needs `pathType` (`Prefix` or `Exact`), and a backend is written \
                       `service: {name: …, port: {number: …}}` instead of `serviceName` and `servicePort`";
/// How webhooks changed.
const WEBHOOK: &str = "`sideEffects` and `admissionReviewVersions` are now required for every webhook";
/// How a CustomResourceDefinition changed.
const CRD: &str = "the schema moves to `spec.versions[].schema.openAPIV3Schema` and is required";
/// What replaced PodSecurityPolicy.
const PSP: &str = "use Pod Security Admission: labels `pod-security.kubernetes.io/enforce` on the namespace";

type Row = (&'static str, &'static str, u16, &'static str, &'static str);

/// `apiVersion`, kind, removed in 1.x, replacement, change.
const TABLE: &[Row] = &[
    (
        "admissionregistration.k8s.io/v1alpha1",
        "ValidatingAdmissionPolicy",
        32,
        "admissionregistration.k8s.io/v1",
        "",
    ),
    (
        "admissionregistration.k8s.io/v1alpha1",
        "ValidatingAdmissionPolicyBinding",
        32,
        "admissionregistration.k8s.io/v1",
        "",
    ),
    (
        "admissionregistration.k8s.io/v1beta1",
        "MutatingWebhookConfiguration",
        22,
        "admissionregistration.k8s.io/v1",
        WEBHOOK,
    ),
    (
        "admissionregistration.k8s.io/v1beta1",
        "ValidatingAdmissionPolicy",
        34,
        "admissionregistration.k8s.io/v1",
        "",
    ),
    (
        "admissionregistration.k8s.io/v1beta1",
        "ValidatingAdmissionPolicyBinding",
        34,
        "admissionregistration.k8s.io/v1",
        "",
    ),
    (
        "admissionregistration.k8s.io/v1beta1",
        "ValidatingWebhookConfiguration",
        22,
        "admissionregistration.k8s.io/v1",
        WEBHOOK,
    ),
    (
        "apiextensions.k8s.io/v1beta1",
        "CustomResourceDefinition",
        22,
        "apiextensions.k8s.io/v1",
        CRD,
    ),
    (
        "apiregistration.k8s.io/v1beta1",
        "APIService",
        22,
        "apiregistration.k8s.io/v1",
        "",
    ),
    ("apps/v1beta1", "ControllerRevision", 16, "apps/v1", ""),
    ("apps/v1beta1", "Deployment", 16, "apps/v1", SELECTOR),
    ("apps/v1beta1", "StatefulSet", 16, "apps/v1", SELECTOR),
    ("apps/v1beta2", "ControllerRevision", 16, "apps/v1", ""),
    ("apps/v1beta2", "DaemonSet", 16, "apps/v1", ""),
    ("apps/v1beta2", "Deployment", 16, "apps/v1", ""),
    ("apps/v1beta2", "ReplicaSet", 16, "apps/v1", ""),
    ("apps/v1beta2", "StatefulSet", 16, "apps/v1", ""),
    (
        "authentication.k8s.io/v1beta1",
        "TokenReview",
        22,
        "authentication.k8s.io/v1",
        "",
    ),
    (
        "authorization.k8s.io/v1beta1",
        "LocalSubjectAccessReview",
        22,
        "authorization.k8s.io/v1",
        "",
    ),
    (
        "authorization.k8s.io/v1beta1",
        "SelfSubjectAccessReview",
        22,
        "authorization.k8s.io/v1",
        "",
    ),
    (
        "authorization.k8s.io/v1beta1",
        "SubjectAccessReview",
        22,
        "authorization.k8s.io/v1",
        "",
    ),
    (
        "autoscaling/v2beta1",
        "HorizontalPodAutoscaler",
        25,
        "autoscaling/v2",
        "a metric's `targetAverageUtilization` becomes `target: {type: Utilization, averageUtilization: …}`",
    ),
    (
        "autoscaling/v2beta2",
        "HorizontalPodAutoscaler",
        26,
        "autoscaling/v2",
        "",
    ),
    ("batch/v1beta1", "CronJob", 25, "batch/v1", ""),
    (
        "certificates.k8s.io/v1beta1",
        "CertificateSigningRequest",
        22,
        "certificates.k8s.io/v1",
        "`spec.signerName` and `spec.usages` are now required",
    ),
    (
        "coordination.k8s.io/v1beta1",
        "Lease",
        22,
        "coordination.k8s.io/v1",
        "",
    ),
    (
        "discovery.k8s.io/v1beta1",
        "EndpointSlice",
        25,
        "discovery.k8s.io/v1",
        "an endpoint's `topology` becomes `nodeName` and `zone`",
    ),
    ("events.k8s.io/v1beta1", "Event", 25, "events.k8s.io/v1", ""),
    ("extensions/v1beta1", "DaemonSet", 16, "apps/v1", SELECTOR),
    ("extensions/v1beta1", "Deployment", 16, "apps/v1", SELECTOR),
    (
        "extensions/v1beta1",
        "Ingress",
        22,
        "networking.k8s.io/v1",
        INGRESS,
    ),
    (
        "extensions/v1beta1",
        "NetworkPolicy",
        16,
        "networking.k8s.io/v1",
        "",
    ),
    ("extensions/v1beta1", "PodSecurityPolicy", 16, "", PSP),
    ("extensions/v1beta1", "ReplicaSet", 16, "apps/v1", SELECTOR),
    (
        "flowcontrol.apiserver.k8s.io/v1alpha1",
        "FlowSchema",
        21,
        "flowcontrol.apiserver.k8s.io/v1",
        "",
    ),
    (
        "flowcontrol.apiserver.k8s.io/v1alpha1",
        "PriorityLevelConfiguration",
        21,
        "flowcontrol.apiserver.k8s.io/v1",
        "",
    ),
    (
        "flowcontrol.apiserver.k8s.io/v1beta1",
        "FlowSchema",
        26,
        "flowcontrol.apiserver.k8s.io/v1",
        "",
    ),
    (
        "flowcontrol.apiserver.k8s.io/v1beta1",
        "PriorityLevelConfiguration",
        26,
        "flowcontrol.apiserver.k8s.io/v1",
        "",
    ),
    (
        "flowcontrol.apiserver.k8s.io/v1beta2",
        "FlowSchema",
        29,
        "flowcontrol.apiserver.k8s.io/v1",
        "",
    ),
    (
        "flowcontrol.apiserver.k8s.io/v1beta2",
        "PriorityLevelConfiguration",
        29,
        "flowcontrol.apiserver.k8s.io/v1",
        "",
    ),
    (
        "flowcontrol.apiserver.k8s.io/v1beta3",
        "FlowSchema",
        32,
        "flowcontrol.apiserver.k8s.io/v1",
        "",
    ),
    (
        "flowcontrol.apiserver.k8s.io/v1beta3",
        "PriorityLevelConfiguration",
        32,
        "flowcontrol.apiserver.k8s.io/v1",
        "",
    ),
    (
        "networking.k8s.io/v1beta1",
        "Ingress",
        22,
        "networking.k8s.io/v1",
        INGRESS,
    ),
    (
        "networking.k8s.io/v1beta1",
        "IngressClass",
        22,
        "networking.k8s.io/v1",
        "",
    ),
    ("node.k8s.io/v1beta1", "RuntimeClass", 25, "node.k8s.io/v1", ""),
    (
        "policy/v1beta1",
        "PodDisruptionBudget",
        25,
        "policy/v1",
        "an empty `spec.selector` now selects every pod of the namespace",
    ),
    ("policy/v1beta1", "PodSecurityPolicy", 25, "", PSP),
    (
        "rbac.authorization.k8s.io/v1alpha1",
        "ClusterRole",
        22,
        "rbac.authorization.k8s.io/v1",
        "",
    ),
    (
        "rbac.authorization.k8s.io/v1alpha1",
        "ClusterRoleBinding",
        22,
        "rbac.authorization.k8s.io/v1",
        "",
    ),
    (
        "rbac.authorization.k8s.io/v1alpha1",
        "Role",
        22,
        "rbac.authorization.k8s.io/v1",
        "",
    ),
    (
        "rbac.authorization.k8s.io/v1alpha1",
        "RoleBinding",
        22,
        "rbac.authorization.k8s.io/v1",
        "",
    ),
    (
        "rbac.authorization.k8s.io/v1beta1",
        "ClusterRole",
        22,
        "rbac.authorization.k8s.io/v1",
        "",
    ),
    (
        "rbac.authorization.k8s.io/v1beta1",
        "ClusterRoleBinding",
        22,
        "rbac.authorization.k8s.io/v1",
        "",
    ),
    (
        "rbac.authorization.k8s.io/v1beta1",
        "Role",
        22,
        "rbac.authorization.k8s.io/v1",
        "",
    ),
    (
        "rbac.authorization.k8s.io/v1beta1",
        "RoleBinding",
        22,
        "rbac.authorization.k8s.io/v1",
        "",
    ),
    (
        "scheduling.k8s.io/v1alpha1",
        "PriorityClass",
        22,
        "scheduling.k8s.io/v1",
        "",
    ),
    (
        "scheduling.k8s.io/v1beta1",
        "PriorityClass",
        22,
        "scheduling.k8s.io/v1",
        "",
    ),
    ("storage.k8s.io/v1beta1", "CSIDriver", 22, "storage.k8s.io/v1", ""),
    ("storage.k8s.io/v1beta1", "CSINode", 22, "storage.k8s.io/v1", ""),
    (
        "storage.k8s.io/v1beta1",
        "CSIStorageCapacity",
        27,
        "storage.k8s.io/v1",
        "",
    ),
    (
        "storage.k8s.io/v1beta1",
        "StorageClass",
        22,
        "storage.k8s.io/v1",
        "",
    ),
    (
        "storage.k8s.io/v1beta1",
        "VolumeAttachment",
        22,
        "storage.k8s.io/v1",
        "",
    ),
];

/// What became of a kind, if Kubernetes served it once and removed it.
pub fn find(api_version: &str, kind: &str) -> Option<Removed> {
    let (_, _, minor, replacement, change) = TABLE
        .iter()
        .find(|(row_version, row_kind, ..)| *row_version == api_version && *row_kind == kind)?;
    Some(Removed {
        minor: *minor,
        replacement,
        change,
    })
}

#[cfg(test)]
mod tests {
    use super::TABLE;
    use crate::schema::Bundle;

    #[test]
    fn what_is_removed_is_gone_and_what_replaces_it_is_there() {
        let bundle = Bundle::embedded();
        for (api_version, kind, _, replacement, change) in TABLE {
            let served = |api_version: &str| {
                let (group, version) = api_version.rsplit_once('/').unwrap_or(("", api_version));
                bundle.kind(group, version, kind).next().is_some()
            };
            assert!(!served(api_version), "{api_version} {kind}");
            assert!(
                if replacement.is_empty() {
                    !change.is_empty()
                } else {
                    served(replacement)
                },
                "{api_version} {kind}"
            );
        }
    }
}
