//! Liveness, readiness and startup.

pub(crate) mod identical_probes;
pub(crate) mod liveness_port;
pub(crate) mod no_liveness_probe;
pub(crate) mod no_probes;
pub(crate) mod no_readiness_probe;
pub(crate) mod no_startup_probe;
pub(crate) mod not_ready_by_probe;
pub(crate) mod not_restarted_by_probe;
pub(crate) mod probe_command_antipattern;
pub(crate) mod probe_host_set;
pub(super) mod probe_port;
pub(crate) mod probe_port_name_undefined;
pub(crate) mod probe_timing;
pub(crate) mod readiness_port;
pub(crate) mod short_startup_window;
pub(crate) mod startup_port;
