//! Requests and limits.

mod requests;
pub mod unset_cpu_requirements;
pub mod unset_memory_requirements;
