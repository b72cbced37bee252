//! Names of other objects, and keys in them.

pub(crate) mod configmap_key_not_file;
pub(crate) mod crd_after_cr;
pub(crate) mod dangling_class;
pub(crate) mod dangling_configmap_or_secret_ref;
pub(crate) mod dangling_horizontalpodautoscaler;
pub(crate) mod dangling_httproute;
pub(crate) mod dangling_ingress;
pub(crate) mod dangling_networkpolicy;
pub(crate) mod dangling_networkpolicypeer_podselector;
pub(crate) mod dangling_pdb;
pub(crate) mod dangling_pvc_ref;
pub(crate) mod dangling_rolebinding;
pub(crate) mod dangling_servicemonitor;
pub(crate) mod env_value_from;
mod keyed;
pub(crate) mod non_existent_service_account;
pub(crate) mod secret_restricted_use;
mod selecting;
pub(crate) mod statefulset_servicename;
pub(crate) mod unused_object;
pub(crate) mod unused_volume;
pub(crate) mod webhook_service_missing;
