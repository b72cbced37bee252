//! Names, labels, annotations and namespaces.

pub(crate) mod cluster_scoped_in_namespace;
pub(crate) mod deprecated_field;
pub(crate) mod dropped_field;
pub(crate) mod forbidden_annotation;
mod keys;
pub(crate) mod kube_system_namespace;
pub(crate) mod last_applied_in_manifest;
pub(crate) mod no_owner_for_replicaset;
pub(crate) mod recommended_labels;
pub(crate) mod required_annotation;
pub(crate) mod required_label;
pub(crate) mod template_leftovers;
pub(crate) mod use_namespace;
