//! Liveness, readiness and startup.

pub(crate) mod identical_probes;
pub(crate) mod liveness_port;
pub(crate) mod no_liveness_probe;
pub(crate) mod no_readiness_probe;
pub(crate) mod no_startup_probe;
mod probe_port;
pub(crate) mod readiness_port;
pub(crate) mod startup_port;
