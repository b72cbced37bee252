//! Liveness, readiness and startup.

pub mod identical_probes;
pub mod liveness_port;
pub mod no_liveness_probe;
pub mod no_readiness_probe;
pub mod no_startup_probe;
mod probe_port;
pub mod readiness_port;
pub mod startup_port;
