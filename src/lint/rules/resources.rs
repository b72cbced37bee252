//! Requests and limits.

pub(crate) mod cpu_limit_set;
pub(crate) mod ephemeral_storage_mismatch;
pub(crate) mod ephemeral_storage_unset;
pub(crate) mod heap_exceeds_memory;
mod requests;
pub(crate) mod requests_equal_limits;
pub(crate) mod resource_maximum;
pub(crate) mod resource_ratio;
pub(crate) mod suspicious_quantity;
pub(crate) mod unset_cpu_limit;
pub(crate) mod unset_cpu_requirements;
pub(crate) mod unset_memory_limit;
pub(crate) mod unset_memory_requirements;
pub(crate) mod unset_requests;
