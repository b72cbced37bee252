//! Pods and pod templates: `ValidatePodSpec` and `ValidatePodTemplateSpec` of pkg/apis/core/validation.
