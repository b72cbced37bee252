//! Autoscalers.

pub(crate) mod duplicate_hpa;
pub(crate) mod hpa_min_equals_max;
pub(crate) mod hpa_minimum_three_replicas;
pub(crate) mod hpa_missing_min_replicas;
pub(crate) mod hpa_single_replica;
pub(crate) mod hpa_target_zero_replicas;
pub(crate) mod hpa_vpa_conflict;
pub(crate) mod hpa_without_requests;
pub(crate) mod vpa_target;
