use crate::lint::prelude::*;

rule! {
    name: "cluster-scoped-in-namespace",
    group: Metadata,
    severity: Info,
    presets: [Recommended],
    peers: [],
    fix: Safe,
    check: Object(check),
}

fn check<'m>(_: &Fleet<'m>, manifest: &'m Manifest, out: &mut Sink<'_>) {
    if manifest.id.namespace.is_some() && CLUSTER_SCOPED.contains(&manifest.id.group_kind()) {
        out.key(
            manifest.route("metadata.namespace"),
            format!(
                "{} `{}` is of the whole cluster and names a namespace",
                manifest.id.kind, manifest.id.name
            ),
            "remove `metadata.namespace`",
        );
        out.mend(Fix::safe(Edit::Remove(manifest.route("metadata.namespace"))));
    }
}

const CLUSTER_SCOPED: &[crate::manifest::GroupKind<'static>] = &[
    ("", "Namespace"),
    ("", "Node"),
    ("", "PersistentVolume"),
    ("admissionregistration.k8s.io", "MutatingWebhookConfiguration"),
    ("admissionregistration.k8s.io", "ValidatingAdmissionPolicy"),
    ("admissionregistration.k8s.io", "ValidatingAdmissionPolicyBinding"),
    ("admissionregistration.k8s.io", "ValidatingWebhookConfiguration"),
    ("apiextensions.k8s.io", "CustomResourceDefinition"),
    ("apiregistration.k8s.io", "APIService"),
    ("networking.k8s.io", "IngressClass"),
    ("node.k8s.io", "RuntimeClass"),
    ("rbac.authorization.k8s.io", "ClusterRole"),
    ("rbac.authorization.k8s.io", "ClusterRoleBinding"),
    ("scheduling.k8s.io", "PriorityClass"),
    ("storage.k8s.io", "CSIDriver"),
    ("storage.k8s.io", "StorageClass"),
];
