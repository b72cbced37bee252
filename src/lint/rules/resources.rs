//! Requests and limits.

mod requests;
pub(crate) mod unset_cpu_requirements;
pub(crate) mod unset_memory_requirements;
