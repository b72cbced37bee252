//! Fields that the OpenAPI documents call required although the API server accepts objects without them: the Go
//! field's zero value passes, or defaulting fills it in.
//!
//! Written from what is known of `pkg/apis/*/validation` and `pkg/apis/*/*/defaults.go` of k8s.io/kubernetes, and from
//! where the documents of 1.36 and 1.37 disagree; not yet compared with a running server.

/// Definition (without its leading `io.k8s.`) and field.
const NOT_ENFORCED: &[(&str, &str)] = &[
    ("api.apps.v1.ControllerRevision", "revision"),
    ("api.apiserverinternal.v1alpha1.StorageVersion", "metadata"),
    ("api.apiserverinternal.v1alpha1.StorageVersion", "spec"),
    ("api.apiserverinternal.v1alpha1.StorageVersion", "status"),
    ("api.core.v1.Event", "metadata"),
    ("api.core.v1.Event", "involvedObject"),
    ("api.core.v1.HTTPHeader", "value"),
    ("api.core.v1.ISCSIPersistentVolumeSource", "lun"),
    ("api.core.v1.ISCSIVolumeSource", "lun"),
    ("api.core.v1.LimitRangeSpec", "limits"),
    ("api.core.v1.PreferredSchedulingTerm", "preference"),
    ("api.core.v1.SleepAction", "seconds"),
    ("api.core.v1.Sysctl", "value"),
    ("api.resource.v1.DeviceClass", "spec"),
    ("api.resource.v1.ResourceClaim", "spec"),
    ("api.resource.v1.ResourceClaimTemplate", "spec"),
    ("api.resource.v1.ResourceClaimTemplateSpec", "spec"),
    ("api.resource.v1beta1.DeviceClass", "spec"),
    ("api.resource.v1beta1.ResourceClaim", "spec"),
    ("api.resource.v1beta1.ResourceClaimTemplate", "spec"),
    ("api.resource.v1beta1.ResourceClaimTemplateSpec", "spec"),
    ("api.resource.v1beta2.DeviceClass", "spec"),
    ("api.resource.v1beta2.ResourceClaim", "spec"),
    ("api.resource.v1beta2.ResourceClaimTemplate", "spec"),
    ("api.resource.v1beta2.ResourceClaimTemplateSpec", "spec"),
    ("api.resource.v1alpha3.ResourcePoolStatusRequest", "metadata"),
    ("api.storage.v1.CSIDriver", "spec"),
    ("api.storage.v1.CSINode", "spec"),
    ("api.storage.v1.CSINodeSpec", "drivers"),
    (
        "apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinitionVersion",
        "served",
    ),
    (
        "apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinitionVersion",
        "storage",
    ),
];

/// Whether the server lets the field be missing.
pub(crate) fn is_lenient(definition: &str, field: &str) -> bool {
    let definition = definition.strip_prefix("io.k8s.").unwrap_or(definition);
    NOT_ENFORCED.contains(&(definition, field))
}
