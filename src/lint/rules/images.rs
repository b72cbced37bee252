//! Image references.

pub(crate) mod deprecated_registry;
pub(crate) mod image_digest;
pub(crate) mod image_pull_policy;
pub(crate) mod image_pull_secrets_required;
pub(crate) mod image_tag_expected;
pub(crate) mod image_whitespace;
pub(crate) mod invalid_image_reference;
pub(crate) mod kubernetes_dashboard;
pub(crate) mod latest_tag;
pub(crate) mod missing_image;
pub(crate) mod not_always_pulled;
pub(crate) mod tiller_deployed;
pub(crate) mod untrusted_registry;
