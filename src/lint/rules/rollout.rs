//! Update strategies and their arithmetic.

mod budget;
pub(crate) mod deployment_rwo_rollout_deadlock;
pub(crate) mod hpa_conflicts_replicas;
pub(crate) mod missing_pdb;
pub(crate) mod multiple_pdb;
pub(crate) mod no_rolling_update_strategy;
pub(crate) mod paused_deployment;
pub(crate) mod pdb_max_unavailable;
pub(crate) mod pdb_min_available;
pub(crate) mod pdb_no_policy;
pub(crate) mod pdb_too_strict;
pub(crate) mod pdb_unhealthy_pod_eviction_policy;
pub(crate) mod progress_deadline;
pub(crate) mod recreate_behind_service;
pub(crate) mod revision_history_zero;
pub(crate) mod rollout_stalls;
pub(crate) mod selector_label_churn;
pub(crate) mod statefulset_claim_label_churn;
pub(crate) mod statefulset_partition;
pub(crate) mod surge_exceeds_quota;
pub(crate) mod update_configuration;
